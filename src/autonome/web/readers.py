"""Readers of the arenas that requests name, each opened once; sessions can only read."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import Final

from psycopg import conninfo

from autonome.domain.errors import ArenaMissing
from autonome.ledger.arenas import check_arena
from autonome.ledger.connection import open_engine
from autonome.ledger.queries.presence import ListedArena, arenas
from autonome.ledger.reader import Reader

__all__ = ["STATEMENT_LIMIT_MS", "Readers"]

STATEMENT_LIMIT_MS: Final = 10_000
"""Longest that one statement of a request may take."""
_MOST_ARENAS: Final = 8
"""Whose connections are kept; the one that was asked for longest ago is closed first."""


class Readers:
    """Opens a reader for each arena of one database."""

    def __init__(self, url: str) -> None:
        """Keep where the database is; nothing is opened yet."""
        present = conninfo.conninfo_to_dict(url).get("options") or ""
        options = (
            f"{present} -c default_transaction_read_only=on"
            f" -c statement_timeout={STATEMENT_LIMIT_MS}"
        )
        self._url = conninfo.make_conninfo(url, options=options.strip())
        self._catalogue = self._opened("public")
        self._open: OrderedDict[str, Reader] = OrderedDict()
        self._turn = asyncio.Lock()

    async def arenas(self) -> list[ListedArena]:
        """Return every arena of the database by name."""
        return await self._catalogue.all(arenas())

    async def of(self, arena: str) -> Reader:
        """Return the reader of an arena.

        Raises:
            SettingError: ``arena`` may not name an arena.
            ArenaMissing: there is none of this name.
            LedgerError: the server cannot be used.
        """
        reader = self._open.get(arena)
        if reader is not None:
            self._open.move_to_end(arena)
            return reader
        async with self._turn:
            return self._open.get(arena) or await self._first_of(arena)

    async def _first_of(self, arena: str) -> Reader:
        check_arena(arena)
        if arena not in {each.name for each in await self.arenas()}:
            raise ArenaMissing(
                f"expected the name of an arena of this database, found {arena!r}.",
                remedy="List them, or make it: autonome up, autonome replay, autonome db upgrade.",
            )
        reader = self._open[arena] = self._opened(arena)
        if len(self._open) > _MOST_ARENAS:
            _, oldest = self._open.popitem(last=False)
            await oldest.close()
        return reader

    async def close(self) -> None:
        """Close every connection."""
        for reader in (self._catalogue, *self._open.values()):
            await reader.close()

    def _opened(self, arena: str) -> Reader:
        return Reader(open_engine(self._url, arena=arena), url=self._url, arena=arena)
