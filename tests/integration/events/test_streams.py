"""Event streams over HTTP: who listens hears everything once, whatever happens in between."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import psycopg
import pytest

from autonome.ledger.connection import connect
from autonome.ledger.journal.postgres import PostgresJournal
from autonome.ledger.rows import EventKind, NewEvent
from autonome.testing.bookings import NOW, competitor, opening
from integration.events.server import ARENA, EventServer, Heard


def numbered(first: int, last: int, *, kind: EventKind = EventKind.ARENA) -> list[NewEvent]:
    return [
        NewEvent(at=NOW, kind=kind, payload={"number": number}) for number in range(first, last + 1)
    ]


def numbers(heard: Sequence[Heard]) -> list[int]:
    return [each.data["number"] for each in heard]


def test_a_booking_is_heard_as_it_is_booked(server: EventServer, journal: PostgresJournal) -> None:
    reader = server.reader()
    model, arm = competitor()
    journal.enter(model, arm)
    opened = opening(model, epoch=journal.begin_run(model.id, at=NOW))
    journal.book(opened)
    heard = reader.take(3)
    assert [each.kind for each in heard] == ["invocation", "call", "position"]
    assert heard[2].data == {
        "at": "2025-05-05T12:30:15.250000Z",
        "modelId": model.id,
        "orderId": opened.orders[0].id,
        "symbol": "BTC",
        "change": "OPENED",
    }


def test_a_reader_that_returns_hears_what_it_missed_once(
    server: EventServer, journal: PostgresJournal
) -> None:
    reader = server.reader()
    journal.tell(numbered(1, 3))
    assert numbers(reader.take(2)) == [1, 2]
    reader.close()
    journal.tell(numbered(4, 5))
    again = server.reader(last_id=reader.last_id)
    journal.tell(numbered(6, 6))
    assert numbers(again.take(4)) == [3, 4, 5, 6]


def test_a_server_that_ends_loses_and_doubles_nothing(url: str, journal: PostgresJournal) -> None:
    heard: list[int] = []
    last_id: int | None = None
    with EventServer(url) as server:
        reader = server.reader()
        journal.tell(numbered(1, 10))
        heard += numbers(reader.take(10))
        server.stop()
        heard += numbers(reader.rest())
        last_id = reader.last_id
    journal.tell(numbered(11, 20))
    for begin in (21, 31):
        with EventServer(url) as server:
            reader = server.reader(last_id=last_id)
            journal.tell(numbered(begin, begin + 9))
            while heard[-1] < begin + 9:
                heard += numbers([reader.next()])
            last_id = reader.last_id
            reader.close()
    assert heard == list(range(1, 41))


@pytest.mark.parametrize("last_id", ["0", "999999", "-1", "yesterday", "9" * 400])
def test_who_is_too_late_or_unknown_is_told_to_begin_anew(
    server: EventServer, journal: PostgresJournal, last_id: str
) -> None:
    journal.tell(numbered(1, 5))
    with connect_to(server, journal) as connection:
        connection.execute('DELETE FROM "Events" WHERE id < 3')
    reader = server.reader(last_id=last_id)
    journal.tell(numbered(6, 6))
    heard = reader.take(2) if reader.last_id is None else [reader.next()]
    assert heard[-1].data["number"] == 6
    fresh = server.reader(last_id=last_id)
    assert fresh.last_id == heard[-1].id


def connect_to(server: EventServer, journal: PostgresJournal) -> psycopg.Connection:
    return connect(server.url, arena=ARENA, autocommit=True)
