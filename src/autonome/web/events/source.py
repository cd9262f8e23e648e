"""The source of a stream: an arena's events in the order of their ids, each once.

Writers take ids before they commit, so that an id may become visible after a higher one. What
follows a gap is held back for a moment: only so does the id of the last event that a reader got
stand for everything before it. A gap that stays is of a write that was undone.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from autonome.ledger.listening import EventListener, StoredEvent

__all__ = ["HOLD_S", "EventsBroken", "OrderedEvents"]

HOLD_S: Final = 1.0
"""How long a gap may last that a writer leaves who is not done yet."""
_POLL_MS: Final = 1_000
"""Notices are no promise: this often it is looked whether there is something new."""
_GAP_POLL_MS: Final = 20
_MOST_READ: Final = 1_000
_MOST_MISSING: Final = 1_000
"""Ids of gaps that are watched after the moment is over."""
_WATCHED_S: Final = 60.0


class EventsBroken(Exception):
    """The events told so far are no longer everything: readers must fetch all of it anew."""


class OrderedEvents:
    """New events of one listener, in order."""

    def __init__(
        self,
        listener: EventListener,
        last: int | None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Go on behind the event ``last``; ``None`` where there was none yet."""
        self._listener = listener
        self._last = last
        self._clock = clock
        self._held_since: float | None = None
        self._missing: dict[int, float] = {}
        """Ids that were passed over, and when."""

    async def next(self) -> list[StoredEvent]:
        """Wait for a moment at most, and return the events that are new and in order.

        Raises:
            EventsBroken: an event came later than a gap may last, or the table was made anew.
            LedgerError: the server cannot be used.
        """
        found = await self._read()
        if not found:
            await self._listener.wait(_POLL_MS if self._held_since is None else _GAP_POLL_MS)
            found = await self._read()
        if not found and self._held_since is None:
            await self._require_same_table()
        return found

    async def _read(self) -> list[StoredEvent]:
        now = self._clock()
        self._missing = {
            each: since for each, since in self._missing.items() if now - since < _WATCHED_S
        }
        rows = await self._listener.after(
            self._last or 0, missing=tuple(self._missing), most=_MOST_READ
        )
        if any(row.id in self._missing for row in rows):
            raise EventsBroken
        in_order = []
        for row in rows:
            if self._last is not None and row.id != self._last + 1 and not self._is_over(now):
                break
            self._pass_over(row.id, now)
            self._last = row.id
            self._held_since = None
            in_order.append(row)
        return in_order

    def _is_over(self, now: float) -> bool:
        """Say whether the gap has lasted as long as it may; it begins when it is first seen."""
        if self._held_since is None:
            self._held_since = now
        return now - self._held_since >= HOLD_S

    def _pass_over(self, event_id: int, now: float) -> None:
        if self._last is not None:
            first = max(self._last + 1, event_id - _MOST_MISSING)
            self._missing.update(dict.fromkeys(range(first, event_id), now))
            while len(self._missing) > _MOST_MISSING:
                del self._missing[next(iter(self._missing))]

    async def _require_same_table(self) -> None:
        newest = await self._listener.newest(1)
        if newest and self._last is not None and newest[0].id < self._last:
            raise EventsBroken
