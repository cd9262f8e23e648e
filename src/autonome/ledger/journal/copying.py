"""The journal by COPY: a whole arena in one transaction, fresh tables first, indexes after.

Nothing is visible before the end, and nothing is left when the writer dies. Small tables, whose
rows change on the way, are kept in memory until then; NAV points and marks stream.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from uuid import uuid4

import psycopg
from sqlalchemy import Connection, Table
from sqlalchemy.exc import DBAPIError

from autonome.domain.errors import ArenaNotEmpty, InvariantBroken
from autonome.ledger.arenas import LOCK_WAIT_MS, check_arena, inside, take_turns, transaction
from autonome.ledger.codec import copy_line, encoder
from autonome.ledger.connection import explained
from autonome.ledger.content import Content
from autonome.ledger.journal.bare_tables import without_indexes_and_keys
from autonome.ledger.journal.memory import MemoryJournal
from autonome.ledger.journal.points import nav_texts, price_texts, timestamp_texts
from autonome.ledger.journal.port import MarkPoints, NavPoints
from autonome.ledger.migrate import upgrade
from autonome.ledger.rollups import fill_rollups
from autonome.ledger.rows import Mark, PortfolioSnapshot
from autonome.ledger.rows.ids import new_ids
from autonome.ledger.schema.contract import full_contract
from autonome.ledger.tables import ROWS, RUNNING_ROWS, marks, portfolio_size

__all__ = ["CopyJournal", "fresh_arena"]

_FLUSH_CHARACTERS: Final = 4_000_000
_REPLAY_MARK: Final = "An Autonome replay; the next replay of this name replaces it."
_ARENA: Final = """
    SELECT obj_description(n.oid, 'pg_namespace') AS mark,
           EXISTS (SELECT FROM pg_depend d
                   WHERE d.refclassid = 'pg_namespace'::regclass AND d.refobjid = n.oid)
               AS holds_objects
    FROM pg_namespace n WHERE n.nspname = %s
"""


class CopyJournal(MemoryJournal):
    """A writer into bare tables of one transaction; ``finish`` writes what is still in memory."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        super().__init__()
        self._connection = connection
        self._text: dict[str, list[str]] = {portfolio_size.name: [], marks.name: []}
        self._characters = 0
        self._content = Content()
        self._content_hash: str | None = None

    @property
    def content_hash(self) -> str:
        """Return the hash of all that was written, whatever its identifiers; after ``finish``."""
        if self._content_hash is None:
            raise InvariantBroken("a content hash was asked for before everything was written")
        return self._content_hash

    def value(self, points: NavPoints) -> None:
        """Append NAV points, without keeping them."""
        times = timestamp_texts(points.at_ms)
        model = points.model_id
        net = nav_texts(points)
        self._content.extend(portfolio_size, model, times=_to_micros(times), values=net)
        rows = zip(new_ids(len(times)), net, times, strict=True)
        self._append(
            portfolio_size, "".join([f"{i}\t{model}\t{n}\t{t}\t{t}\n" for i, n, t in rows])
        )

    def mark(self, points: MarkPoints) -> None:
        """Append marks, without keeping them."""
        times, prices = timestamp_texts(points.at_ms), price_texts(points)
        self._content.extend(marks, points.symbol, times=_to_micros(times), values=prices)
        rows = zip(times, prices, strict=True)
        self._append(marks, "".join([f"{points.symbol}\t{t}\t{p}\n" for t, p in rows]))

    def finish(self) -> None:
        """Write everything that is still in memory."""
        for kind, table in ROWS.items():
            if kind not in (PortfolioSnapshot, Mark):
                encode = encoder(table)
                rows: Iterator[object] = self.rows(kind)
                texts = [encode(row) for row in rows]
                self._copy(table.name, [copy_line(each) for each in texts])
                self._content.add(table, texts)
        for kind, table in RUNNING_ROWS.items():
            encode, kept = encoder(table), list[object](self.rows(kind))
            self._copy(table.name, [copy_line(encode(row)) for row in kept])
        self._flush()
        fill_rollups(self._connection)
        self._content_hash = self._content.digest()

    def _append(self, table: Table, lines: str) -> None:
        self._text[table.name].append(lines)
        self._characters += len(lines)
        if self._characters >= _FLUSH_CHARACTERS:
            self._flush()

    def _flush(self) -> None:
        for name, lines in self._text.items():
            self._copy(name, lines)
            lines.clear()
        self._characters = 0

    def _copy(self, table: str, lines: list[str]) -> None:
        if lines:
            with self._connection.cursor().copy(f'COPY "{table}" FROM STDIN') as copy:
                copy.write("".join(lines))


