"""Events are kept for an hour by the database's clock, and go in small portions."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count

from autonome.bootstrap.paper.watchers import KEPT_S, Watchers
from autonome.ledger.connection import connect
from autonome.ledger.journal.postgres import PostgresJournal
from autonome.ledger.rows import EventKind, NewEvent
from integration.events.server import ARENA

AT = datetime(2025, 5, 5, tzinfo=UTC)
AGED = """UPDATE "Events" SET "writtenAt" = now() - interval '61 minutes' WHERE id <= 7"""


def kept(url: str) -> list[int]:
    with connect(url, arena=ARENA) as connection:
        return [row[0] for row in connection.execute('SELECT id FROM "Events" ORDER BY id')]


def ten_events(url: str, journal: PostgresJournal) -> None:
    """Tell ten events, the first seven of them more than an hour ago."""
    journal.tell([NewEvent(at=AT, kind=EventKind.TEXT, payload={"n": n}) for n in range(10)])
    with connect(url, arena=ARENA, autocommit=True) as connection:
        connection.execute(AGED)


def test_old_events_are_deleted_so_many_at_once(url: str, journal: PostgresJournal) -> None:
    ten_events(url, journal)
    assert journal.forget_events(older_than_s=KEPT_S, most=5) == 5
    assert kept(url) == [6, 7, 8, 9, 10]
    assert journal.forget_events(older_than_s=KEPT_S, most=5) == 2
    assert journal.forget_events(older_than_s=KEPT_S, most=5) == 0
    assert kept(url) == [8, 9, 10]


def test_who_runs_an_arena_deletes_them_now_and_then(url: str, journal: PostgresJournal) -> None:
    ten_events(url, journal)
    seconds = count(step=4)
    watchers = Watchers(journal, now=lambda: AT, seconds=lambda: next(seconds))
    watchers.forget()
    assert kept(url) == [8, 9, 10]
    with connect(url, arena=ARENA, autocommit=True) as connection:
        connection.execute(AGED.replace("7", "9"))
    remaining = []
    for _ in range(3):
        watchers.forget()
        remaining.append(len(kept(url)))
    assert remaining == [3, 3, 1]
