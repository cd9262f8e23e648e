"""The hubs of one process: one for each arena that somebody listens to."""

from __future__ import annotations

import asyncio
from typing import Final

from autonome.web.events.hub import Hub
from autonome.web.events.subscription import Interest, Subscription

__all__ = ["MOST_ARENAS", "MOST_STREAMS", "Hubs", "TooManyStreams"]

MOST_STREAMS: Final = 4_000
MOST_ARENAS: Final = 16


class TooManyStreams(Exception):
    """There is no room for one more now."""


class Hubs:
    """Opens a hub for each arena that is asked for; all end together."""

    def __init__(self, url: str) -> None:
        """Keep where the database is; nothing is opened yet."""
        self._url = url
        self._hubs: dict[str, Hub] = {}
        self._turn = asyncio.Lock()
        self._is_closed = False

    async def subscribe(
        self, arena: str, interest: Interest, *, last_id: int | None
    ) -> Subscription:
        """Listen to an arena.

        Raises:
            SettingError: ``arena`` may not name an arena.
            ArenaMissing: there is none of this name, or it tells nothing.
            TooManyStreams: there are as many as there may be, or the server is ending.
            LedgerError: the database cannot be used.
        """
        if self._is_closed or sum(hub.readers for hub in self._hubs.values()) >= MOST_STREAMS:
            raise TooManyStreams(f"expected fewer than {MOST_STREAMS} event streams")
        async with self._turn:
            hub = self._hubs.get(arena) or await self._opened(arena)
            return hub.subscribe(interest, last_id=last_id)

    async def _opened(self, arena: str) -> Hub:
        idle = [name for name, hub in self._hubs.items() if not hub.readers]
        if len(self._hubs) >= MOST_ARENAS and idle:
            await self._hubs.pop(idle[0]).close()
        if len(self._hubs) >= MOST_ARENAS:
            raise TooManyStreams(f"expected event streams of fewer than {MOST_ARENAS} arenas")
        hub = Hub(self._url, arena)
        await hub.start()
        self._hubs[arena] = hub
        return hub

    async def close(self) -> None:
        """Let every stream end; no new one begins."""
        self._is_closed = True
        for hub in self._hubs.values():
            await hub.close()
