"""What models say in a worker, written as events; nobody waits for it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Final

import psycopg
from psycopg_pool import PoolTimeout

from autonome.ledger.jobs import Pool
from autonome.ledger.journal.telling import TELL, events_text
from autonome.ledger.rows import NewEvent

__all__ = ["Saying"]

_MOST_WAITING: Final = 1_000
"""Events; of more than that the oldest are lost, and readers see the gap by their ``start``."""
_LONGEST_WRITE_S: Final = 5.0
_LOG: Final = logging.getLogger(__name__)


class Saying:
    """Writes events on the connections of a worker, one statement at a time."""

    def __init__(self, pool: Pool) -> None:
        """Use a connection of ``pool``, which sees the arena."""
        self._pool = pool
        self._waiting: list[NewEvent] = []
        self._writing: asyncio.Task[None] | None = None

    def tell(self, events: Sequence[NewEvent]) -> None:
        """Write events soon."""
        self._waiting = [*self._waiting, *events][-_MOST_WAITING:]
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())

    async def _write(self) -> None:
        while self._waiting:
            events, self._waiting = self._waiting, []
            try:
                async with (
                    asyncio.timeout(_LONGEST_WRITE_S),
                    self._pool.connection() as connection,
                ):
                    await connection.execute(TELL.encode(), [events_text(events)])
            except (psycopg.Error, PoolTimeout, TimeoutError) as error:
                _LOG.warning("%d pieces of what models say were not told: %s", len(events), error)
