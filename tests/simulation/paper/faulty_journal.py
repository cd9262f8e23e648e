"""A journal that becomes unavailable at random, before a write or right after it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from random import Random
from typing import TypeVar

from autonome.domain.errors import LedgerUnavailable
from autonome.ledger.journal.port import Booking, BookingStatus, Journal, MarkPoints, NavPoints, Run
from autonome.ledger.rows import Arm, Command, Cycle, Model

__all__ = ["FaultyJournal"]

_Done = TypeVar("_Done")


class FaultyJournal:
    """Writes to ``kept``, and loses the connection now and then: did the write take place?"""

    def __init__(self, kept: Journal, chance: Random, *, odds: float) -> None:
        """Fail with the probability ``odds`` at each write."""
        self.kept = kept
        self.odds = odds
        self.failures = 0
        self._chance = chance

    def enter(self, model: Model, arm: Arm, *, behind: Run | None = None) -> BookingStatus:
        """Add a competitor: that always works, since an arena begins only once."""
        return self.kept.enter(model, arm, behind=behind)

    def begin_run(self, model_id: str, *, at: datetime, after: int | None = None) -> int:
        """Begin a run, or fail."""
        return self._perhaps(lambda: self.kept.begin_run(model_id, at=at, after=after))

    def begin_cycle(self, cycle: Cycle) -> bool:
        """Write a tick, or fail."""
        return self._perhaps(lambda: self.kept.begin_cycle(cycle))

    def book(self, booking: Booking) -> BookingStatus:
        """Write a booking, or fail."""
        return self._perhaps(lambda: self.kept.book(booking))

    def value(self, points: NavPoints) -> None:
        """Append NAV points, or fail."""
        self._perhaps(lambda: self.kept.value(points))

    def mark(self, points: MarkPoints) -> None:
        """Append marks, or fail."""
        self._perhaps(lambda: self.kept.mark(points))

    def minute(self, points: Sequence[NavPoints], marks: Sequence[MarkPoints]) -> BookingStatus:
        """Write a minute, or fail."""
        return self._perhaps(lambda: self.kept.minute(points, marks))

    def request(self, command: Command) -> None:
        """Write down a command: that is another process, whose connection holds."""
        self.kept.request(command)

    def finish_command(self, command_id: str, *, at: datetime, outcome: str) -> bool:
        """Say that a command was carried out, or fail."""
        return self._perhaps(lambda: self.kept.finish_command(command_id, at=at, outcome=outcome))

    def _perhaps(self, write: Callable[[], _Done]) -> _Done:
        fails = self._chance.random() < self.odds
        if fails and self._chance.random() < 0.5:
            self._fail()
        done = write()
        if fails:
            self._fail()
        return done

    def _fail(self) -> None:
        self.failures += 1
        raise LedgerUnavailable("expected a connection, lost it", remedy="Start again.")
