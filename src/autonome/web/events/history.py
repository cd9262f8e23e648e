"""The newest events in memory: from them a reader goes on that was away for a while."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Final

from autonome.web.events.frames import Frame

__all__ = ["MOST_KEPT", "History"]

MOST_KEPT: Final = 10_000
"""Events; who has missed more fetches everything anew, which costs less."""


class History:
    """An unbroken run of events, up to the newest."""

    def __init__(self, frames: Iterable[Frame] = ()) -> None:
        self._frames = deque(frames, MOST_KEPT)

    @property
    def last(self) -> int | None:
        """Return the id of the newest event; ``None`` before the first one."""
        return self._frames[-1].id if self._frames else None

    def append(self, frame: Frame) -> None:
        """Add an event, newer than all others."""
        self._frames.append(frame)

    def after(self, event_id: int) -> Iterator[Frame] | None:
        """Return the events behind one; ``None`` when some of them, or it, are not known."""
        if not self._frames or not self._frames[0].id - 1 <= event_id <= self._frames[-1].id:
            return None
        return (frame for frame in self._frames if frame.id > event_id)
