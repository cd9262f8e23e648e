"""Event streams over HTTP: who listens hears everything once, whatever happens in between."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from autonome.ledger.arenas import transaction
from autonome.ledger.connection import connect
from autonome.ledger.journal.postgres import PostgresJournal
from autonome.ledger.migrate import upgrade
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


@pytest.mark.parametrize("last_id", ["0", "1", "999999", "-1", "yesterday", "9" * 400])
def test_who_is_too_late_or_unknown_is_told_to_begin_anew(
    url: str, journal: PostgresJournal, last_id: str
) -> None:
    journal.tell(numbered(1, 5))
    execute(url, 'DELETE FROM "Events" WHERE id < 3')
    with EventServer(url) as server:
        reader = server.reader(last_id=last_id)
        assert reader.opening == Heard(5, "resync", {})
        journal.tell(numbered(6, 6))
        assert numbers([reader.next()]) == [6]
        assert server.reader(last_id=2).take(4)[-1].id == 6


def test_who_has_heard_nothing_yet_knows_where_it_stands(
    server: EventServer, journal: PostgresJournal
) -> None:
    assert server.reader().last_id is None
    journal.tell(numbered(1, 3))
    server.reader(last_id=0).take(3)
    assert server.reader().last_id == 3


def test_only_what_a_reader_asks_for_is_sent(server: EventServer, journal: PostgresJournal) -> None:
    ada, bob = competitor("Ada"), competitor("Bob")
    for each in (ada, bob):
        journal.enter(*each)
    by_kind = server.reader("?kinds=nav&kinds=arena")
    by_model = server.reader(f"?model={ada[0].id}")
    events = [
        NewEvent(at=NOW, kind=kind, model_id=model_id, payload={"number": number})
        for number, (kind, model_id) in enumerate(
            [
                (EventKind.TEXT, ada[0].id),
                (EventKind.ARENA, bob[0].id),
                (EventKind.PRICES, None),
                (EventKind.NAV, None),
            ]
        )
    ]
    journal.tell(events)
    assert numbers(by_kind.take(2)) == [1, 3]
    assert numbers(by_model.take(3)) == [0, 2, 3]
    again = server.reader("?kinds=nav", last_id=0)
    assert numbers([again.next()]) == [3]


def test_a_writer_that_commits_late_is_heard_in_its_place(
    server: EventServer, url: str, journal: PostgresJournal
) -> None:
    reader = server.reader()
    journal.tell(numbered(1, 1))
    assert numbers([reader.next()]) == [1]
    with connect(url, arena=ARENA, autocommit=True) as slow:
        with slow.transaction():
            PostgresJournal(slow, tells=True).tell(numbered(2, 2))
            journal.tell(numbered(3, 3))
    heard = reader.take(2)
    assert (numbers(heard), [each.id for each in heard]) == ([2, 3], [2, 3])


def test_a_write_that_was_undone_holds_nobody_up_for_long(
    server: EventServer, url: str, journal: PostgresJournal
) -> None:
    reader = server.reader()
    journal.tell(numbered(1, 1))
    with connect(url, arena=ARENA, autocommit=True) as undone:
        with undone.transaction(force_rollback=True):
            PostgresJournal(undone, tells=True).tell(numbered(2, 2))
    journal.tell(numbered(3, 3))
    assert numbers(reader.take(2)) == [1, 3]


def test_a_write_that_comes_far_too_late_makes_readers_begin_anew(
    server: EventServer, url: str, journal: PostgresJournal
) -> None:
    reader = server.reader()
    journal.tell(numbered(1, 1))
    with connect(url, arena=ARENA, autocommit=True) as slow:
        with slow.transaction():
            PostgresJournal(slow, tells=True).tell(numbered(2, 2))
            journal.tell(numbered(3, 3))
            assert numbers(reader.take(2)) == [1, 3]
    assert reader.next() == Heard(3, "resync", {})
    assert numbers(server.reader(last_id=1).take(2)) == [2, 3]


def test_a_reader_that_does_not_read_is_cut_off_and_harms_nobody(
    server: EventServer, journal: PostgresJournal
) -> None:
    slow, quick = server.reader(), server.reader()
    words = "x" * 10_000
    for first in range(0, 2_000, 100):
        journal.tell(
            [
                NewEvent(at=NOW, kind=EventKind.TEXT, payload={"number": first + n, "piece": words})
                for n in range(100)
            ]
        )
        assert numbers(quick.take(100)) == list(range(first, first + 100))
    heard = slow.rest()
    assert heard[-1].kind == "resync"
    assert heard[-1].id is not None
    told = numbers(heard[:-1])
    assert told == list(range(len(told)))
    assert len(told) < 2_000
    back = server.reader(last_id=heard[-1].id)
    journal.tell(numbered(2_000, 2_000))
    assert numbers(back.take(1999 - heard[-1].id + 2))[-1] == 2_000


def test_a_database_that_goes_away_and_comes_back_makes_readers_begin_anew(
    server: EventServer, url: str, journal: PostgresJournal
) -> None:
    reader = server.reader()
    journal.tell(numbered(1, 1))
    reader.next()
    execute(
        url,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE query LIKE '%Events%' AND pid <> pg_backend_pid() AND application_name = 'autonome'"
        f" AND pid <> {journal_pid(journal)}",
    )
    assert reader.next().kind == "resync"
    journal.tell(numbered(2, 2))
    assert numbers([reader.next()]) == [2]


def test_an_arena_that_was_made_anew_is_heard_again(
    server: EventServer, url: str, journal: PostgresJournal
) -> None:
    reader = server.reader()
    journal.tell(numbered(1, 3))
    reader.take(3)
    execute(url, 'TRUNCATE "Events" RESTART IDENTITY')
    journal.tell(numbered(1, 1))
    assert reader.next() == Heard(1, "resync", {})
    journal.tell(numbered(2, 2))
    assert numbers([reader.next()]) == [2]


def test_a_server_that_is_told_to_stop_waits_for_no_stream(url: str) -> None:
    with EventServer(url) as server:
        readers = [server.reader() for _ in range(20)]
        server.stop()
        assert [reader.rest() for reader in readers] == [[]] * 20


def test_arenas_have_streams_of_their_own(
    server: EventServer, url: str, journal: PostgresJournal
) -> None:
    with transaction(url, "other") as connection:
        upgrade(connection, "other")
    mine, other = server.reader(), server.reader("?arena=other")
    with connect(url, arena="other", autocommit=True) as raw:
        PostgresJournal(raw, tells=True).tell(numbered(7, 7))
    journal.tell(numbered(1, 1))
    assert (numbers([mine.next()]), numbers([other.next()])) == ([1], [7])


@pytest.mark.parametrize(
    ("query", "status"), [("?kinds=gossip", 400), ("?arena=nowhere", 404), ("?arena=No", 400)]
)
def test_what_cannot_be_listened_to_is_refused(
    server: EventServer, query: str, status: int
) -> None:
    assert server.reader(query).answer.status == status


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "rebound.example"},
        {"Origin": "http://elsewhere.example"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
def test_another_page_hears_nothing(server: EventServer, headers: dict[str, str]) -> None:
    assert server.reader(headers=headers).answer.status == 403


def test_what_a_stream_says_of_itself(server: EventServer) -> None:
    answer = server.reader().answer
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


def execute(url: str, statement: str) -> None:
    with connect(url, arena=ARENA, autocommit=True) as connection:
        connection.execute(statement.encode())


def journal_pid(journal: PostgresJournal) -> int:
    return journal._connection.info.backend_pid
