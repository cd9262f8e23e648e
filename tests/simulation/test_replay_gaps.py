"""Where a market skips time: what happens in the gap, and when an agent may know of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import numpy as np
import pytest

from autonome.agents.actions import Action
from autonome.domain.choices import OrderSide
from autonome.ledger.journal.memory import MemoryJournal
from autonome.ledger.rows import Payment
from autonome.market.candles import MINUTE_MS
from autonome.market.market import Market, align
from simulation.outcomes import CALM, closed, minute
from simulation.runs import Scripted, by_hand, enter, leave, plain_profile, run
from unit.audit.journals import audit_journal

LONG = OrderSide.LONG
GAP_MINUTES = 30


def split(*, bars: int, rates: dict[int, str]) -> Market:
    """Return twice so many calm bars with half an hour between; rates by the minute they settle."""
    whole = by_hand([CALM] * 2 * bars, rates=rates)
    candles = whole.candles["BTC"]
    skipped = np.where(np.arange(2 * bars) >= bars, GAP_MINUTES * MINUTE_MS, 0)
    moved = replace(candles, open_ms=candles.open_ms + skipped)
    return align({"BTC": moved}, whole.funding, origin="a gap")


def paid(journal: MemoryJournal) -> list[tuple[Decimal, datetime]]:
    return [(payment.amount, payment.occurred_at) for payment in journal.rows(Payment)]


def test_funding_in_a_gap_is_paid_after_the_tick_before_it_and_not_seen_there() -> None:
    market = split(bars=5, rates={15: "0.01"})
    agent = Scripted(script={1: [enter(LONG, 5_000)]})
    journal = run(market, agent, profile=plain_profile())
    assert paid(journal) == [(Decimal(-50), minute(15))]  # 0.1 x 50,000 x 0.01
    assert [(moment.observation.closed_bars, moment.account.nav) for moment in agent.seen[4:6]] == [
        (5, Decimal("9997.5")),  # The fee of the entry: 5,000 x 0.0005.
        (6, Decimal("9947.5")),
    ]
    assert audit_journal(journal).failures == {}


@pytest.mark.parametrize(
    ("cadence", "script", "payments", "closes"),
    [
        (1, {1: [enter(LONG, 5_000)], 5: [leave()]}, [5, 15, 35], [minute(35)]),
        (2, {2: [enter(LONG, 5_000)]}, [5, 15, 35], []),  # Nobody is asked when the gap begins.
        (5, {5: [enter(LONG, 5_000)]}, [], []),
    ],
    ids=["a close decided before the gap", "kept through the gap", "an entry decided before it"],
)
def test_what_is_held_until_the_open_after_a_gap_pays_all_of_its_funding(
    cadence: int,
    script: dict[int, list[Action]],
    payments: list[int],
    closes: list[datetime],
) -> None:
    market = split(bars=5, rates={5: "0.01", 15: "0.01", 35: "0.01"})
    journal = run(market, Scripted(script=script), cadence=cadence, profile=plain_profile())
    assert paid(journal) == [(Decimal(-50), minute(each)) for each in payments]
    assert [each[3] for each in closed(journal)] == closes
    assert audit_journal(journal).failures == {}
