"""A decision whose words PostgreSQL cannot hold is kept, and they come back legible."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from autonome.domain.value import changed
from autonome.ledger.arenas import transaction
from autonome.ledger.connection import connect
from autonome.ledger.journal.copying import fresh_arena
from autonome.ledger.journal.port import Booking, BookingStatus, Journal
from autonome.ledger.journal.postgres import PostgresJournal
from autonome.ledger.migrate import upgrade
from autonome.ledger.queries.query import rows_where
from autonome.ledger.reader import open_reader
from autonome.ledger.rows import Invocation, ToolCall
from autonome.testing.bookings import NOW, competitor, opening

ARENA = "arena_one"


def book(journal: Journal) -> None:
    """Book a decision with a lone surrogate in its text and in its JSON."""
    model, arm = competitor()
    journal.enter(model, arm)
    booking: Booking = opening(model, epoch=journal.begin_run(model.id, at=NOW))
    (invocation,), (call,) = booking.invocations, booking.tool_calls
    odd = changed(
        booking,
        invocations=(changed(invocation, response="a\ud800b"),),
        tool_calls=(changed(call, metadata={"reason": "\ud800", "symbol": "BTC"}),),
    )
    assert journal.book(odd) is BookingStatus.BOOKED


def stored(url: str, kind: type[Any]) -> list[Any]:
    async def rows() -> list[Any]:
        async with open_reader(url, arena=ARENA) as reader:
            return await reader.all(rows_where(kind))

    return asyncio.run(rows())


@pytest.mark.parametrize("way", ["row by row", "copy"])
def test_half_a_character_comes_back_as_the_replacement_character(
    way: str, database_url: str
) -> None:
    if way == "copy":
        with fresh_arena(database_url, ARENA) as journal:
            book(journal)
    else:
        with transaction(database_url, ARENA) as connection:
            upgrade(connection, ARENA)
        with connect(database_url, arena=ARENA, autocommit=True) as raw:
            book(PostgresJournal(raw))
    assert [row.response for row in stored(database_url, Invocation)] == ["a\ufffdb"]
    assert [row.metadata for row in stored(database_url, ToolCall)] == [
        {"reason": "\ufffd", "symbol": "BTC"}
    ]
