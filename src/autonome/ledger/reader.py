"""The reader: runs queries on one arena."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TypeVar

import psycopg
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from autonome.domain.errors import ArenaMissing, LedgerUnavailable
from autonome.ledger.connection import explained, open_engine
from autonome.ledger.queries.query import Query

__all__ = ["Reader", "Reads", "Rows", "open_reader"]

T = TypeVar("T")


class Rows:
    """Reads that see one state of the arena, whoever writes meanwhile."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def all(self, query: Query[T]) -> list[T]:
        """Return every row."""
        return [query.read(row) for row in await self._connection.execute(query.statement)]

    async def one(self, query: Query[T]) -> T | None:
        """Return the first row, ``None`` when there is none."""
        row = (await self._connection.execute(query.statement)).first()
        return None if row is None else query.read(row)


class Reader:
    """Reads of one arena over a pool of connections."""

    def __init__(self, engine: AsyncEngine, *, url: str, arena: str) -> None:
        self._engine = engine
        # One statement needs no transaction around it: two journeys to the server are saved.
        self._single = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._url = url
        self.arena = arena

    async def all(self, query: Query[T]) -> list[T]:
        """Return every row.

        Raises:
            ArenaMissing: the arena has no tables.
            LedgerError: the server cannot be used.
        """
        with self._explained():
            async with self._single.connect() as connection:
                return await Rows(connection).all(query)

    async def one(self, query: Query[T]) -> T | None:
        """Return the first row, ``None`` when there is none."""
        with self._explained():
            async with self._single.connect() as connection:
                return await Rows(connection).one(query)

    @asynccontextmanager
    async def at_once(self) -> AsyncIterator[Rows]:
        """Yield reads that belong together: all of them see one state of the arena."""
        with self._explained():
            async with self._engine.connect() as connection:
                await connection.execution_options(
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
                yield Rows(connection)

    async def close(self) -> None:
        """Close the connections."""
        await self._engine.dispose()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            with explained(self._url):
                yield
        except PoolTimeout as error:
            raise LedgerUnavailable(
                "expected a connection to the database, found all of them busy.",
                remedy="Try again in a moment.",
            ) from error
        except ProgrammingError as error:
            if not isinstance(error.orig, psycopg.errors.UndefinedTable):
                raise
            raise ArenaMissing(
                f"expected the tables of arena {self.arena!r}, found none.",
                remedy="Name the arena (--arena): a replay writes `replay` unless told otherwise;"
                " or make the tables (autonome db upgrade).",
            ) from error


Reads = Reader | Rows
"""Whoever asks, over one state of the arena or question by question."""


@asynccontextmanager
async def open_reader(url: str, *, arena: str = "public") -> AsyncIterator[Reader]:
    """Yield a reader of one arena, and close its connections afterwards."""
    reader = Reader(open_engine(url, arena=arena), url=url, arena=arena)
    try:
        yield reader
    finally:
        await reader.close()
