"""Whole competitions in memory: all standard arms, scripts, and followers of every kind."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from autonome.agents.controls.inverted import Inverted
from autonome.agents.port import Agent
from autonome.agents.scripted.agent import Scripted
from autonome.agents.scripted.row import CloseRow, OpenRow, Row
from autonome.arena.competitor import Entrant
from autonome.arena.events import Event
from autonome.arena.replay import Replay
from autonome.bootstrap.arms import ArmsOrder, agents_of, entrants_of
from autonome.domain.choices import OrderSide
from autonome.ledger.journal.port import Journal
from autonome.market.market import Market
from autonome.market.synthetic import SyntheticMarket, synthesize
from autonome.venue.overrides import with_overrides
from autonome.venue.profile import VenueProfile, load_profile
from autonome.venue.simulated.candle_venue import CandleVenue
from simulation.transcript import Transcript

__all__ = [
    "CADENCE",
    "CHANCE",
    "RICH",
    "SYMBOLS",
    "USUAL",
    "World",
    "agents",
    "compete",
    "ruin",
    "synthetic",
    "transcribe",
    "trips",
    "until",
]

CADENCE = 5
"""Minutes."""
SYMBOLS = ("BTC", "ETH", "SOL")
_START_MS = int(datetime(2025, 5, 5, tzinfo=UTC).timestamp() * 1000)
_STEP_MINUTES = 95
"""Between two rows of a script; a multiple of the cadence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Where a competition takes place: venue, money, chance."""

    profile: VenueProfile
    capital: Decimal = Decimal(10_000)
    seed: int = 1


USUAL = World(profile=load_profile("binance-perp"))
RICH = World(
    profile=with_overrides(load_profile("binance-perp"), ("latency_ms=90000",)),
    capital=Decimal(20_000_000),
)
"""Accounts larger than a bar's volume: orders fill in part, exits work on; and a slow venue."""
CHANCE = World(profile=load_profile("autonome-classic"))
"""Latency and slippage are drawn for each order."""


def synthetic(*, seed: int, days: int, symbols: Sequence[str] = SYMBOLS) -> Market:
    """Return a synthetic market."""
    instruments = [USUAL.profile.instrument(symbol) for symbol in symbols]
    return synthesize(SyntheticMarket(start_ms=_START_MS, days=days, seed=seed), instruments)


def agents(market: Market, world: World, *, scripts: Sequence[Scripted] = ()) -> list[Agent]:
    """Return every kind of arm: the ten standard ones, scripts, and a copy of each script."""
    order = _order(world)
    standard = agents_of(order, market, cadence_minutes=CADENCE, seed=world.seed)
    return [*scripts, *standard, *(Inverted(source=script.name) for script in scripts)]


def compete(
    market: Market,
    competitors: Sequence[Agent],
    world: World,
    journal: Journal,
    *,
    record: Callable[[str, Event], None] | None = None,
    interrupted: Callable[[], bool] = lambda: False,
    slice_instants: int | None = None,
) -> list[Entrant]:
    """Replay a market for these agents into ``journal``, and return who competed."""
    entrants = entrants_of(competitors, _order(world), start=market.start)
    Replay(
        venue=CandleVenue(profile=world.profile, market=market, seed=world.seed),
        journal=journal,
        cadence_minutes=CADENCE,
        seed=world.seed,
        record=record,
        slice_instants=slice_instants,
    ).run(entrants, interrupted=interrupted)
    return entrants


def transcribe(market: Market, competitors: Sequence[Agent], world: World = USUAL) -> Transcript:
    """Replay a market for these agents and return everything that was written."""
    transcript = Transcript()
    compete(market, competitors, world, transcript)
    return transcript


def _order(world: World) -> ArmsOrder:
    return ArmsOrder(arms=("all",), agents=(), policy=None, capital=world.capital, replicas=1)


def trips(market: Market, world: World, *, seed: int = 7) -> Scripted:
    """Return a script that enters, adds, turns and closes at random, with stops and targets."""
    dice = random.Random(seed)
    rows: list[Row] = []
    bars = range(_STEP_MINUTES, len(market.open_ms), _STEP_MINUTES)
    for number, bar in enumerate(bars, start=2):
        symbol, at_ms = dice.choice(market.symbols), market.close_ms_of(bar - 1)
        close = market.candles[symbol].close_price(bar - 1)
        side = dice.choice((OrderSide.LONG, OrderSide.SHORT))
        notional = world.capital * dice.choice((1, 3, 8)) / 10
        quantity = _in_lots(notional / close)
        if dice.random() < 0.25:
            part = quantity if dice.random() < 0.5 else None
            close_row = CloseRow(
                number=number, at_ms=at_ms, symbol=symbol, side=None, quantity=part
            )
            rows.append(close_row)
            continue
        stop, target = (
            close * (10_000 + side.sign * bps) / 10_000
            for bps in (-dice.randint(20, 150), dice.randint(20, 250))
        )
        rows.append(
            OpenRow(
                number=number,
                at_ms=at_ms,
                symbol=symbol,
                side=side,
                quantity=quantity,
                leverage=Decimal(dice.randint(2, 10)),
                stop=stop if dice.random() < 0.7 else None,
                target=target if dice.random() < 0.6 else None,
            )
        )
    return _script("trips", rows)


def ruin(market: Market, world: World) -> Scripted:
    """Return a script that buys on the first day with fifty times leverage, and is liquidated."""
    bar, symbol = 600, market.symbols[-1]
    close = market.candles[symbol].close_price(bar - 1)
    row = OpenRow(
        number=2,
        at_ms=market.close_ms_of(bar - 1),
        symbol=symbol,
        side=OrderSide.LONG,
        quantity=_in_lots(world.capital * 30 / close),
        leverage=Decimal(50),
        stop=None,
        target=None,
    )
    return _script("ruin", [row])


def _in_lots(quantity: Decimal) -> Decimal:
    """Return a quantity with two places: whole lots of every symbol here."""
    return quantity.quantize(Decimal("0.01"))


def _script(name: str, rows: Sequence[Row]) -> Scripted:
    return Scripted(path=Path(f"{name}.csv"), digest="", rows=tuple(rows))


def until(script: Scripted, end_ms: int) -> Scripted:
    """Return the rows of a script before ``end_ms``."""
    return replace(script, rows=tuple(row for row in script.rows if row.at_ms < end_ms))
