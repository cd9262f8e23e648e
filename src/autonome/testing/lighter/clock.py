"""Clocks for tests: one that is moved by hand, one that runs fast."""

from __future__ import annotations

import asyncio
import heapq
import time
from itertools import count
from typing import Final

__all__ = ["FastClock", "ManualClock"]

_YIELDS: Final = 5
"""How often others may run before the clock goes on."""


class ManualClock:
    """Stands still until it is moved."""

    def __init__(self, now_ms: int) -> None:
        self._now_ms = now_ms
        self._serial = count()
        self._sleepers: list[tuple[int, int, asyncio.Future[None]]] = []

    def now_ms(self) -> int:
        """Return the present instant, milliseconds since 1970 UTC."""
        return self._now_ms

    async def sleep(self, ms: int) -> None:
        """Return when the clock has been moved by ``ms`` milliseconds."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._now_ms + max(ms, 1), next(self._serial), future))
        await future

    def waits_ms(self) -> list[int]:
        """Return how long each sleeper will sleep from now on."""
        return [due_ms - self._now_ms for due_ms, _, each in self._sleepers if not each.done()]

    async def advance(self, ms: int) -> None:
        """Move on, and wake the sleepers on the way in their order."""
        await self.reach(self._now_ms + ms)

    async def reach(self, at_ms: int) -> None:
        """Move on to ``at_ms``; an instant that has passed changes nothing."""
        await self._let_others_run()  # They may be about to sleep.
        while self._sleepers and self._sleepers[0][0] <= at_ms:
            due_ms, _, future = heapq.heappop(self._sleepers)
            if future.done():
                continue
            self._now_ms = max(self._now_ms, due_ms)
            future.set_result(None)
            await self._let_others_run()
        self._now_ms = max(self._now_ms, at_ms)
        await asyncio.sleep(0)

    async def _let_others_run(self) -> None:
        for _ in range(_YIELDS):
            await asyncio.sleep(0)


class FastClock:
    """Runs ``speed`` times as fast as the world's, from ``start_ms`` on."""

    def __init__(self, start_ms: int, *, speed: float) -> None:
        self._start_ms = start_ms
        self._speed = speed
        self._began = time.monotonic()

    def now_ms(self) -> int:
        """Return the present instant, milliseconds since 1970 UTC."""
        return self._start_ms + int((time.monotonic() - self._began) * 1000 * self._speed)

    async def sleep(self, ms: int) -> None:
        """Return when ``ms`` milliseconds of this clock have passed."""
        await asyncio.sleep(ms / 1000 / self._speed)

    async def reach(self, at_ms: int) -> None:
        """Return at ``at_ms``, at once where it has passed."""
        while (left_ms := at_ms - self.now_ms()) > 0:
            await self.sleep(left_ms)
