"""One path: minute by minute an arena does what a replay of the same market does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from autonome.agents.actions import Action
from autonome.agents.controls.inverted import Inverted
from autonome.agents.port import Agent, Decider, Moment
from autonome.arena.paper.arena import PaperArena
from autonome.arena.replay import Replay
from autonome.bootstrap.arms import ArmsOrder, agents_of, entrants_of
from autonome.domain.choices import OrderStatus
from autonome.domain.instants import ms_of
from autonome.domain.value import changed
from autonome.ledger.journal.memory import MemoryJournal
from autonome.ledger.rows import (
    Fill,
    Intent,
    Mark,
    Model,
    Order,
    Payment,
    PortfolioSnapshot,
)
from autonome.market.market import Market
from autonome.venue.simulated.candle_venue import CandleVenue
from simulation.arms import CADENCE, CHANCE, RICH, USUAL, World, synthetic
from simulation.paper.faulty_market import faulty_market
from simulation.paper.wild_arena import Gambler
from simulation.runs import golden


@dataclass(frozen=True, kw_only=True)
class Case:
    """A market, the world that it is traded in, and when trading begins."""

    market: Callable[[], Market]
    world: World = USUAL
    begin: int = 1
    """Bars that are history; at least one."""
    cadence_minutes: int = CADENCE


@dataclass(frozen=True, kw_only=True)
class Late:
    """An agent that does nothing up to an instant, as if it came only then."""

    agent: Agent
    begin_ms: int

    def __getattr__(self, name: str) -> Any:
        """Return what the agent itself has."""
        return getattr(self.agent, name)

    def begin(self, market: Market, *, cadence_minutes: int, seed: int) -> LateDecider:
        """Return the agent's decider, which is not asked before its time."""
        decider = self.agent.begin(market, cadence_minutes=cadence_minutes, seed=seed)
        return LateDecider(decider, self.begin_ms)


@dataclass(frozen=True)
class LateDecider:
    """A decider that is not asked before its time."""

    decider: Decider
    begin_ms: int

    def __getattr__(self, name: str) -> Any:
        """Return what the decider itself has."""
        return getattr(self.decider, name)

    def decide(self, moment: Moment) -> Sequence[Action]:
        """Return nothing up to the instant, and what the agent wants after it."""
        return () if moment.at_ms <= self.begin_ms else self.decider.decide(moment)


CASES = {
    "every rule trades": Case(
        market=lambda: synthetic(seed=3, days=12), begin=10 * 24 * 60, cadence_minutes=15
    ),
    "drawn latency and slippage": Case(market=lambda: synthetic(seed=4, days=1), world=CHANCE),
    "a slow venue and scarce volume": Case(market=lambda: synthetic(seed=5, days=1), world=RICH),
    "real candles": Case(market=golden),
    "faults of the market": Case(market=lambda: faulty_market(7, days=1, first_bar=60)),
}


def competitors(market: Market, case: Case) -> list[Agent]:
    """Return the rules, the controls, two who gamble, and a copy of one of them."""
    gamblers = [
        Gambler(name=f"Gambler {seed}", seed=seed, symbols=market.symbols) for seed in (1, 2)
    ]
    standard = agents_of(
        _order(case), market, cadence_minutes=case.cadence_minutes, seed=case.world.seed
    )
    return [*gamblers, *standard, Inverted(source=gamblers[0].name)]


def _order(case: Case) -> ArmsOrder:
    capital = case.world.capital
    return ArmsOrder(arms=("all",), agents=(), policy=None, capital=capital, replicas=1)


def replayed(market: Market, case: Case) -> MemoryJournal:
    """Replay the market, and return what was written."""
    journal = MemoryJournal()
    begin_ms = market.close_ms_of(case.begin - 1)
    agents = [Late(agent=each, begin_ms=begin_ms) for each in competitors(market, case)]
    Replay(
        venue=CandleVenue(profile=case.world.profile, market=market, seed=case.world.seed),
        journal=journal,
        cadence_minutes=case.cadence_minutes,
        seed=case.world.seed,
    ).run(entrants_of(agents, _order(case), start=market.start))
    return journal


