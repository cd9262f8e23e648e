"""Jobs that any process of an arena may take: procrastinate, in a schema of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import psycopg
from procrastinate import App, PsycopgConnector
from procrastinate.schema import SchemaManager
from psycopg.sql import SQL, Identifier, Literal
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from autonome.domain.errors import LedgerUnavailable
from autonome.ledger.arenas import JOBS_SCHEMA, check_arena
from autonome.ledger.connection import arena_conninfo, connect, explained, where
from autonome.ledger.leadership import LEASE_MS

__all__ = ["Pool", "make_jobs_schema", "open_jobs", "open_pool"]

Pool = AsyncConnectionPool[psycopg.AsyncConnection[Any]]

_OPENS_WITHIN_S: Final = 10
_TAKE_TURNS: Final = "SELECT pg_advisory_xact_lock(hashtextextended('autonome jobs', 0))"
_STATE: Final = (
    "SELECT obj_description(oid, 'pg_namespace') FROM pg_catalog.pg_namespace WHERE nspname = %s"
)


def make_jobs_schema(url: str) -> None:
    """Make the schema of jobs, or bring it up to date; several processes may do so at once.

    Raises:
        LedgerError: the server cannot be used, or the user may not create what is missing.
    """
    changes = sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))
    latest = changes[-1].name
    schema = Identifier(JOBS_SCHEMA)
    with explained(url), connect(url) as connection:
        connection.execute(_TAKE_TURNS)
        row = connection.execute(_STATE, [JOBS_SCHEMA]).fetchone()
        if row is not None and row[0] == latest:
            return
        if row is None:
            connection.execute(SQL("CREATE SCHEMA {}").format(schema))
            scripts = [SchemaManager.get_schema()]
        else:
            scripts = [each.read_text(encoding="utf-8") for each in changes if each.name > row[0]]
        connection.execute(SQL("SET LOCAL search_path = {}").format(schema))
        for script in scripts:
            connection.execute(script.encode())
        # The comment says how far it has come: the library itself keeps no record of that.
        note = SQL("COMMENT ON SCHEMA {} IS {}").format(schema, Literal(latest))
        connection.execute(note)


@asynccontextmanager
async def open_pool(
    url: str, arena: str, *, size: int, within_s: int = _OPENS_WITHIN_S
) -> AsyncIterator[Pool]:
    """Yield up to ``size`` connections that see an arena, and behind it the jobs.

    Raises:
        LedgerUnavailable: the server cannot be reached.
    """
    pool: Pool = AsyncConnectionPool(
        arena_conninfo(url, arena),
        min_size=1,
        max_size=size,
        open=False,
        configure=_seeing(arena),
        check=AsyncConnectionPool.check_connection,
    )
    try:
        await pool.open(wait=True, timeout=within_s)
    except PoolTimeout as error:
        await pool.close()
        raise LedgerUnavailable(
            f"expected a PostgreSQL server at {where(url)}, found none within {within_s} s.",
            remedy="Check that it runs and that host and port are right, then try again.",
        ) from error
    try:
        yield pool
    finally:
        await pool.close()


@asynccontextmanager
async def open_jobs(pool: Pool) -> AsyncIterator[App]:
    """Yield the application of procrastinate on a pool."""
    app = App(connector=PsycopgConnector())
    await app.open_async(pool)
    try:
        yield app
    finally:
        await app.close_async()


def _seeing(arena: str) -> Callable[[psycopg.AsyncConnection[Any]], Any]:
    check_arena(arena)

    async def configure(connection: psycopg.AsyncConnection[Any]) -> None:
        # Not among the arguments of the pool: the library adds it to those for its listener.
        await connection.set_autocommit(True)
        path = SQL(", ").join([Identifier(arena), Identifier(JOBS_SCHEMA)])
        await connection.execute(SQL("SET search_path = {}").format(path))
        await connection.execute("SET timezone = 'UTC'")
        await connection.execute(f"SET idle_in_transaction_session_timeout = {LEASE_MS}".encode())

    return configure