def _to_micros(times: list[str]) -> list[str]:
    """Return instants with milliseconds as the content hash writes them, with microseconds."""
    return [f"{at}000" for at in times]


@contextmanager
def fresh_arena(url: str, arena: str, *, lock_wait_ms: int = LOCK_WAIT_MS) -> Iterator[CopyJournal]:
    """Write a whole arena: it appears, complete, when the block ends.

    An arena of that name that a replay made is replaced at that moment; its readers see the old
    one until then.

    Raises:
        ArenaNotEmpty: the arena holds tables that no replay made.
        LedgerUnavailable: a reader kept the old arena for longer than ``lock_wait_ms``.
        LedgerError: the server cannot be used, or its disk is full; nothing was written.
    """
    loading = f"loading_{uuid4().hex}"
    with explained(url), transaction(url, loading) as connection:
        _require_replaceable(connection, check_arena(arena))
        upgrade(connection, loading)
        raw = connection.connection.driver_connection
        assert isinstance(raw, psycopg.Connection)
        with without_indexes_and_keys(raw):
            journal = CopyJournal(raw)
            yield journal
            journal.finish()
        with inside(connection, arena, lock_wait_ms=lock_wait_ms):
            take_turns(connection, arena)
            _require_replaceable(connection, arena)
            _remove(connection, arena)
            connection.exec_driver_sql(f'ALTER SCHEMA "{loading}" RENAME TO "{arena}"')
            connection.exec_driver_sql(f"COMMENT ON SCHEMA \"{arena}\" IS '{_REPLAY_MARK}'")


def _require_replaceable(connection: Connection, arena: str) -> None:
    """Refuse to replace an arena that holds anything, unless a replay made it."""
    row = connection.exec_driver_sql(_ARENA, (arena,)).one_or_none()
    if row is not None and row.mark != _REPLAY_MARK and row.holds_objects:
        raise _not_empty(arena, "it holds what no replay made")


def _remove(connection: Connection, arena: str) -> None:
    """Remove an arena that a replay made; what others added to it, or built on it, stops that."""
    contract = full_contract()
    tables = ", ".join(f'"{table}"' for table in contract.tables)
    enums = ", ".join(f'"{enum}"' for enum in contract.enums)
    try:
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {tables}, alembic_version RESTRICT")
        connection.exec_driver_sql('DROP FUNCTION IF EXISTS "refuseChange"() RESTRICT')
        connection.exec_driver_sql(f"DROP TYPE IF EXISTS {enums} RESTRICT")
        connection.exec_driver_sql(f'DROP SCHEMA IF EXISTS "{arena}" RESTRICT')
    except DBAPIError as error:
        if not isinstance(error.orig, psycopg.errors.DependentObjectsStillExist):
            raise
        reason = " ".join((error.orig.diag.message_detail or str(error.orig)).split())
        raise _not_empty(arena, reason) from error


def _not_empty(arena: str, reason: str) -> ArenaNotEmpty:
    return ArenaNotEmpty(
        f"expected arena {arena!r} to be empty or made by a replay alone: {reason}",
        remedy="Name another arena (--arena); a replay overwrites only what a replay made.",
    )
