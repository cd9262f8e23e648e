"""The reader: runs queries on one arena."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import psycopg
from sqlalchemy import Row
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncEngine

from autonome.domain.errors import ArenaMissing
from autonome.ledger.connection import explained, open_engine
from autonome.ledger.queries.query import Query

__all__ = ["Reader", "open_reader"]

T = TypeVar("T")


class Reader:
    """Reads of one arena over a pool of connections."""

    def __init__(self, engine: AsyncEngine, *, url: str, arena: str) -> None:
        self._engine = engine
        self._url = url
        self._arena = arena

    async def all(self, query: Query[T]) -> list[T]:
        """Return every row.

        Raises:
            ArenaMissing: the arena has no tables.
            LedgerError: the server cannot be used.
        """
        return [query.read(row) for row in await self._rows(query)]

    async def one(self, query: Query[T]) -> T | None:
        """Return the first row, ``None`` when there is none."""
        rows = await self._rows(query)
        return query.read(rows[0]) if rows else None

    async def _rows(self, query: Query[Any]) -> list[Row[Any]]:
        try:
            with explained(self._url):
                async with self._engine.connect() as connection:
                    return list((await connection.execute(query.statement)).all())
        except ProgrammingError as error:
            if not isinstance(error.orig, psycopg.errors.UndefinedTable):
                raise
            raise ArenaMissing(
                f"expected the tables of arena {self._arena!r}, found none.",
                remedy="Name the arena (--arena): a replay writes `replay` unless told otherwise;"
                " or make the tables (autonome db upgrade).",
            ) from error


@asynccontextmanager
async def open_reader(url: str, *, arena: str = "public") -> AsyncIterator[Reader]:
    """Yield a reader of one arena, and close its connections afterwards."""
    engine = open_engine(url, arena=arena)
    try:
        yield Reader(engine, url=url, arena=arena)
    finally:
        await engine.dispose()