def lived(market: Market, case: Case) -> MemoryJournal:
    """Let the market's minutes close one by one, and return what was written."""
    journal = MemoryJournal()
    arena = PaperArena(
        venue_at(market, case.world, case.begin),
        journal,
        cadence_minutes=case.cadence_minutes,
        seed=case.world.seed,
    )
    arena.join(entrants_of(competitors(market, case), _order(case), start=market.start), {})
    for bars in range(case.begin + 1, len(market.open_ms) + 1):
        arena.close_minute(venue_at(market, case.world, bars))
    assert arena.broken == []
    return journal


def venue_at(market: Market, world: World, bars: int) -> CandleVenue:
    """Return the venue as far as so many bars have closed."""
    known = market.until(market.close_ms_of(bars - 1))
    return CandleVenue(profile=world.profile, market=known, seed=world.seed)


def named(journal: MemoryJournal, kind: type) -> Iterator[tuple[str, Any]]:
    """Yield rows with the names of their models."""
    names = {model.id: model.name for model in journal.rows(Model)}
    for row in journal.rows(kind):
        yield names[row.model_id], row


def fills(journal: MemoryJournal) -> list[tuple[Any, ...]]:
    """Return every fill, without identifiers."""
    return sorted(
        (
            name,
            row.filled_at,
            row.venue_fill_id,
            row.part,
            row.side.value,
            row.symbol,
            row.quantity,
            row.price,
            row.fee,
        )
        for name, row in named(journal, Fill)
    )


def _traded(row: Fill) -> tuple[Any, ...]:
    return row.symbol, row.quantity, row.price, row.fee


def orders(journal: MemoryJournal, status: OrderStatus) -> list[tuple[Any, ...]]:
    """Return positions or trades, without identifiers.

    A replay says only at the end when a stop last moved.
    """
    found = [
        (name, changed(row, id="", model_id="", updated_at=row.opened_at))
        for name, row in named(journal, Order)
        if row.status is status
    ]
    return sorted(
        found, key=lambda each: (each[0], each[1].symbol, each[1].closed_at or each[1].opened_at)
    )


def payments(journal: MemoryJournal) -> list[tuple[Any, ...]]:
    """Return every payment, without identifiers."""
    return sorted(
        (name, row.occurred_at, row.kind.value, row.amount) for name, row in named(journal, Payment)
    )


def intents(journal: MemoryJournal, market: Market) -> list[tuple[Any, ...]]:
    """Return every intent sent before the last instant; what is left then ends in a replay."""
    return sorted(
        (name, row.client_order_index, row.purpose.value, row.side.value, row.quantity)
        for name, row in named(journal, Intent)
        if row.created_at < market.end
    )


def nav(journal: MemoryJournal, since_ms: int) -> dict[tuple[str, datetime], Decimal]:
    """Return the NAV of every minute since the arena began."""
    return {
        (name, row.created_at): row.net_portfolio
        for name, row in named(journal, PortfolioSnapshot)
        if ms_of(row.created_at) > since_ms
    }


def marks(journal: MemoryJournal, since_ms: int) -> set[tuple[Any, ...]]:
    """Return the marks of every minute since the arena began."""
    return {
        (row.symbol, row.at, row.price) for row in journal.rows(Mark) if ms_of(row.at) > since_ms
    }


@pytest.mark.parametrize("case", CASES)
def test_a_paper_arena_does_what_a_replay_does(case: str) -> None:
    of = CASES[case]
    market = of.market()
    expected, found = replayed(market, of), lived(market, of)
    since_ms = market.close_ms_of(of.begin - 1)
    assert fills(found) == fills(expected)
    assert payments(found) == payments(expected)
    assert intents(found, market) == intents(expected, market)
    assert nav(found, since_ms) == nav(expected, since_ms)
    assert marks(found, since_ms) == marks(expected, since_ms)
    assert orders(found, OrderStatus.CLOSED) == orders(expected, OrderStatus.CLOSED)
    assert orders(found, OrderStatus.OPEN) == orders(expected, OrderStatus.OPEN)
    traded = {each[0] for each in fills(found)}
    assert len(traded) >= (11 if case == "every rule trades" else 5)
