"""A small arena whose content is the same each time it is written, though its ids are not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import count

import numpy as np

from autonome.domain.choices import ArmKind
from autonome.domain.value import changed
from autonome.ledger.arenas import transaction
from autonome.ledger.connection import connect
from autonome.ledger.journal.copying import fresh_arena
from autonome.ledger.journal.port import Booking, Journal, MarkPoints, NavPoints
from autonome.ledger.journal.postgres import PostgresJournal
from autonome.ledger.migrate import upgrade
from autonome.ledger.rows import Cycle
from autonome.testing.bookings import NOW, closing, competitor, opening

__all__ = ["MINUTE_MS", "START_MS", "tell", "write", "write_row_by_row"]

START_MS = 1_746_448_200_000
"""2025-05-05 12:30:00 UTC."""
MINUTE_MS = 60_000


def tell(journal: Journal) -> None:
    """Enter an LLM arm with a trade and a position, and a control with a trade."""
    numbers = count(1)
    ada, arm = competitor("Ada")
    journal.enter(ada, arm)
    epoch = journal.begin_run(ada.id, at=NOW)
    first = numbered(opening(ada, epoch=epoch), numbers)
    journal.book(first)
    journal.book(numbered(closing(first), numbers))
    journal.book(numbered(opening(ada, epoch=epoch, symbol="ETH"), numbers))
    hold, hold_arm = competitor("Hold", "Sovereign")
    journal.enter(hold, replace(hold_arm, kind=ArmKind.CONTROL, settings={}))
    epoch = journal.begin_run(hold.id, at=NOW)
    second = numbered(opening(hold, epoch=epoch), numbers)
    journal.book(second)
    journal.book(numbered(closing(second), numbers))
    journal.begin_cycle(
        Cycle(
            scheduled_at=NOW,
            started_at=NOW,
            finished_at=NOW + timedelta(microseconds=1),
            recipe={"z": Decimal("1E-8"), "a": [Decimal("1.50"), 1, None, "\0é"], "big": 10**30},
        )
    )
    at_ms = START_MS + MINUTE_MS * np.arange(4)
    nav = np.array([1_000_000_000_000, 999_000_000_000, 1_001_230_000_000, -500_000])
    journal.value(NavPoints(model_id=ada.id, at_ms=at_ms, nav=nav))
    journal.value(NavPoints(model_id=hold.id, at_ms=at_ms[:1], nav=nav[:1]))
    for symbol, price in (("ETH", 5_100_012_345_678), ("BTC", 1)):
        journal.mark(MarkPoints(symbol=symbol, at_ms=at_ms[:2], price=np.array([7, price])))


def numbered(booking: Booking, numbers: count[int]) -> Booking:
    """Return a booking whose numbers at the venue are those of a counter, not of chance."""
    number = next(numbers)
    return changed(
        booking,
        intents=tuple(changed(each, client_order_index=number) for each in booking.intents),
        fills=tuple(
            changed(each, venue_fill_id=str(number), fee=Decimal("-0.00000001"))
            for each in booking.fills
        ),
    )


def write(url: str, arena: str) -> str:
    """Write the arena by COPY and return the content hash that its journal tells."""
    with fresh_arena(url, arena) as journal:
        tell(journal)
    return journal.content_hash


def write_row_by_row(url: str, arena: str) -> None:
    """Write the arena one event at a time."""
    with transaction(url, arena) as connection:
        upgrade(connection, arena)
    with connect(url, arena=arena, autocommit=True) as raw:
        tell(PostgresJournal(raw))
