"""Replays for tests: agents that follow a script, markets made by hand, runs in memory."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

from autonome.agents.actions import Action, ClosePosition, CreatePosition
from autonome.agents.port import AccountView, Agent
from autonome.arena.competitor import Entrant
from autonome.arena.replay import Replay
from autonome.domain.choices import OrderSide
from autonome.domain.exit_plan import ExitPlan
from autonome.ledger.journal.memory import MemoryJournal
from autonome.market.candles import FundingRates
from autonome.market.files import read_market
from autonome.market.market import Market, align
from autonome.market.observation import Observation
from autonome.market.synthetic import SyntheticMarket, synthesize
from autonome.venue.profile import Costs, VenueProfile, load_profile
from autonome.venue.simulated.candle_venue import CandleVenue
from simulation.bookings import competitor, ordinals
from unit.market.bars import START_MS, Bar, candles

__all__ = [
    "GOLDEN",
    "MINUTE_MS",
    "Dice",
    "Scripted",
    "by_hand",
    "enter",
    "golden",
    "leave",
    "plain_profile",
    "run",
    "synthetic",
]

GOLDEN = Path(__file__).parents[1] / "golden" / "candles"
MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Scripted:
    """Do what the script says when so many bars have closed; remember what was seen."""

    name: str = "Ada"
    script: Mapping[int, Sequence[Action]]
    seen: list[tuple[Observation, AccountView]] = field(default_factory=list)

    def decide(self, observation: Observation, account: AccountView) -> Sequence[Action]:
        """Return the actions of this instant."""
        self.seen.append((observation, account))
        return self.script.get(len(next(iter(observation.bars.values()))), ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Dice:
    """Enter, add, turn and close at random; the same at the same instant of the same seed."""

    name: str = "Dice"
    seed: int
    symbols: tuple[str, ...]

    def decide(self, observation: Observation, account: AccountView) -> Sequence[Action]:
        """Return at most one action for each symbol."""
        dice = random.Random(f"{self.seed}:{observation.at_ms}")
        thrown = [self._throw(symbol, observation, dice) for symbol in self.symbols]
        return [action for action in thrown if action is not None]

    def _throw(self, symbol: str, observation: Observation, dice: random.Random) -> Action | None:
        side = dice.choice(list(OrderSide))
        notional = dice.choice([50, 700, 1_500, 4_000])
        near, far = dice.randint(1, 40), dice.randint(1, 40)
        with_stop, with_target = dice.random() < 0.8, dice.random() < 0.7
        face = dice.random()
        if face < 0.06:
            return ClosePosition(symbol=symbol, reason="thrown")
        if face > 0.25:
            return None
        close = observation.last_close(symbol)
        stop, target = (close * (10_000 + side.sign * bps) / 10_000 for bps in (-near, far))
        plan = ExitPlan(stop=stop if with_stop else None, target=target if with_target else None)
        return CreatePosition(
            symbol=symbol,
            side=side,
            notional=Decimal(notional),
            leverage=Decimal(dice.randint(1, 5)),
            exit_plan=plan,
            reason="thrown",
        )


def enter(
    side: OrderSide,
    notional: int,
    *,
    symbol: str = "BTC",
    stop: str | None = None,
    target: str | None = None,
) -> CreatePosition:
    """Return an entry with leverage one."""
    return CreatePosition(
        symbol=symbol,
        side=side,
        notional=Decimal(notional),
        leverage=Decimal(1),
        exit_plan=ExitPlan(
            stop=None if stop is None else Decimal(stop),
            target=None if target is None else Decimal(target),
        ),
        reason="scripted",
    )


def leave(symbol: str = "BTC") -> ClosePosition:
    """Return a close."""
    return ClosePosition(symbol=symbol, reason="scripted")


def plain_profile(*, latency_ms: int = 0) -> VenueProfile:
    """Return the default profile without spread and slippage: fills lie at the bars' prices."""
    free = Costs(half_spread_bps=Decimal(0), slippage_bps=Decimal(0))
    profile = load_profile("binance-perp")
    return replace(
        profile, costs=dict.fromkeys(("BTC", "ETH", "other"), free), latency_ms=latency_ms
    )


def by_hand(rows: Sequence[Bar], *, rates: Mapping[int, str] | None = None) -> Market:
    """Return a BTC market from bars in whole quote units, with rates by the minute they settle."""
    ticks = [tuple(10 * price for price in row) for row in rows]
    settled = sorted((rates or {}).items())
    funding = FundingRates(
        symbol="BTC",
        at_ms=tuple(START_MS + minute * MINUTE_MS for minute, _ in settled),
        rate=tuple(Decimal(rate) for _, rate in settled),
    )
    return align(
        {"BTC": candles(ticks, tick="0.1")},  # type: ignore[arg-type]
        {"BTC": funding},
        origin="by hand",
    )


def golden() -> Market:
    """Return the excerpt of real candles."""
    profile = load_profile("binance-perp")
    return read_market(GOLDEN, [profile.instrument("BTC"), profile.instrument("ETH")])


def synthetic(*, seed: int, days: int = 2) -> Market:
    """Return a synthetic market of two symbols."""
    profile = load_profile("binance-perp")
    return synthesize(
        SyntheticMarket(start_ms=START_MS, days=days, seed=seed),
        [profile.instrument("BTC"), profile.instrument("SOL")],
    )


def run(
    market: Market, *agents: Agent, cadence: int = 1, profile: VenueProfile | None = None
) -> MemoryJournal:
    """Replay the market for every agent and return the journal; ids are ordinals."""
    journal = MemoryJournal()
    venue = CandleVenue(profile=profile or load_profile("binance-perp"), market=market)
    entrants = []
    for agent in agents:
        model, arm = competitor(agent.name)
        entrants.append(Entrant(model=model, arm=arm, agent=agent))
    Replay(
        market=market, venue=venue, journal=journal, names=ordinals(), cadence_minutes=cadence
    ).run(entrants, progress=lambda *_: None)
    return journal
