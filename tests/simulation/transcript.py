"""What a replay wrote, booking by booking, in words that do not depend on identifiers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from itertools import zip_longest
from typing import Any

import numpy as np

from autonome.domain.choices import IntentState, OrderType
from autonome.domain.value import changed, fields_of
from autonome.ledger.journal.memory import MemoryJournal
from autonome.ledger.journal.port import Booking, BookingStatus, MarkPoints, NavPoints
from autonome.ledger.rows import Cycle, Model
from autonome.market.candles import Ints

__all__ = ["Named", "Transcript", "first_difference"]

Rows = tuple[Any, ...]

_KEPT = {"model_id", "venue_fill_id", "venue_order_id"}
_TOUCHED = {OrderType.STOP_MARKET, OrderType.TARGET_MARKET}


class Named:
    """Names for the identifiers of one arm: ordinals, by their first appearance."""

    def __init__(self) -> None:
        self._ordinals: dict[str, int] = {}

    def __call__(self, row: Any) -> Any:
        """Return a row with ordinals for ids, and its model left out."""
        changes: dict[str, object] = {"model_id": ""} if hasattr(row, "model_id") else {}
        for each in fields_of(type(row)):
            value = getattr(row, each)
            if value is None or each in _KEPT:
                continue
            if each == "id" or each.endswith("_id"):
                ordinal = self._ordinals.setdefault(value, len(self._ordinals) + 1)
                changes[each] = str(ordinal)
        return changed(row, **changes)


class Transcript(MemoryJournal):
    """A journal that remembers each booking as it was, not only what became of its rows."""

    def __init__(self) -> None:
        super().__init__()
        self.bookings: list[Booking] = []
        self._points: dict[str, list[tuple[Ints, Ints]]] = defaultdict(list)
        """By model or symbol: instants, and NAV or marks."""

    def book(self, booking: Booking) -> BookingStatus:
        """Write a booking and remember it."""
        self.bookings.append(booking)
        return super().book(booking)

    def value(self, points: NavPoints) -> None:
        """Remember NAV points, unrounded."""
        self._points[points.model_id].append((points.at_ms, points.nav))

    def mark(self, points: MarkPoints) -> None:
        """Remember marks."""
        self._points[points.symbol].append((points.at_ms, points.price))

    def of_arms(self) -> dict[str, list[Any]]:
        """Return everything that was written of each arm, and the marks, without identifiers."""
        found: dict[str, list[Any]] = {model.name: [] for model in self.rows(Model)}
        for name, rows, _ in self._told:
            found[name].append(rows)
        for name, points in self._series().items():
            found.setdefault(name, []).append(points)
        return found

    def known_at(self, instant: datetime) -> dict[str, list[Any]]:
        """Return what was written of all that is decided by the bars closed at ``instant``.

        A bar that opens at ``instant`` comes later. Its opening price is where orders trade that
        were decided at ``instant``, and where a stop may be jumped: such rows are dated
        ``instant`` and are no part of the past. Decisions, funding and exits by time or by a
        close are. A row that changes later counts as it stood: each booking has its own version.
        """
        found: dict[str, list[Any]] = {model.name: [] for model in self.rows(Model)}
        for name, rows, booking in self._told:
            at = _date(booking)
            if at is None:
                continue
            if at < instant or (at == instant and _needs_closed_bars_only(booking)):
                found[name].append(rows)
        for name, points in self._series(end_ms=int(instant.timestamp() * 1000)).items():
            found.setdefault(name, []).append(points)
        cycles = [changed(row, id="") for row in self.rows(Cycle) if row.scheduled_at <= instant]
        found["cycles"] = sorted(cycles, key=lambda row: row.scheduled_at)
        return found

    @cached_property
    def _told(self) -> list[tuple[str, Rows, Booking]]:
        """Of each booking: the arm's name, its rows without identifiers, and itself."""
        names = {model.id: model.name for model in self.rows(Model)}
        named = {each: Named() for each in names}
        told = []
        for booking in self.bookings:
            name = named[booking.model_id]
            rows = [name(row) for part in _parts(booking) for row in part]
            told.append(
                (
                    names[booking.model_id],
                    (*rows, booking.counts, booking.halted_reason),
                    booking,
                )
            )
        return told

    def _series(self, *, end_ms: int = 2**62) -> dict[str, tuple[bytes, bytes]]:
        """Return the points of each arm and symbol up to ``end_ms``, as bytes to be compared."""
        names = {model.id: model.name for model in self.rows(Model)}
        found = {}
        for owner, runs in self._points.items():
            at_ms, values = (np.concatenate(each) for each in zip(*runs, strict=True))
            count = int(np.searchsorted(at_ms, end_ms, side="right"))
            assert count
            points = at_ms[:count].tobytes(), values[:count].tobytes()
            found[names.get(owner, owner)] = points
        return found


def first_difference(expected: Sequence[object], found: Sequence[object]) -> str | None:
    """Return the first place at which two lists differ, in words; ``None`` when they do not.

    Comparing in words of its own, a test need not lay out thousands of rows to say where.
    """
    for place, (one, other) in enumerate(zip_longest(expected, found)):
        if one != other:
            return f"at {place}: expected {one}, found {other}"
    return None


def _parts(booking: Booking) -> tuple[Rows, ...]:
    """Return the rows of a booking, parents first, so that they get the first ordinals."""
    return (
        booking.invocations,
        booking.tool_calls,
        booking.orders,
        booking.intents,
        booking.fills,
        booking.payments,
    )


def _date(booking: Booking) -> datetime | None:
    """Return when the event of a booking happened; ``None`` for the counters of a finished run."""
    dates = [row.updated_at for rows in _parts(booking)[:4] for row in rows]
    dates += [fill.filled_at for fill in booking.fills]
    dates += [payment.occurred_at for payment in booking.payments]
    return max(dates, default=None)


def _needs_closed_bars_only(booking: Booking) -> bool:
    """Say whether a booking dated at an instant needs nothing of the bar that opens there.

    What does: fills, orders that end without one, stops and targets that the opening price
    jumps, and with them the stop's own last move, which is written when it matters.
    """
    if booking.fills:
        return False
    if booking.invocations or booking.payments:
        return True
    return bool(booking.intents) and all(
        intent.state is IntentState.NEW and intent.order_type not in _TOUCHED
        for intent in booking.intents
    )
