"""What the database says of its arenas: which there are, who runs them, whether one changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, func, select, text

from autonome.ledger.queries.query import Query, to
from autonome.ledger.rows import EventKind
from autonome.ledger.tables import events, portfolio_size

__all__ = [
    "ArenaPresence",
    "ListedArena",
    "arena_identity",
    "arena_presence",
    "arena_time",
    "arenas",
    "state",
    "told",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedArena:
    """A schema that has the tables of an arena."""

    name: str
    is_replay: bool
    """Whether a replay wrote it."""
    is_run: bool
    """Whether a process leads it now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArenaPresence:
    """How the arena of the connection stands."""

    is_replay: bool
    is_run: bool
    revision: str | None
    """Of its tables; ``None`` where no migration made them."""


_IS_REPLAY: Final = (
    "coalesce(obj_description(n.oid, 'pg_namespace'), '') LIKE 'An Autonome replay%'"
)
# Whoever leads holds the advisory lock of the arena's name (see autonome.ledger.leadership).
_IS_RUN: Final = """
    EXISTS (
        SELECT FROM pg_locks l
        WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
          AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
          AND ((l.classid::bigint << 32) | l.objid::bigint)
              = hashtextextended('autonome lead ' || n.nspname, 0)
    )
"""


def arenas() -> Query[ListedArena]:
    """Return every arena of the database by name."""
    statement = text(f"""
        SELECT n.nspname, {_IS_REPLAY}, {_IS_RUN}
        FROM pg_namespace n
        WHERE EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = n.oid AND c.relname = 'Arms')
          AND EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = n.oid AND c.relname = 'Orders')
          AND has_schema_privilege(n.oid, 'USAGE')
        ORDER BY n.nspname
    """)
    return Query(statement, to(ListedArena))


def arena_presence() -> Query[ArenaPresence]:
    """Return how the arena on the search path stands."""
    statement = text(f"""
        SELECT {_IS_REPLAY}, {_IS_RUN}, (SELECT max(version_num) FROM alembic_version)
        FROM pg_namespace n WHERE n.nspname = current_schema()
    """)
    return Query(statement, to(ArenaPresence))


def arena_identity() -> Query[str]:
    """Return a word for the tables of the arena: others under the same name have another one."""
    return Query(text("""SELECT '"Arms"'::regclass::oid::text"""), _first)


def arena_time() -> Query[datetime | None]:
    """Return the last instant at which an arm was valued: how far the arena has come."""
    return Query(select(func.max(portfolio_size.c.created_at)), _first)


def state() -> Query[str]:
    """Return a word that is another one as soon as a transaction has written anything.

    Two snapshots of one text have seen the same transactions end (PostgreSQL, "Transaction ID and
    Snapshot Information Functions"): what was read under one holds under the other.
    """
    return Query(text("SELECT pg_current_snapshot()::text"), _first)


def told() -> Query[int]:
    """Return the number of the newest event that is no piece of text, if there is any.

    What moves a NAV, a trade or an arm of a running arena tells so; what the market says between
    the minutes does not.
    """
    newest = (
        select(events.c.id)
        .where(events.c.kind != EventKind.TEXT)
        .order_by(events.c.id.desc())
        .limit(1)
    )
    return Query(newest, _first)


def _first(row: Row[Any]) -> Any:
    return row[0]
