"""Listening to an arena's events: what is new, and a wait that ends when something is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from typing import Any, NamedTuple

import psycopg

from autonome.domain.errors import ArenaMissing
from autonome.ledger.arenas import check_arena
from autonome.ledger.connection import connect_async, explained
from autonome.ledger.journal.telling import CHANNEL

__all__ = ["EventListener", "StoredEvent", "listening"]

_COLUMNS = """id, kind, "modelId", to_char(at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), payload::text"""
_NEW = f'SELECT {_COLUMNS} FROM "Events" WHERE id > %s OR id = ANY(%s) ORDER BY id LIMIT %s'
_NEWEST = f'SELECT {_COLUMNS} FROM "Events" ORDER BY id DESC LIMIT %s'


class StoredEvent(NamedTuple):
    """A row of ``"Events"`` as it is passed on: in texts."""

    id: int
    kind: str
    model_id: str | None
    at: str
    """RFC 3339, UTC."""
    payload: str
    """A JSON object."""


class EventListener:
    """One connection that reads the events of one arena."""

    def __init__(self, connection: psycopg.AsyncConnection[Any], url: str, arena: str) -> None:
        self._connection = connection
        self._url = url
        self._notice = f"{arena}:"

    async def wait(self, longest_ms: int) -> None:
        """Wait until the arena says that there are new events, at most ``longest_ms``."""
        with explained(self._url):
            notices = self._connection.notifies(timeout=longest_ms / 1_000)
            async with aclosing(notices):
                async for notice in notices:
                    if notice.payload.startswith(self._notice):
                        return

    async def newest(self, most: int) -> list[StoredEvent]:
        """Return the newest events, oldest first."""
        return list(reversed(await self._read(_NEWEST, [most])))

    async def after(
        self, event_id: int, *, missing: Sequence[int] = (), most: int
    ) -> list[StoredEvent]:
        """Return the next events behind ``event_id``, and those of ``missing`` that came late."""
        return await self._read(_NEW, [event_id, list(missing), most])

    async def _read(self, sql: str, values: Sequence[Any]) -> list[StoredEvent]:
        with explained(self._url):
            cursor = await self._connection.execute(sql.encode(), values)
            return [StoredEvent(*row) for row in await cursor.fetchall()]


@asynccontextmanager
async def listening(url: str, arena: str) -> AsyncIterator[EventListener]:
    """Listen to an arena; what it tells from now on ends a wait.

    Raises:
        SettingError: ``arena`` may not name an arena.
        ArenaMissing: there is none of this name, or it tells nothing yet.
        LedgerError: the server cannot be used.
    """
    connection = await connect_async(url, arena=check_arena(arena), autocommit=True)
    try:
        with explained(url):
            await connection.execute(f"LISTEN {CHANNEL}".encode())
        listener = EventListener(connection, url, arena)
        try:
            await listener.newest(1)
        except psycopg.errors.UndefinedTable as error:
            raise ArenaMissing(
                f"expected arena {arena!r} to tell events, found none of this name that does.",
                remedy="Name another arena, or bring it up to date: autonome db upgrade.",
            ) from error
        yield listener
    finally:
        await connection.close()
