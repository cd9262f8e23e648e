"""Two journals that get the same rows, and must answer alike."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from autonome.ledger.journal.port import Booking, BookingStatus, Journal, MarkPoints, NavPoints, Run
from autonome.ledger.rows import Arm, Command, Cycle, Model

__all__ = ["BothJournals"]


class BothJournals:
    """Writes to two journals."""

    def __init__(self, one: Journal, other: Journal) -> None:
        self._one = one
        self._other = other

    def enter(self, model: Model, arm: Arm, *, behind: Run | None = None) -> BookingStatus:
        """Add a competitor to both."""
        status = self._one.enter(model, arm, behind=behind)
        assert self._other.enter(model, arm, behind=behind) is status
        return status

    def begin_run(self, model_id: str, *, at: datetime, after: int | None = None) -> int:
        """Begin a run in both."""
        epoch = self._one.begin_run(model_id, at=at, after=after)
        assert self._other.begin_run(model_id, at=at, after=after) == epoch
        return epoch

    def begin_cycle(self, cycle: Cycle) -> bool:
        """Write a tick to both."""
        is_new = self._one.begin_cycle(cycle)
        assert self._other.begin_cycle(cycle) is is_new
        return is_new

    def book(self, booking: Booking) -> BookingStatus:
        """Write a booking to both."""
        status = self._one.book(booking)
        assert self._other.book(booking) is status
        return status

    def value(self, points: NavPoints) -> None:
        """Append NAV points to both."""
        self._one.value(points)
        self._other.value(points)

    def mark(self, points: MarkPoints) -> None:
        """Append marks to both."""
        self._one.mark(points)
        self._other.mark(points)

    def minute(self, points: Sequence[NavPoints], marks: Sequence[MarkPoints]) -> BookingStatus:
        """Write a minute to both."""
        status = self._one.minute(points, marks)
        assert self._other.minute(points, marks) is status
        return status

    def request(self, command: Command) -> None:
        """Write a command to both."""
        self._one.request(command)
        self._other.request(command)

    def finish_command(self, command_id: str, *, at: datetime, outcome: str) -> bool:
        """Finish a command in both."""
        is_new = self._one.finish_command(command_id, at=at, outcome=outcome)
        assert self._other.finish_command(command_id, at=at, outcome=outcome) is is_new
        return is_new
