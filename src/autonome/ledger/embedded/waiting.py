"""Bounded waiting: ask again and again, but never for ever."""

from __future__ import annotations

import time
from collections.abc import Callable

__all__ = ["pause", "wait_until"]


def pause(milliseconds: int) -> None:
    """Sleep for so many milliseconds."""
    time.sleep(milliseconds / 1000)


def wait_until(condition: Callable[[], bool], *, limit_ms: int, every_ms: int = 10) -> bool:
    """Ask ``condition`` until it holds, for ``limit_ms`` at most; return whether it ever held."""
    end_ns = time.monotonic_ns() + limit_ms * 1_000_000
    while not condition():
        if time.monotonic_ns() >= end_ns:
            return False
        pause(every_ms)
    return True
