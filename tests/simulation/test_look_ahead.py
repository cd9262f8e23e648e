"""No arm looks ahead: what is written up to an instant does not change when the future does.

A market is cut at an instant t: what opens before t is the past, what opens at t or later is
exchanged for another future. Everything that closed bars decide must be as it was, to the last
digit: each version of each row that is dated before t, and of what is dated t the decisions with
all that they ask for, funding (at the close that ends at t), exits by time or by that close, NAV,
marks and the cycle with the hash of what was seen. The one thing that is dated t and belongs to
the future is what trades at the opening price of the bar that opens at t.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest

from autonome.agents.actions import CreatePosition
from autonome.agents.controls.control import Control
from autonome.agents.port import AccountView, Agent, Moment, PositionView
from autonome.domain.choices import IntentState, OrderSide
from autonome.domain.exit_plan import ExitPlan
from autonome.domain.instants import utc
from autonome.ledger.rows import Fill, Intent, Model, Order
from autonome.market.candles import Candles, FundingRates, Ints
from autonome.market.files import read_market
from autonome.market.market import Market
from simulation.arms import (
    RICH,
    SYMBOLS,
    USUAL,
    World,
    agents,
    ruin,
    synthetic,
    transcribe,
    trips,
    until,
)
from simulation.transcript import Transcript, first_difference

DAYS, SEED = 12, 3
Future = Callable[[Market, int], Market]


def shuffled(market: Market, bar: int) -> Market:
    """Return the market with the bars from ``bar`` on in another order."""
    order = np.random.default_rng(bar).permutation(len(market.open_ms) - bar) + bar
    return _with_bars(market, bar, lambda _, column: column[order])


def doubled(market: Market, bar: int) -> Market:
    """Return the market with the prices from ``bar`` on twice as high."""
    return _with_bars(market, bar, lambda _, column: column[bar:] * 2)


def replaced(market: Market, bar: int) -> Market:
    """Return the market with another market's bars from ``bar`` on."""
    other = synthetic(seed=SEED + 1, days=-(-len(market.open_ms) // 1_440), symbols=market.symbols)

    def others(symbol_and_name: tuple[str, str], column: Ints) -> Ints:
        symbol, name = symbol_and_name
        found: Ints = getattr(other.candles[symbol], name)[bar : len(column)]
        return found

    return _with_bars(market, bar, others)


def removed(market: Market, bar: int) -> Market:
    """Return the market without the bars after ``bar``, which itself stands still.

    Without any bar at whose open an order could trade, nobody would be asked at t at all.
    """
    still = doubled(market, bar)
    return replace(
        still,
        candles={symbol: each.until(bar + 1) for symbol, each in still.candles.items()},
        funding={symbol: _settled(each, market, bar) for symbol, each in market.funding.items()},
    )


def _with_bars(market: Market, bar: int, later: Callable[[tuple[str, str], Ints], Ints]) -> Market:
    """Return the market with other bars from ``bar`` on, and other funding after its opening."""

    def changed(candles: Candles) -> Candles:
        def column(name: str) -> Any:
            present = getattr(candles, name)
            return np.concatenate((present[:bar], later((candles.symbol, name), present)))

        return replace(
            candles,
            open=column("open"),
            high=column("high"),
            low=column("low"),
            close=column("close"),
            volume=column("volume"),
        ).frozen()

    return replace(
        market,
        candles={symbol: changed(each) for symbol, each in market.candles.items()},
        funding={symbol: _turned(each, market, bar) for symbol, each in market.funding.items()},
    )


def _settled(rates: FundingRates, market: Market, bar: int) -> FundingRates:
    count = sum(at_ms <= market.open_ms[bar] for at_ms in rates.at_ms)
    return replace(rates, at_ms=rates.at_ms[:count], rate=rates.rate[:count])


def _turned(rates: FundingRates, market: Market, bar: int) -> FundingRates:
    """Return the rates, those after the cut with the other sign."""
    pairs = zip(rates.at_ms, rates.rate, strict=True)
    turned = tuple(-rate if at_ms > market.open_ms[bar] else rate for at_ms, rate in pairs)
    return replace(rates, rate=turned)


FUTURES: tuple[Future, ...] = (shuffled, doubled, replaced, removed)


def competitors(market: Market, world: World, whole: Market) -> list[Agent]:
    """Return every kind of arm; scripts were written on the whole market, in ignorance of it."""
    last_ms = int(market.open_ms[-1]) + 1
    scripts = [until(each, last_ms) for each in (trips(whole, world), ruin(whole, world))]
    return agents(market, world, scripts=scripts)


@dataclass(frozen=True)
class Past:
    """A market, and what was written in it."""

    market: Market
    world: World
    transcript: Transcript

    def require_unchanged(self, future: Future, bar: int) -> None:
        """Replay with another future from ``bar`` on, and compare what was known before it."""
        market = future(self.market, bar)
        other = transcribe(market, competitors(market, self.world, self.market), self.world)
        instant = utc(int(self.market.open_ms[bar]))
        expected, found = self.transcript.known_at(instant), other.known_at(instant)
        assert expected.keys() == found.keys()
        differences = {name: first_difference(rows, found[name]) for name, rows in expected.items()}
        assert not {name: each for name, each in differences.items() if each is not None}


def past(market: Market, world: World) -> Past:
    """Replay a market as it is."""
    return Past(market, world, transcribe(market, competitors(market, world, market), world))


@pytest.fixture(scope="module", params=[USUAL, RICH], ids=["usual", "rich"])
def whole(request: pytest.FixtureRequest) -> Past:
    """Return a synthetic market of three symbols, and what was written in it."""
    return past(synthetic(seed=SEED, days=DAYS), request.param)


def cuts(whole: Past, *, seed: int) -> list[int]:
    """Return bars to cut before: one at random, one on a tick, one in which something trades."""
    dice, bars = Random(seed), len(whole.market.open_ms) - 1
    start, minute = whole.market.start, timedelta(minutes=1)
    minutes = [(fill.filled_at - start) // minute for fill in whole.transcript.rows(Fill)]
    return [dice.randrange(1, bars), dice.randrange(1, bars // 5) * 5, dice.choice(minutes)]


@pytest.mark.parametrize("future", FUTURES, ids=lambda future: str(future.__name__))
def test_what_was_written_by_then_does_not_know_the_future(whole: Past, future: Future) -> None:
    for bar in cuts(whole, seed=FUTURES.index(future)):
        whole.require_unchanged(future, bar)


def test_every_arm_trades_but_the_one_that_never_does(whole: Past) -> None:
    """An arm that does nothing, or a follower that follows nobody, could not look ahead."""
    names = {model.id: model.name for model in whole.transcript.rows(Model)}
    traded = {names[fill.model_id] for fill in whole.transcript.rows(Fill)}
    assert set(names.values()) - traded == {"Always holding"}


def test_some_of_it_is_still_under_way_when_the_future_changes(whole: Past) -> None:
    """The cuts are worth something only if they go through what is not finished."""
    start, minute = whole.market.start, timedelta(minutes=1)
    unfinished = 0
    for seed in range(len(FUTURES)):
        for bar in cuts(whole, seed=seed):
            at = start + bar * minute
            orders = list(whole.transcript.rows(Order))
            assert any(row.opened_at < at for row in orders)
            unfinished += sum(
                row.opened_at < at and (row.closed_at is None or row.closed_at >= at)
                for row in orders
            )
    assert unfinished > 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Peeker(Control):
    """Enter once, in the direction of a bar that has not closed yet."""

    name: str = "Peeker"
    bar: int

    def begin(self, market: Market, *, cadence_minutes: int, seed: int) -> _Peeking:
        """Return the decider, with the whole market."""
        return _Peeking(market, self.bar)


class _Peeking:
    trails = False

    def __init__(self, market: Market, bar: int) -> None:
        self._market = market
        self._bar = bar

    def next_wake(self, after_ms: int, account: AccountView) -> int | None:
        at_ms = int(self._market.open_ms[self._bar])
        return at_ms if at_ms > after_ms else None

    def decide(self, moment: Moment) -> Sequence[CreatePosition]:
        symbol = self._market.symbols[0]
        candles = self._market.candles[symbol]
        rises = candles.close[self._bar] > candles.close[self._bar - 1]
        return (
            CreatePosition(
                symbol=symbol,
                side=OrderSide.LONG if rises else OrderSide.SHORT,
                notional=moment.account.nav / 2,
                leverage=Decimal(1),
                exit_plan=ExitPlan(),
                reason="It knows.",
            ),
        )

    def trail(self, position: PositionView) -> None:
        return None


def test_an_arm_that_looks_one_bar_ahead_is_found() -> None:
    """The comparison above can fail: the peeker sees that prices will double, or fall."""
    market, bar = synthetic(seed=SEED, days=1), 700
    candles = market.candles[market.symbols[0]]
    lower = _with_bars(market, bar, lambda _, column: column[bar:] // 2)
    higher = doubled(market, bar)
    assert candles.close[bar - 1] > lower.candles[market.symbols[0]].close[bar]
    instant = utc(int(market.open_ms[bar]))
    one, other = (transcribe(each, [Peeker(bar=bar)]).known_at(instant) for each in (lower, higher))
    assert {name for name, rows in one.items() if rows != other[name]} == {"Peeker"}


def test_an_order_decided_at_the_cut_trades_at_a_price_of_the_future() -> None:
    """So the fill that is dated at the cut is no part of the past, and its decision is."""
    market, bar = synthetic(seed=SEED, days=1), 700
    transcript = transcribe(market, [Peeker(bar=bar)])
    instant = utc(int(market.open_ms[bar]))
    (fill,) = transcript.rows(Fill)
    assert fill.filled_at == instant
    known, _nav = transcript.known_at(instant)["Peeker"]
    assert [type(row).__name__ for row in known[:3]] == ["Invocation", "ToolCall", "Intent"]
    assert known[2].state is IntentState.NEW
    (intent,) = transcript.rows(Intent)
    assert intent.state is IntentState.FILLED


def test_nobody_looks_ahead_in_the_real_month() -> None:
    folder = os.environ.get("AUTONOME_TEST_DATA")
    if not folder or not (Path(folder) / "SOL-1m.parquet").is_file():
        pytest.skip("AUTONOME_TEST_DATA names no folder with SOL-1m.parquet")
    market = read_market(Path(folder), [USUAL.profile.instrument(symbol) for symbol in SYMBOLS])
    month = past(market, USUAL)
    at_a_settlement = 40 * 8 * 60
    for future, bar in zip(FUTURES, [*cuts(month, seed=4), at_a_settlement], strict=True):
        month.require_unchanged(future, bar)
