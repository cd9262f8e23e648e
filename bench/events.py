"""What a replay costs by event and by bar, full rows in memory, the market loaded before.

An event is a decision with the fills that follow from it, a stop that was touched, or a settlement
of funding; a step is one change of an account, so that a decision and its fill are two. The slopes
come from several runs by least squares: time = decisions + bars + the run itself, each at its
price.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from autonome.agents.rules import RuleAgent
from autonome.arena.replay import Replay
from autonome.bootstrap.arms import ArmsOrder, entrants_of
from autonome.domain.choices import IntentPurpose, PolicyName
from autonome.ledger.journal.memory import MemoryJournal
from autonome.ledger.rows import Intent, Invocation, Payment
from autonome.market.candles import FundingRates
from autonome.market.synthetic import SyntheticMarket, synthesize
from autonome.venue.profile import load_profile
from autonome.venue.simulated.candle_venue import CandleVenue
from bench.crosses import EmaCross, StoppedCross
from bench.figures import report

__all__ = ["run"]

_RUNS: Final = 7
_DAYS: Final = 348
"""501,120 bars."""
_START_MS: Final = 1_735_689_600_000
_SIX: Final = ("BTC", "ETH", "SOL", "XRP", "BNB", "DOGE")
_EXITS: Final = (IntentPurpose.STOP, IntentPurpose.TARGET, IntentPurpose.LIQUIDATION)
_UNIT_BARS: Final = 500_000


class _Run(NamedTuple):
    seconds: float
    bars: int
    """Times symbols."""
    events: int
    decisions: int
    payments: int
    steps: int


def run(_: Path) -> None:
    """Measure one symbol, then six that share their margin."""
    _one_symbol()
    _six_symbols()


def _one_symbol() -> None:
    venue = _venue(("BTC",), _DAYS)
    flips = [EmaCross(name=f"EMA {each}", fast_bars=each, slow_bars=4 * each) for each in _SPANS]
    bare = _without_funding(venue)
    runs = [_fastest(agent, bare) for agent in flips]
    main = [_replayed(EmaCross(), venue) for _ in range(_RUNS)]
    bars, events = main[0].bars, main[0].events
    seconds = [each.seconds for each in main]
    title = f"{bars:,} bars, {main[0].decisions:,} flips, {events:,} events"
    report(title, [1000 * each for each in seconds], unit="ms")
    report("  bars a second", [bars / each / 1e6 for each in seconds], unit="million", bound="1.5")
    per_event = [1e6 * (each - 0.01 * bars / _UNIT_BARS) / events for each in seconds]
    report("  per event, 10 ms per 500,000 bars apart", per_event, unit="us", bound="bound 80")
    per_step = [1e6 * (each - 0.01 * bars / _UNIT_BARS) / main[0].steps for each in seconds]
    report(f"  per step ({main[0].steps:,} of them)", per_step, unit="us")
    shorter = _venue(("BTC",), _DAYS // 3)
    shorter = _without_funding(shorter)
    half = [_fastest(agent, shorter) for agent in flips]
    _print_slopes([*runs, *half])


_SPANS: Final = (30, 50, 100, 200, 400, 1000)


def _six_symbols() -> None:
    venue = _venue(_SIX, 60)
    runs = [_replayed(StoppedCross(), venue) for _ in range(_RUNS)]
    title = f"six symbols with stops, {runs[0].bars:,} bars, {runs[0].events:,} events"
    report(title, [1000 * each.seconds for each in runs], unit="ms")
    per_event = [1e6 * each.seconds / each.events for each in runs]
    report("  per event, bars included", per_event, unit="us", bound="bound 150")


def _print_slopes(runs: Sequence[_Run]) -> None:
    """Print what a decision and a bar cost, of runs without funding: settlements come with bars.

    What a run costs whatever happens in it (its slices, which are as many in a short run) is the
    third unknown.
    """
    rows = np.array([[each.decisions, each.bars / _UNIT_BARS, 1] for each in runs], np.float64)
    seconds = np.array([each.seconds for each in runs])
    # Noise is a share of a run's time: unweighted, the longest runs alone would decide.
    found, *_ = np.linalg.lstsq(rows / seconds[:, None], np.ones(len(runs)), rcond=None)
    per_decision, per_bars, per_run = found.tolist()
    print(f"  slopes over {len(runs)} runs without funding:", end="")
    print(f" {1e6 * per_decision:.1f} us per decision with its fill,", end="")
    print(f" {1000 * per_bars:.1f} ms per {_UNIT_BARS:,} bars (bound 10),", end="")
    print(f" {1000 * per_run:.1f} ms per run")
    for each in runs:
        words = f"{each.bars:>9,} bars {each.decisions:>6,} decisions"
        print(f"    {words} {1000 * each.seconds:>8.1f} ms")


def _without_funding(venue: CandleVenue) -> CandleVenue:
    none = {
        symbol: FundingRates(symbol=symbol, at_ms=(), rate=()) for symbol in venue.market.symbols
    }
    return CandleVenue(profile=venue.profile, market=replace(venue.market, funding=none), seed=1)


def _fastest(agent: RuleAgent, venue: CandleVenue) -> _Run:
    return min((_replayed(agent, venue) for _ in range(3)), key=lambda each: each.seconds)


def _venue(symbols: Sequence[str], days: int) -> CandleVenue:
    profile = load_profile("binance-perp")
    settings = SyntheticMarket(start_ms=_START_MS, days=days, seed=1)
    market = synthesize(settings, [profile.instrument(symbol) for symbol in symbols])
    venue = CandleVenue(profile=profile, market=market, seed=1)
    venue.history.digest(1)  # Made with the first digest, and part of loading.
    return venue


def _replayed(agent: RuleAgent, venue: CandleVenue) -> _Run:
    order = ArmsOrder(
        arms=(), agents=(), policy=PolicyName.AS_WRITTEN, capital=Decimal(10_000), replicas=1
    )
    journal = MemoryJournal()
    entrants = entrants_of([agent], order, start=venue.market.start)
    replay = Replay(venue=venue, journal=journal, cadence_minutes=1, seed=1)
    gc.collect()
    begin = time.perf_counter()
    steps = replay.run(entrants).events
    seconds = time.perf_counter() - begin
    decisions = sum(1 for _ in journal.rows(Invocation))
    exits = sum(1 for each in journal.rows(Intent) if each.purpose in _EXITS)
    payments = sum(1 for _ in journal.rows(Payment))
    bars = len(venue.market.open_ms) * len(venue.market.symbols)
    events = decisions + exits + payments
    return _Run(seconds, bars, events, decisions, payments, steps)
