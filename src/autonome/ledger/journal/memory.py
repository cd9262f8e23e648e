"""The journal in memory: for tests, for reading back, and as what COPY writes at its end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from autonome.domain.choices import OrderStatus
from autonome.domain.errors import ArenaNotEmpty, InvariantBroken
from autonome.ledger.journal.points import mark_rows, nav_rows
from autonome.ledger.journal.port import Booking, BookingStatus, Counts, MarkPoints, NavPoints
from autonome.ledger.rows import (
    Arm,
    Cycle,
    Fill,
    Intent,
    Invocation,
    Mark,
    Model,
    Order,
    Payment,
    PortfolioSnapshot,
    ToolCall,
)

__all__ = ["MemoryJournal"]

_Row = TypeVar("_Row")


class MemoryJournal:
    """Rows by type and id, in the order in which they were first written."""

    def __init__(self) -> None:
        self._rows: dict[type, dict[Any, Any]] = {
            kind: {}
            for kind in (Model, Arm, Cycle, Invocation, ToolCall, Order, Intent, Fill, Payment)
        }
        self._invocations: dict[str, Invocation] = self._rows[Invocation]
        self._tool_calls: dict[str, ToolCall] = self._rows[ToolCall]
        self._orders: dict[str, Order] = self._rows[Order]
        self._intents: dict[str, Intent] = self._rows[Intent]
        self._fills: dict[str, Fill] = self._rows[Fill]
        self._payments: dict[str, Payment] = self._rows[Payment]
        self._cycle_starts: set[object] = set()
        self._venue_fills: set[tuple[str, str]] = set()
        self._open: dict[tuple[str, str], str] = {}
        self._nav: list[NavPoints] = []
        self._snapshots: list[PortfolioSnapshot] = []
        self._marks: list[MarkPoints] = []

    def rows(self, kind: type[_Row]) -> Iterator[_Row]:
        """Yield the rows of one type, as they are now."""
        if kind is PortfolioSnapshot:
            return iter(self._snapshot_rows())  # type: ignore[arg-type]
        if kind is Mark:
            return (row for points in self._marks for row in mark_rows(points))  # type: ignore[misc]
        return iter(self._rows[kind].values())

    def _snapshot_rows(self) -> list[PortfolioSnapshot]:
        """Make rows of NAV points when they are first asked for; they keep their ids."""
        for points in self._nav:
            self._snapshots.extend(nav_rows(points))
        self._nav.clear()
        return self._snapshots

    def enter(self, model: Model, arm: Arm) -> None:
        """Add a competitor."""
        for other in self.rows(Model):
            if (other.name, other.variant) == (model.name, model.variant):
                raise ArenaNotEmpty(
                    f"expected no model {model.name!r} of variant {model.variant}; one is here.",
                    remedy="Choose another name, or another arena.",
                )
        self._rows[Model][model.id] = model
        self._rows[Arm][model.id] = arm

    def begin_run(self, model_id: str, *, at: datetime) -> int:
        """Raise the arm's epoch by one and return it."""
        arm: Arm = self._rows[Arm][model_id]
        self._rows[Arm][model_id] = replace(arm, epoch=arm.epoch + 1, updated_at=at)
        return arm.epoch + 1

    def begin_cycle(self, cycle: Cycle) -> bool:
        """Write a tick, unless its instant has one."""
        if cycle.scheduled_at in self._cycle_starts:
            return False
        self._cycle_starts.add(cycle.scheduled_at)
        self._rows[Cycle][cycle.id] = cycle
        return True

    def finish_cycle(self, cycle: Cycle) -> None:
        """Replace the row of a tick."""
        self._rows[Cycle][cycle.id] = cycle

    def book(self, booking: Booking) -> BookingStatus:
        """Write a booking, all or nothing."""
        arm: Arm | None = self._rows[Arm].get(booking.model_id)
        if arm is None or arm.epoch != booking.epoch:
            return BookingStatus.STALE_EPOCH
        if self._was_booked(booking):
            return BookingStatus.ALREADY_BOOKED
        if booking.orders:
            self._hold(booking.orders)
        for fill in booking.fills:
            self._venue_fills.add((fill.model_id, fill.venue_fill_id))
            self._fills[fill.id] = fill
        for invocation in booking.invocations:
            self._invocations[invocation.id] = invocation
        for call in booking.tool_calls:
            self._tool_calls[call.id] = call
        for order in booking.orders:
            self._orders[order.id] = order
        for intent in booking.intents:
            self._intents[intent.id] = intent
        for payment in booking.payments:
            self._payments[payment.id] = payment
        if booking.counts is not None:
            self._count(booking.model_id, booking.counts)
        if booking.halted_reason is not None:
            self._rows[Arm][booking.model_id] = replace(arm, halted_reason=booking.halted_reason)
        return BookingStatus.BOOKED

    def _was_booked(self, booking: Booking) -> bool:
        for fill in booking.fills:
            if (fill.model_id, fill.venue_fill_id) in self._venue_fills:
                return True
        for payment in booking.payments:
            if payment.id in self._payments:
                return True
        return booking.is_known_by_its_invocations and self._has_any(booking.invocations)

    def _has_any(self, invocations: tuple[Invocation, ...]) -> bool:
        held = self._rows[Invocation]
        return any(
            each.id in held and held[each.id].updated_at == each.updated_at for each in invocations
        )

    def _hold(self, orders: tuple[Order, ...]) -> None:
        """Remember which order of a model and symbol is OPEN; refuse a second one."""
        for order in orders:
            if order.status is OrderStatus.OPEN:
                held = self._open.get((order.model_id, order.symbol), order.id)
                if held != order.id and not _closes(orders, held):
                    raise InvariantBroken(
                        f"a second OPEN order of {order.symbol} for {order.model_id}"
                    )
        for order in orders:
            place = order.model_id, order.symbol
            if order.status is OrderStatus.CLOSED and self._open.get(place) == order.id:
                del self._open[place]
        for order in orders:
            if order.status is OrderStatus.OPEN:
                self._open[order.model_id, order.symbol] = order.id

    def _count(self, model_id: str, counts: Counts) -> None:
        model: Model = self._rows[Model][model_id]
        self._rows[Model][model_id] = replace(
            model,
            invocation_count=model.invocation_count + counts.invocations,
            total_minutes=model.total_minutes + counts.minutes,
            failed_workflow_count=model.failed_workflow_count + counts.failed_workflows,
            failed_tool_call_count=model.failed_tool_call_count + counts.failed_tool_calls,
        )

    def value(self, points: NavPoints) -> None:
        """Append NAV points."""
        self._nav.append(points)

    def mark(self, points: MarkPoints) -> None:
        """Append marks."""
        self._marks.append(points)


def _closes(orders: tuple[Order, ...], order_id: str) -> bool:
    return any(each.id == order_id and each.status is OrderStatus.CLOSED for each in orders)
