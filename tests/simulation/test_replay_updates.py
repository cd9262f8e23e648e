"""The application sets ``updatedAt`` on every update: the database would not."""

from __future__ import annotations

from typing import Any

from autonome.arena.competitor import Entrant
from autonome.arena.replay import Replay
from autonome.ledger.journal.memory import MemoryJournal
from autonome.ledger.journal.port import Booking, BookingStatus
from autonome.ledger.rows import Intent, Order, ToolCall
from autonome.venue.profile import load_profile
from autonome.venue.simulated.candle_venue import CandleVenue
from simulation.bookings import competitor, ordinals
from simulation.runs import Dice, synthetic

UPDATED_KINDS = (Order, Intent, ToolCall)


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
    model, arm = competitor()
    Replay(
        market=market,
        venue=CandleVenue(profile=load_profile("binance-perp"), market=market),
        journal=journal,
        names=ordinals(),
    ).run(
        [Entrant(model=model, arm=arm, agent=Dice(seed=3, symbols=market.symbols))],
        progress=lambda *_: None,
    )
    updated = {type(after) for _, after, _ in journal.updates}
    assert updated == set(UPDATED_KINDS)
    for before, after, fills in journal.updates:
        assert after != before
        assert {fill.filled_at for fill in fills} == {after.updated_at}
        assert after.updated_at >= before.updated_at
