"""A subscription: what one reader wants, and what waits for it, within bounds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Final

from autonome.domain.value import value
from autonome.web.events.frames import Frame

__all__ = ["MOST_WAITING_BYTES", "Interest", "Subscription"]

MOST_WAITING_BYTES: Final = 256 * 1024
"""Of one reader; who lets more come together is told to fetch everything anew."""


@value
class Interest:
    """What a reader wants to hear."""

    kinds: frozenset[str] | None = None
    """``None`` is every kind."""
    models: frozenset[str] | None = None
    """``None`` is every model; what is about no single model is always heard."""

    def includes(self, frame: Frame) -> bool:
        """Say whether the reader wants a frame."""
        if self.kinds is not None and frame.kind not in self.kinds:
            return False
        return self.models is None or frame.model_id is None or frame.model_id in self.models


class Subscription:
    """What waits for one reader; an iterator of everything that has come together meanwhile."""

    def __init__(
        self, interest: Interest, opening: bytes, *, left: Callable[[Subscription], None]
    ) -> None:
        """Begin with ``opening``; ``left`` is told when the reader is gone."""
        self._interest = interest
        self._waiting = [opening]
        self._bytes = 0
        """The opening was asked for, however long it is."""
        self._woken = asyncio.Event()
        self._woken.set()
        self._left = left
        self.is_open = True

    def put(self, frame: Frame) -> bool:
        """Take a frame if the reader wants it; ``False`` when more waits than it may."""
        return not self._interest.includes(frame) or self.put_bytes(frame.content)

    def put_bytes(self, content: bytes) -> bool:
        """Take what every reader gets; ``False`` when more waits than it may."""
        self._bytes += len(content)
        if self._waiting and self._bytes > MOST_WAITING_BYTES:
            return False
        self._waiting.append(content)
        self._woken.set()
        return True

    def end(self, last_words: bytes | None = None) -> None:
        """Let the stream end: after what waits, or after ``last_words`` instead of it."""
        if last_words is not None:
            self._waiting = [last_words]
        self.is_open = False
        self._woken.set()

    def leave(self) -> None:
        """Say that the reader is gone."""
        self.end()
        self._left(self)

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield what has come together, until the end."""
        while True:
            await self._woken.wait()
            self._woken.clear()
            waiting, self._waiting, self._bytes = self._waiting, [], 0
            if waiting:
                yield b"".join(waiting)
            if not self.is_open and not self._waiting:
                return
