"""The clock that feeds live by: the wall's in operation, one moved by hand in tests."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import Final, Protocol

__all__ = ["Clock", "WallClock", "growing_delays"]

_NS_PER_MS: Final = 1_000_000


class Clock(Protocol):
    """What feeds need of time."""

    def now_ms(self) -> int:
        """Return the present instant, milliseconds since 1970 UTC."""

    async def sleep(self, ms: int) -> None:
        """Return when ``ms`` milliseconds have passed."""


class WallClock:
    """The computer's own clock; keep it in step with the world's (NTP)."""

    def now_ms(self) -> int:
        """Return the present instant, milliseconds since 1970 UTC."""
        return time.time_ns() // _NS_PER_MS

    async def sleep(self, ms: int) -> None:
        """Return when ``ms`` milliseconds have passed."""
        await asyncio.sleep(ms / 1000)


def growing_delays(*, first_ms: int, most_ms: int) -> Iterator[int]:
    """Return without end how long to wait after each failure in a row: doubled up to the most."""
    delay = first_ms
    while True:
        yield delay
        delay = min(2 * delay, most_ms)
