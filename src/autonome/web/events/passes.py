"""Passes: an open stream ends when the token or the session of its reader has ended."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from typing import Final

from autonome.domain.value import value
from autonome.ledger.tokens import held_sessions, held_tokens
from autonome.web.events.subscription import Subscription
from autonome.web.readers import Readers

__all__ = ["EVERY_S", "Pass", "Passes"]

EVERY_S: Final = 10.0
"""Between two looks; with the look itself, a stream ends within 15 s."""
_LOG: Final = logging.getLogger(__name__)


@value
class Pass:
    """By what a reader is known."""

    token_id: str
    session_id: str | None
    """Where it came by the cookie of one."""


class Passes:
    """Looks after the streams of readers that showed something which may end."""

    def __init__(self, readers: Readers, arena: str, *, every_s: float = EVERY_S) -> None:
        """Look into ``arena``, whose tokens the server knows; ``every_s`` is between two looks."""
        self._readers = readers
        self._arena = arena
        self._kept: dict[Subscription, Pass] = {}
        self._task: asyncio.Task[None] | None = None
        self.every_s = every_s

    def keep(self, subscription: Subscription, shown: Pass) -> None:
        """End a subscription once its pass has ended."""
        self._kept[subscription] = shown
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._watch())

    async def close(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _watch(self) -> None:
        """Look as long as there is a stream to look after."""
        while self._kept:
            await asyncio.sleep(self.every_s)
            self._kept = {each: shown for each, shown in self._kept.items() if each.is_open}
            try:
                await self._end_the_ended()
            except Exception as error:
                # Without the database a stream has nothing to tell either.
                _LOG.warning("the tokens of open streams: %s", error)

    async def _end_the_ended(self) -> None:
        reader = await self._readers.of(self._arena)
        async with reader.at_once() as rows:
            tokens = set(await rows.all(held_tokens()))
            sessions = set(await rows.all(held_sessions(at=datetime.now(UTC))))
        for subscription, shown in self._kept.items():
            holds = shown.session_id is None or shown.session_id in sessions
            if shown.token_id not in tokens or not holds:
                subscription.end()
