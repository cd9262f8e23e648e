"""An interrupted replay ends for all arms at one instant, and what was reached is complete."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

import numpy as np
import pytest

from autonome.agents.port import Agent
from autonome.arena.competitor import Entrant
from autonome.arena.replay import Progress, Replayed
from autonome.domain.choices import IntentState, OrderSide
from autonome.ledger.journal.memory import MemoryJournal
from autonome.ledger.rows import Fill, Intent, Model, Order, Payment, PortfolioSnapshot
from autonome.market.market import Market, align
from autonome.venue.profile import VenueProfile
from simulation.outcomes import CALM, minute
from simulation.runs import (
    Dice,
    Scripted,
    by_hand,
    enter,
    entrant,
    plain_profile,
    replay_of,
    run,
    synthetic,
)
from simulation.statements import check, rows_without_chance

DAYS = 3


def stopped(
    market: Market, *agents: Agent, slices: int = 1, profile: VenueProfile | None = None
) -> tuple[MemoryJournal, Replayed, list[Progress]]:
    """Run until so many slices are done."""
    journal, seen = MemoryJournal(), list[Progress]()
    entrants: Sequence[Entrant] = [entrant(agent) for agent in agents]
    replayed = replay_of(market, journal, profile=profile).run(
        entrants, progress=seen.append, interrupted=lambda: len(seen) >= slices
    )
    return journal, replayed, seen


def dice(market: Market) -> Iterator[Dice]:
    for seed in (1, 2):
        yield Dice(name=f"Dice {seed}", seed=seed, symbols=market.symbols)


@pytest.mark.parametrize("slices", [1, 2])
def test_what_was_reached_is_complete_and_the_same_as_without_the_interruption(
    slices: int,
) -> None:
    market = synthetic(seed=6, days=DAYS)
    journal, replayed, seen = stopped(market, *dice(market), slices=slices)
    assert replayed.is_partial
    assert replayed.reached == seen[-1].reached < market.end
    bars = (replayed.reached - market.start).total_seconds() / 60
    assert check(journal, market, bars=int(bars))["nav"] == 2 * bars
    whole = run(market, *dice(market))
    for kind, dated in ((Fill, "filled_at"), (Payment, "occurred_at")):
        expected = [
            row
            for row in rows_without_chance(whole, kind)
            if getattr(row, dated) <= replayed.reached
        ]
        assert sorted(rows_without_chance(journal, kind), key=str) == sorted(expected, key=str)


def test_every_arm_counts_the_cycles_up_to_the_interruption() -> None:
    market = synthetic(seed=6, days=DAYS)
    journal, replayed, _ = stopped(market, *dice(market))
    minutes = int((replayed.reached - market.start).total_seconds() // 60)
    assert replayed.cycles == minutes
    assert {(row.invocation_count, row.total_minutes) for row in journal.rows(Model)} == {
        (minutes, minutes)
    }


def test_orders_that_were_still_at_work_are_cancelled() -> None:
    """An order decided at minute 1,439 arrives in the second bar after it."""
    market = by_hand([CALM] * 3_000)
    script = {1_439: [enter(OrderSide.LONG, 5_000)]}
    profile = plain_profile("latency_ms=1500")
    journal, replayed, _ = stopped(market, Scripted(script=script), profile=profile)
    assert replayed.reached == minute(1_439)
    (intent,) = journal.rows(Intent)
    assert (intent.state, intent.updated_at) == (IntentState.CANCELLED, replayed.reached)


def test_no_arm_is_liquidated_after_the_instant_at_which_all_stop() -> None:
    """The bar of minute 1,439 ruins the arm, but it has not closed when the replay stops."""
    crash = (50_000, 50_000, 30_000, 50_000)
    market = by_hand([CALM] * 1_439 + [crash] + [CALM] * 1_500)
    agent = Scripted(script={1: [enter(OrderSide.LONG, 100_000, leverage=20)]})
    journal, replayed, _ = stopped(market, agent, profile=plain_profile())
    assert replayed.reached == minute(1_439)
    later = [fill.filled_at for fill in journal.rows(Fill) if fill.filled_at > replayed.reached]
    assert later == []
    (order,) = journal.rows(Order)
    assert order.closed_at is None


def test_an_interruption_before_the_beginning_still_does_one_slice() -> None:
    market = by_hand([CALM] * 3_000)
    _, replayed, seen = stopped(market, Scripted(script={}), slices=0)
    assert (replayed.is_partial, len(seen)) == (True, 1)


def test_a_run_that_ends_by_itself_is_not_partial() -> None:
    market = by_hand([CALM] * 3_000)
    journal, replayed, seen = stopped(market, Scripted(script={}), slices=1_000)
    assert (replayed.is_partial, replayed.reached) == (False, market.end)
    assert seen[-1].reached == market.end
    assert [each.arms for each in seen] == [1] * len(seen)
    assert len(list(journal.rows(PortfolioSnapshot))) == 3_000


def test_missing_minutes_are_passed_over() -> None:
    """Bars of minutes 10 to 19 are missing: ticks, NAV and marks are those of bars."""
    whole = by_hand([CALM] * 40).candles["BTC"]
    kept = np.array([*range(10), *range(20, 40)])
    market = align({"BTC": whole.only(kept)}, by_hand([CALM]).funding, origin="split")
    agent = Scripted(script={10: [enter(OrderSide.LONG, 5_000)]})
    journal = run(market, agent, profile=plain_profile())
    minutes = [row.created_at for row in journal.rows(PortfolioSnapshot)]
    assert minutes == [minute(each) for each in (*range(1, 11), *range(21, 41))]
    # Decided when the tenth bar closed, traded when the next one opened.
    (fill,) = journal.rows(Fill)
    assert fill.filled_at == minute(20)
    assert fill.price == Decimal(50_000)
    assert [moment.at_ms for moment in agent.seen][9:11] == [
        int(minute(10).timestamp() * 1_000),
        int(minute(21).timestamp() * 1_000),
    ]
