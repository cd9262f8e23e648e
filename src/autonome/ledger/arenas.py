"""Arenas as PostgreSQL schemas: their names, and a transaction's stay inside one of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from psycopg.errors import DeadlockDetected, LockNotAvailable
from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.exc import DBAPIError

from autonome.domain.errors import LedgerUnavailable, SettingError
from autonome.ledger.connection import connect, explained

__all__ = [
    "JOBS_SCHEMA",
    "LOCK_WAIT_MS",
    "arena_exists",
    "arena_relations",
    "check_arena",
    "inside",
    "take_turns",
    "transaction",
]

LOCK_WAIT_MS = 30_000
"""Longest wait for any one lock while an arena is made, upgraded or adopted."""

JOBS_SCHEMA = "autonome_jobs"
"""Where the jobs of every arena of a database are; no arena has this name."""

_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")

_SETTINGS = text("""
    SELECT set_config('search_path', :search_path, true),
           set_config('lock_timeout', :lock_timeout, true),
           set_config('TimeZone', :time_zone, true)
""")

_PRESENT_SETTINGS = text("""
    SELECT current_setting('search_path') AS search_path,
           current_setting('lock_timeout') AS lock_timeout,
           current_setting('TimeZone') AS time_zone
""")

_EXISTS = text("SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = :arena)")

_TAKE_TURNS = text(
    "SELECT pg_advisory_xact_lock(hashtextextended('autonome upgrade ' || :arena, 0))"
)

_RELATIONS = text("""
    SELECT c.relname FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = :arena AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
    ORDER BY c.relname
""")


def check_arena(arena: str) -> str:
    """Return ``arena`` unchanged if it may name an arena.

    Raises:
        SettingError: it is not a plain lower-case name, or PostgreSQL keeps it for itself.
    """
    if not _NAME.fullmatch(arena):
        raise SettingError(
            f"expected an arena's name of up to 63 lower-case letters, digits and underscores,"
            f" a letter first, found {arena!r}",
            remedy="Choose a name such as 'public' or 'spring_2027'.",
        )
    if arena.startswith("pg_") or arena == "information_schema":
        raise SettingError(
            f"expected an arena's name that PostgreSQL does not keep for itself, found {arena!r}",
            remedy="Choose a name that does not begin with 'pg_'.",
        )
    if arena == JOBS_SCHEMA:
        raise SettingError(
            f"expected an arena's name, found {arena!r}, which holds the jobs of all arenas",
            remedy="Choose another name.",
        )
    return arena


def arena_exists(connection: Connection, arena: str) -> bool:
    """Return whether the schema is there, with or without tables."""
    return bool(connection.scalar(_EXISTS, {"arena": arena}))


def arena_relations(connection: Connection, arena: str) -> list[str]:
    """Return the names of all tables, views and sequences in ``arena``, whoever made them."""
    return list(connection.scalars(_RELATIONS, {"arena": arena}))


@contextmanager
def transaction(url: str, arena: str = "public") -> Iterator[Connection]:
    """Open one transaction in ``arena``: committed at the end of the block, or undone by an error.

    Raises:
        SettingError: ``arena`` may not name an arena.
        LedgerError: the server cannot be used; the kind says why.
    """
    check_arena(arena)
    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: connect(url, arena=arena), poolclass=NullPool
    )
    with explained(url), engine.begin() as connection:
        yield connection


@contextmanager
def inside(
    connection: Connection, arena: str, *, lock_wait_ms: int = LOCK_WAIT_MS
) -> Iterator[None]:
    """Let unqualified names mean those of ``arena`` alone, in UTC, with a limit on lock waits.

    The settings end with the block, or with the transaction where the block fails.

    Raises:
        SettingError: ``arena`` may not name an arena.
        LedgerUnavailable: another transaction kept a lock for longer than ``lock_wait_ms``.
    """
    before = dict(connection.execute(_PRESENT_SETTINGS).mappings().one())
    connection.execute(
        _SETTINGS,
        {
            "search_path": f'"{check_arena(arena)}"',
            "lock_timeout": f"{lock_wait_ms}ms",
            "time_zone": "UTC",
        },
    )
    try:
        yield
    except DBAPIError as error:
        if not isinstance(error.orig, LockNotAvailable | DeadlockDetected):
            raise
        raise LedgerUnavailable(
            f"expected to lock what arena {arena!r} holds within {lock_wait_ms} ms,"
            " but another transaction keeps it",
            remedy="Try again; if that does not help, stop what uses the arena first.",
        ) from error
    # No "finally": after a failure the transaction takes no statement, and its end resets them.
    connection.execute(_SETTINGS, before)


def take_turns(connection: Connection, arena: str) -> None:
    """Wait until nobody else makes, upgrades or adopts ``arena``, then make others wait.

    The turn ends with the transaction. Call it within ``inside``, which limits the wait.
    """
    connection.execute(_TAKE_TURNS, {"arena": arena})
