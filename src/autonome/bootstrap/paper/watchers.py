"""Whoever watches a running arena: told when it starts and stops, and rid of what is old."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from autonome.arena.clock import Clock
from autonome.ledger.journal.postgres import PostgresJournal
from autonome.ledger.rows import EventKind, NewEvent

__all__ = ["KEPT_S", "Watchers"]

KEPT_S: Final = 3_600
"""How long events are kept, by the database's clock."""
_FORGET_EVERY_S: Final = 10.0
_MOST_FORGOTTEN: Final = 10_000
"""At once: a thousand a second is more than an arena tells."""


class Watchers:
    """Tells what no row of an arena says, over its journal."""

    def __init__(
        self, journal: PostgresJournal, clock: Clock, *, seconds: Callable[[], float]
    ) -> None:
        """Date events by ``clock``; ``seconds`` never goes back."""
        self._journal = journal
        self._clock = clock
        self._seconds = seconds
        self._forgot_at = seconds() - _FORGET_EVERY_S

    def started(self) -> None:
        """Tell that a process has begun to run the arena."""
        self._tell("STARTED", None)

    def stopped(self, reason: str) -> None:
        """Tell that it runs it no more."""
        self._tell("STOPPED", reason)

    def forget(self) -> None:
        """Delete events that are old, now and then."""
        now = self._seconds()
        if now - self._forgot_at >= _FORGET_EVERY_S:
            self._forgot_at = now
            self._journal.forget_events(older_than_s=KEPT_S, most=_MOST_FORGOTTEN)

    def _tell(self, change: str, reason: str | None) -> None:
        at = self._clock.at(self._clock.end)
        payload = {"change": change, "reason": reason}
        self._journal.tell([NewEvent(at=at, kind=EventKind.ARENA, payload=payload)])
