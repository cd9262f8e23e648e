"""Whole tables as polars frames: columns named, ordered and as exact as in the database."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import psycopg
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Integer,
    Numeric,
    SmallInteger,
    Table,
)

from autonome.domain.errors import ArenaMissing, LedgerError
from autonome.ledger.arenas import arena_relations, transaction
from autonome.ledger.connection import where
from autonome.ledger.tables import ROWS, marks, portfolio_size
from autonome.ledger.types import Instant

if TYPE_CHECKING:
    from polars import DataFrame, DataType

__all__ = ["frame_schema", "read_frames", "snapshot"]

_ESCAPED: Final = {
    "\\\\": "\\",
    "\\b": "\b",
    "\\f": "\f",
    "\\n": "\n",
    "\\r": "\r",
    "\\t": "\t",
    "\\v": "\v",
}
"""What COPY writes for characters that its text format reserves (PostgreSQL, COPY)."""
_WIDEST: Final = 38
"""Digits of the widest decimal that polars holds."""
_ORDERS: Final = {portfolio_size.name: ("modelId", "createdAt"), marks.name: ("symbol", "at")}


@contextmanager
def snapshot(url: str, arena: str) -> Iterator[Connection]:
    """Open a transaction that sees one state of ``arena`` throughout, and only reads.

    Raises:
        SettingError: ``arena`` may not name an arena.
        ArenaMissing: the arena has no tables.
        LedgerError: the server cannot be used.
    """
    with transaction(url, arena) as connection:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        if not {table.name for table in ROWS.values()} <= set(arena_relations(connection, arena)):
            raise ArenaMissing(
                f"expected the tables of arena {arena!r} at {where(url)}, found none or not all.",
                remedy="Name an arena that has tables (--arena), or make them: autonome db upgrade",
            )
        yield connection


def frame_schema(table: Table) -> dict[str, DataType]:
    """Return the type of each column: exact decimals, instants in UTC, words and JSON as text."""
    return {column.name: _frame_type(column) for column in table.columns}


def _frame_type(column: Column[Any]) -> DataType:
    import polars as pl

    kind = column.type
    if isinstance(kind, Instant):
        return pl.Datetime("us", "UTC")
    if isinstance(kind, Numeric):
        return pl.Decimal(kind.precision or _WIDEST, kind.scale or 0)
    if isinstance(kind, Boolean):
        return pl.Boolean()
    if isinstance(kind, BigInteger):
        return pl.Int64()
    if isinstance(kind, SmallInteger):
        return pl.Int16()
    return pl.Int32() if isinstance(kind, Integer) else pl.String()


def read_frames(
    connection: Connection, tables: Iterable[Table] = tuple(ROWS.values())
) -> dict[str, DataFrame]:
    """Return tables of the arena that the connection is in, by name; long series in order.

    Without ``tables`` it is all of the arena's content, which must be among those named.

    Raises:
        LedgerError: a figure or an instant is none that an exact column can hold (NaN, infinity).
    """
    raw = connection.connection.driver_connection
    assert isinstance(raw, psycopg.Connection)
    frames = {table.name: _read(raw, table) for table in tables}
    return frames | {name: frames[name].sort(*order) for name, order in _ORDERS.items()}


def _read(connection: psycopg.Connection[Any], table: Table) -> DataFrame:
    import polars as pl

    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    statement = f"COPY \"{table.name}\" ({columns}) TO STDOUT (ENCODING 'UTF8')"
    texts = io.BytesIO()
    with connection.cursor().copy(statement.encode()) as copy:
        for line in copy:
            texts.write(line)
    texts.seek(0)
    try:
        frame = pl.read_csv(
            texts,
            has_header=False,
            separator="\t",
            quote_char=None,
            null_values="\\N",
            empty_string_is_null=False,
            schema=dict.fromkeys((column.name for column in table.columns), pl.String),
        )
        return frame.with_columns(*_typed(table))
    except pl.exceptions.PolarsError as error:
        raise LedgerError(
            f'expected "{table.name}" to hold exact numbers and instants: {error}',
            remedy="Correct the row that holds NaN or infinity, then try again.",
        ) from error


def _typed(table: Table) -> list[Any]:
    """Return an expression for each column, from COPY's text to its own type."""
    import polars as pl

    expressions = []
    for name, kind in frame_schema(table).items():
        text = pl.col(name)
        if kind == pl.String:
            expressions.append(text.str.replace_many(_ESCAPED))
        elif kind == pl.Boolean:
            expressions.append(text == "t")
        elif isinstance(kind, pl.Datetime):
            expressions.append(
                text.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us", time_zone="UTC")
            )
        else:
            expressions.append(text.cast(kind))
    return expressions
