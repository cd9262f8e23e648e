"""Old NAV points of a running arena go now and then, beside its loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Final

from autonome.domain.errors import LedgerError
from autonome.ledger.connection import connect, explained
from autonome.ledger.thinning import thin_nav

__all__ = ["keep_thin", "thinned_beside"]

_EVERY_S: Final = 600
_BETWEEN_CALLS_S: Final = 0.5
"""So that the arena's own bookings come between."""
_MOST_CALLS: Final = 1_000
"""In one go: 100 arms over a year; the next go does the rest."""


@asynccontextmanager
async def thinned_beside(
    url: str, arena: str, *, clock: Callable[[], datetime], warned: Callable[[str], None]
) -> AsyncIterator[None]:
    """Thin the NAV of an arena while the block runs; see ``keep_thin``."""
    stopped = asyncio.Event()
    thinning = asyncio.create_task(
        keep_thin(url, arena, clock=clock, stopped=stopped, warned=warned)
    )
    try:
        yield
    finally:
        stopped.set()
        await thinning


async def keep_thin(
    url: str,
    arena: str,
    *,
    clock: Callable[[], datetime],
    stopped: asyncio.Event,
    warned: Callable[[str], None],
    every_s: float = _EVERY_S,
) -> None:
    """Thin the NAV of an arena every ten minutes, until ``stopped``.

    A thread of its own does it, one bounded transaction after the other. ``clock`` tells the
    arena's time. A failure is told to ``warned`` and tried again: what was not thinned yet is
    whole.
    """
    while not stopped.is_set():
        try:
            for _ in range(_MOST_CALLS):
                if stopped.is_set() or not await asyncio.to_thread(_thin_once, url, arena, clock()):
                    break
                await _waited(stopped, _BETWEEN_CALLS_S)
        except LedgerError as error:
            warned(f"Old NAV points were not thinned: {error.problem}")
        await _waited(stopped, every_s)


def _thin_once(url: str, arena: str, now: datetime) -> bool:
    """Return whether there was something to thin."""
    with explained(url), connect(url, arena=arena, autocommit=True) as connection:
        return thin_nav(connection, now=now).intervals > 0


async def _waited(stopped: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stopped.wait(), seconds)
    except TimeoutError:
        return
