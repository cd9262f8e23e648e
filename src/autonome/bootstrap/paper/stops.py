"""Asking a running arena to end: SIGINT and SIGTERM, whatever it is doing at that moment."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Final, TypeVar

__all__ = ["Stops", "unless"]

T = TypeVar("T")

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


class Stops:
    """Whether somebody asked for an end; once asked for, it stays so."""

    def __init__(self) -> None:
        """Listen from now on, in the main thread."""
        self._asked = threading.Event()
        for each in _SIGNALS:
            signal.signal(each, self._ask)

    def _ask(self, _: int, __: FrameType | None) -> None:
        self._asked.set()

    def asked_within(self, seconds: float) -> bool:
        """Wait at most so long, and say whether an end was asked for."""
        return self._asked.wait(seconds)

    @contextmanager
    def told_to(self, stopped: asyncio.Event) -> Iterator[None]:
        """Set ``stopped``, an event of the running loop, as soon as an end is asked for."""
        loop = asyncio.get_running_loop()

        def ask() -> None:
            self._asked.set()
            stopped.set()

        for each in _SIGNALS:
            loop.add_signal_handler(each, ask)
        if self._asked.is_set():
            stopped.set()
        try:
            yield
        finally:
            for each in _SIGNALS:
                loop.remove_signal_handler(each)
                signal.signal(each, self._ask)


async def unless(stopped: asyncio.Event, work: Awaitable[T]) -> T | None:
    """Return what ``work`` comes to, ``None`` when it was stopped before: it is cancelled then."""
    working = asyncio.ensure_future(work)
    waiting = asyncio.ensure_future(stopped.wait())
    await asyncio.wait((working, waiting), return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if working.done():
        return working.result()
    working.cancel()
    with suppress(asyncio.CancelledError):
        await working
    return None
