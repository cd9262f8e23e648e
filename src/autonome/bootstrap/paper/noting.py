"""What pages are shown of a running arena is noted beside its loop, whenever it has changed."""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Final

import psycopg

from autonome.domain.errors import LedgerError
from autonome.ledger.connection import connect, explained
from autonome.ledger.facts import note_fact
from autonome.ledger.rows import Fact, FactName

__all__ = ["AGAIN_S", "EVERY_S", "keep_noted", "noted_beside"]

EVERY_S: Final = 1.0
"""Between two notes at the least."""
AGAIN_S: Final = 30.0
"""After which the same is noted again: by its time pages see that somebody leads."""
_AFTER_FAILURE_S: Final = 10.0

Said = Callable[[], Mapping[str, object]]
"""What is known now."""


@asynccontextmanager
async def noted_beside(
    url: str,
    arena: str,
    *,
    said: Said,
    warned: Callable[[str], None],
    name: FactName = FactName.MARKET,
) -> AsyncIterator[None]:
    """Note what ``said`` returns while the block runs; see ``keep_noted``."""
    stopped = asyncio.Event()
    noting = asyncio.create_task(
        keep_noted(url, arena, said=said, stopped=stopped, warned=warned, name=name)
    )
    try:
        yield
    finally:
        stopped.set()
        await noting


async def keep_noted(
    url: str,
    arena: str,
    *,
    said: Said,
    stopped: asyncio.Event,
    warned: Callable[[str], None],
    every_s: float = EVERY_S,
    again_s: float = AGAIN_S,
    name: FactName = FactName.MARKET,
) -> None:
    """Note what ``said`` returns as the fact ``name``, until ``stopped``.

    That is whenever it has changed, and after ``again_s`` where it has not.

    A thread writes, on a connection of its own. A failure is told to ``warned`` once, and tried
    again after a while: pages go without meanwhile, the arena never does.
    """
    noting, noted, fails = _Noting(url, arena, name), None, False
    noted_at_s = -math.inf
    try:
        while not stopped.is_set():
            try:
                now = said()
                if now != noted or time.monotonic() - noted_at_s >= again_s:
                    await asyncio.to_thread(noting.note, now)
                    noted, noted_at_s, fails = now, time.monotonic(), False
            except Exception as error:
                if not fails:
                    words = error.problem if isinstance(error, LedgerError) else repr(error)
                    warned(f"What the {name.value} says was not noted: {words}")
                fails = True
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopped.wait(), _AFTER_FAILURE_S if fails else every_s)
    finally:
        noting.close()


class _Noting:
    """A connection that is opened when it is needed, and after each failure anew."""

    def __init__(self, url: str, arena: str, name: FactName) -> None:
        self._url = url
        self._name = name
        self._arena = arena
        self._connection: psycopg.Connection[Any] | None = None

    def note(self, said: Mapping[str, object]) -> None:
        """Keep what is said instead of what was said before.

        Raises:
            LedgerError: the server cannot be used.
        """
        try:
            with explained(self._url):
                note_fact(self._opened(), Fact(name=self._name, at=datetime.now(UTC), said=said))
        except LedgerError:
            self.close()
            raise

    def close(self) -> None:
        """Give the connection back."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _opened(self) -> psycopg.Connection[Any]:
        if self._connection is None:
            self._connection = connect(self._url, arena=self._arena, autocommit=True)
            # What a crash takes of it is told anew a second later.
            self._connection.execute("SET synchronous_commit = off")
        return self._connection
