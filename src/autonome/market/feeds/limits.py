"""A rate limit that all calls of a process share: a rolling window, by number and by weight."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Final, NamedTuple

from autonome.market.feeds.clock import Clock

__all__ = ["WINDOW_MS", "RateLimit"]

WINDOW_MS: Final = 60_000
"""Venues count over a rolling minute."""


class _Use(NamedTuple):
    at_ms: int
    weight: int


class RateLimit:
    """Lets calls through, first come first served, as fast as the venue allows."""

    def __init__(self, *, calls: int, weight: int, clock: Clock) -> None:
        """Allow ``calls`` calls, and calls of ``weight`` together, in any minute."""
        self._calls = calls
        self._weight = weight
        self._clock = clock
        self._used: deque[_Use] = deque()
        self._held_until_ms = 0
        self._turn = asyncio.Lock()

    async def acquire(self, weight: int = 1) -> None:
        """Return when a call of this weight may be made; it is counted.

        Raises:
            ValueError: the weight is above what a whole minute allows.
        """
        if weight > self._weight:
            raise ValueError(f"expected a weight of at most {self._weight}, found {weight}")
        async with self._turn:
            while (wait_ms := self._wait_ms(weight)) > 0:
                # The clock may be set back while we wait: never longer than a window at once.
                await self._clock.sleep(min(wait_ms, WINDOW_MS))
            self.count(weight)

    def count(self, weight: int = 1) -> None:
        """Count a call that could not wait."""
        self._forget()
        self._used.append(_Use(self._clock.now_ms(), weight))

    def hold(self, ms: int) -> None:
        """Let nothing through for ``ms`` milliseconds: the venue said that we are too fast."""
        self._held_until_ms = max(self._held_until_ms, self._clock.now_ms() + ms)

    def _forget(self) -> None:
        """Drop what is older than the window."""
        first_ms = self._clock.now_ms() - WINDOW_MS
        while self._used and self._used[0].at_ms <= first_ms:
            self._used.popleft()

    def _wait_ms(self, weight: int) -> int:
        self._forget()
        now_ms = self._clock.now_ms()
        held_ms = self._held_until_ms - now_ms
        fits = (
            len(self._used) < self._calls
            and sum(use.weight for use in self._used) + weight <= self._weight
        )
        if fits or not self._used:
            return held_ms
        return max(held_ms, self._used[0].at_ms + WINDOW_MS - now_ms)
