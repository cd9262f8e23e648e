"""A replay replaces what a replay made, and nothing else."""

from __future__ import annotations

import psycopg
import pytest

from autonome.domain.errors import ArenaNotEmpty, LedgerUnavailable
from autonome.ledger.arenas import transaction
from autonome.ledger.connection import connect
from autonome.ledger.journal.copying import fresh_arena
from autonome.ledger.migrate import upgrade
from autonome.ledger.schema.differences import differences
from autonome.testing.bookings import competitor


def written(url: str, arena: str, name: str = "Ada") -> None:
    with fresh_arena(url, arena) as journal:
        journal.enter(*competitor(name))


def written_twice(url: str) -> None:
    with fresh_arena(url, "spring") as journal:
        journal.enter(*competitor("twice"))
        journal.enter(*competitor("twice"))


def names(url: str, arena: str) -> list[str]:
    with connect(url, arena=arena) as connection:
        return [row[0] for row in connection.execute('SELECT name FROM "Models"').fetchall()]


def test_a_replay_replaces_what_a_replay_made(database_url: str) -> None:
    written(database_url, "spring", "first")
    written(database_url, "spring", "second")
    assert names(database_url, "spring") == ["second"]
    with transaction(database_url, "spring") as connection:
        assert differences(connection, "spring") == []


def test_an_empty_public_schema_can_be_written(database_url: str) -> None:
    written(database_url, "public")
    assert names(database_url, "public") == ["Ada"]


@pytest.mark.parametrize(
    "object_of_theirs",
    [
        "CREATE TABLE public.theirs (x int)",
        "CREATE DOMAIN public.money_text AS text",
        "CREATE FUNCTION public.one() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    ],
)
def test_whatever_others_keep_in_an_arena_stays(database_url: str, object_of_theirs: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute(object_of_theirs.encode())
    with pytest.raises(ArenaNotEmpty, match="holds what no replay made"):
        written(database_url, "public")


def test_an_upgraded_arena_is_not_replaced(database_url: str) -> None:
    with transaction(database_url, "live") as connection:
        upgrade(connection, "live")
    with pytest.raises(ArenaNotEmpty, match="holds what no replay made"):
        written(database_url, "live")


@pytest.mark.parametrize(
    ("built", "named"),
    [
        ('CREATE VIEW public.board AS SELECT name FROM spring."Models"', "board"),
        ("CREATE TABLE spring.notes (x int)", "notes"),
        ('CREATE TABLE public.kept (v spring."Variant")', "kept"),
    ],
)
def test_what_others_built_on_a_replay_stops_the_next_one(
    database_url: str, built: str, named: str
) -> None:
    written(database_url, "spring", "first")
    with psycopg.connect(database_url) as connection:
        connection.execute(built.encode())
    with pytest.raises(ArenaNotEmpty, match=named):
        written(database_url, "spring", "second")
    assert names(database_url, "spring") == ["first"]


def test_an_error_on_the_way_leaves_the_old_arena(database_url: str) -> None:
    written(database_url, "spring", "first")
    with pytest.raises(ArenaNotEmpty, match="'twice'"):
        written_twice(database_url)
    assert names(database_url, "spring") == ["first"]
    with psycopg.connect(database_url) as connection:
        schemas = connection.execute(
            "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'loading%'"
        ).fetchone()
    assert schemas == (0,)


def test_readers_see_the_old_arena_until_the_new_one_is_complete(database_url: str) -> None:
    written(database_url, "spring", "first")
    with fresh_arena(database_url, "spring") as journal:
        journal.enter(*competitor("second"))
        assert names(database_url, "spring") == ["first"]
    assert names(database_url, "spring") == ["second"]


def test_a_reader_that_never_ends_is_not_waited_for_without_limit(database_url: str) -> None:
    written(database_url, "spring", "first")
    with connect(database_url, arena="spring") as reader:
        reader.execute('SELECT count(*) FROM "Models"')
        with pytest.raises(LedgerUnavailable, match="spring") as caught:
            with fresh_arena(database_url, "spring", lock_wait_ms=300) as journal:
                journal.enter(*competitor("second"))
        assert caught.value.retryable
    assert names(database_url, "spring") == ["first"]
