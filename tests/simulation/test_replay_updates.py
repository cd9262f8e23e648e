"""The application sets ``updatedAt`` on every update: the database would not."""

from __future__ import annotations

from typing import Any

from autonome.ledger.journal.memory import MemoryJournal
from autonome.ledger.journal.port import Booking, BookingStatus
from autonome.ledger.rows import Intent, Order, ToolCall
from simulation.runs import Dice, entrant, replay_of, synthetic

UPDATED_KINDS: tuple[type[Any], ...] = (Order, Intent, ToolCall)


class Witness(MemoryJournal):
    """Remember each update: the row before, the row after, and when it happened."""

    def __init__(self) -> None:
        super().__init__()
        self.updates: list[tuple[Any, Any, Any]] = []

    def book(self, booking: Booking) -> BookingStatus:
        before = {row.id: row for kind in UPDATED_KINDS for row in self.rows(kind)}
        status = super().book(booking)
        for row in (*booking.orders, *booking.intents, *booking.tool_calls):
            if row.id in before:
                self.updates.append((before[row.id], row, booking.fills))
        return status


def test_every_update_carries_the_instant_of_its_fill() -> None:
    market = synthetic(seed=3, days=1)
    journal = Witness()
    replay_of(market, journal).run([entrant(Dice(seed=3, symbols=market.symbols))])
    updated = {type(after) for _, after, _ in journal.updates}
    assert updated == set(UPDATED_KINDS)
    for before, after, fills in journal.updates:
        assert after != before
        assert {fill.filled_at for fill in fills} == {after.updated_at}
        assert after.updated_at >= before.updated_at
