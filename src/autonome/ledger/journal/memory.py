"""The journal in memory: for tests, for reading back, and as what COPY writes at its end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

import numpy as np

from autonome.domain.choices import OrderStatus
from autonome.domain.errors import ArenaNotEmpty, InvariantBroken
from autonome.domain.value import changed
from autonome.ledger.journal.events import (
    event_of_command,
    event_of_cycle,
    events_of,
    events_of_minutes,
)
from autonome.ledger.journal.minutes import check_minutes
from autonome.ledger.journal.points import mark_rows, nav_rows
from autonome.ledger.journal.port import (
    Amendment,
    Booking,
    BookingStatus,
    Counts,
    MarkPoints,
    NavPoints,
    Run,
    taken_over,
)
from autonome.ledger.rows import (
    Arm,
    ArmPolicy,
    ArmState,
    Command,
    Cycle,
    Event,
    Fill,
    Intent,
    Invocation,
    Judgement,
    Mark,
    Model,
    NewEvent,
    Order,
    Payment,
    PortfolioSnapshot,
    ToolCall,
)
from autonome.ledger.tables import ROWS, RUNNING_ROWS

__all__ = ["MemoryJournal"]

_Row = TypeVar("_Row")


class MemoryJournal:
    """Rows by type and key, in the order in which they were first written."""

    def __init__(self, *, tells: bool = False) -> None:
        """Keep rows; ``tells`` keeps events with what they tell of."""
        self._tells = tells
        self._rows: dict[type, dict[Any, Any]] = {
            kind: {} for kind in (*ROWS, *RUNNING_ROWS) if kind not in (PortfolioSnapshot, Mark)
        }
        self._cycles: dict[datetime, Cycle] = self._rows[Cycle]
        self._invocations: dict[str, Invocation] = self._rows[Invocation]
        self._tool_calls: dict[str, ToolCall] = self._rows[ToolCall]
        self._orders: dict[str, Order] = self._rows[Order]
        self._intents: dict[str, Intent] = self._rows[Intent]
        self._fills: dict[str, Fill] = self._rows[Fill]
        self._payments: dict[str, Payment] = self._rows[Payment]
        self._venue_fills: dict[str, set[str]] = {}
        """By model: the numbers of its executions."""
        self._open: dict[str, dict[str, str]] = {}
        """By model and symbol: the id of the order that is OPEN."""
        self._nav: list[NavPoints] = []
        self._snapshots: list[PortfolioSnapshot] = []
        self._marks: list[MarkPoints] = []
        self._marked: set[tuple[str, int]] = set()
        """Symbol and instant of every mark that ``minute`` knows of."""
        self._marks_known = 0
        """How many runs of ``_marks`` are among them."""

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

    def enter(self, model: Model, arm: Arm, *, behind: Run | None = None) -> BookingStatus:
        """Add a competitor, unless the run that it is entered ``behind`` is over."""
        if behind is not None and self._epoch_of(behind.model_id) != behind.epoch:
            return BookingStatus.STALE_EPOCH
        for other in self.rows(Model):
            if (other.name, other.variant) == (model.name, model.variant):
                raise ArenaNotEmpty(
                    f"expected no model {model.name!r} of variant {model.variant}; one is here.",
                    remedy="Choose another name, or another arena.",
                )
        self._rows[Model][model.id] = model
        self._rows[Arm][model.id] = arm
        self._venue_fills[model.id] = set()
        self._open[model.id] = {}
        return BookingStatus.BOOKED

    def _epoch_of(self, model_id: str) -> int | None:
        arm: Arm | None = self._rows[Arm].get(model_id)
        return None if arm is None else arm.epoch

    def begin_run(self, model_id: str, *, at: datetime, after: int | None = None) -> int:
        """Raise the arm's epoch by one and return it, unless a run has begun ``after`` that one."""
        arm: Arm = self._rows[Arm][model_id]
        if after is not None and after != arm.epoch:
            raise taken_over(model_id)
        self._rows[Arm][model_id] = replace(arm, epoch=arm.epoch + 1, updated_at=at)
        return arm.epoch + 1

    def begin_cycle(self, cycle: Cycle) -> bool:
        """Write a tick, unless its instant has one."""
        held: Cycle = self._cycles.setdefault(cycle.scheduled_at, cycle)
        if held is cycle and self._tells:
            self._tell([event_of_cycle(cycle)])
        return held is cycle

    def book(self, booking: Booking) -> BookingStatus:
        """Write a booking, all or nothing."""
        arm: Arm | None = self._rows[Arm].get(booking.model_id)
        if arm is None or arm.epoch != booking.epoch:
            return BookingStatus.STALE_EPOCH
        venue_fills = self._venue_fills[booking.model_id]
        if self._was_booked(booking, venue_fills):
            return BookingStatus.ALREADY_BOOKED
        if booking.orders:
            self._hold(booking.orders, self._open[booking.model_id])
        for fill in booking.fills:
            venue_fills.add(fill.venue_fill_id)
            self._fills[fill.id] = fill
        if booking.state is not None:
            self._rows[ArmState][booking.model_id] = booking.state
        for invocation in booking.invocations:
            self._invocations[invocation.id] = invocation
        for call in booking.tool_calls:
            self._tool_calls[call.id] = call
        for judgement in booking.judgements:
            self._rows[Judgement][judgement.tool_call_id] = judgement
        for order in booking.orders:
            self._orders[order.id] = order
        for intent in booking.intents:
            self._intents[intent.id] = intent
        for payment in booking.payments:
            self._payments[payment.id] = payment
        if booking.counts is not None:
            self._count(booking.model_id, booking.counts)
        if booking.moves_halt:
            arm = replace(arm, halted_reason=booking.halted_reason)
        if booking.enabled is not None:
            arm = replace(arm, enabled=booking.enabled)
        self._rows[Arm][booking.model_id] = arm
        if self._tells:
            self._tell(events_of(booking))
        return BookingStatus.BOOKED

    def amend(self, amendment: Amendment) -> BookingStatus:
        """Write what an operator changed, all or nothing."""
        model_id = amendment.model_id
        arm: Arm | None = self._rows[Arm].get(model_id)
        if arm is None or arm.epoch != amendment.epoch:
            return BookingStatus.STALE_EPOCH
        for each in amendment.policies:
            self._rows[ArmPolicy].setdefault((model_id, each.version), each)
        if amendment.settings is not None:
            self._rows[Arm][model_id] = replace(arm, settings=amendment.settings)
        if amendment.model is not None:
            model: Model = self._rows[Model][model_id]
            self._rows[Model][model_id] = replace(model, open_router_model_name=amendment.model)
        return BookingStatus.BOOKED

    def _tell(self, events: Sequence[NewEvent]) -> None:
        held: dict[int, Event] = self._rows[Event]
        for each in events:
            number = len(held) + 1
            held[number] = Event(
                id=number,
                # There is no other clock here.
                written_at=each.at,
                at=each.at,
                kind=each.kind,
                model_id=each.model_id,
                payload=each.payload,
            )

    def _was_booked(self, booking: Booking, venue_fills: set[str]) -> bool:
        for fill in booking.fills:
            if fill.venue_fill_id in venue_fills:
                return True
        for payment in booking.payments:
            if payment.id in self._payments:
                return True
        if booking.counts is None:
            return False
        return booking.is_known_by_its_invocations and self._has_any(booking.invocations)

    def _has_any(self, invocations: tuple[Invocation, ...]) -> bool:
        held = self._rows[Invocation]
        return any(
            each.id in held and held[each.id].updated_at == each.updated_at for each in invocations
        )

    def _hold(self, orders: tuple[Order, ...], held: dict[str, str]) -> None:
        """Remember which order of each symbol is OPEN; refuse a second one."""
        opened = {each.symbol: each.id for each in orders if each.status is OrderStatus.OPEN}
        closed = [each.id for each in orders if each.status is OrderStatus.CLOSED]
        for symbol, order_id in opened.items():
            present = held.get(symbol, order_id)
            if present != order_id and present not in closed:
                raise InvariantBroken(f"a second OPEN order of {symbol} for {orders[0].model_id}")
        for order in orders:
            if order.status is OrderStatus.CLOSED and held.get(order.symbol) == order.id:
                del held[order.symbol]
        held.update(opened)

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

    def minute(self, points: Sequence[NavPoints], marks: Sequence[MarkPoints]) -> BookingStatus:
        """Append NAV and marks of a minute or a few, at most once."""
        check_minutes(points, marks)
        arms: dict[str, Arm] = self._rows[Arm]
        runs = {each.model_id: each.epoch for each in points if each.epoch is not None}
        if any(model_id not in arms or arms[model_id].epoch != runs[model_id] for model_id in runs):
            return BookingStatus.STALE_EPOCH
        self._marked.update(_keys(self._marks[self._marks_known :]))
        sent = _keys(marks)
        new = {at for _, at in sent} - {at for _, at in sent & self._marked}
        marks = [_at(run, new) for run in marks]
        points = [_nav_at(each, new) for each in points]
        for run in marks:
            self.mark(run)
        for each in points:
            self.value(each)
        if self._tells:
            self._tell(events_of_minutes(points, marks))
        self._marked |= {key for key in sent if key[1] in new}
        self._marks_known = len(self._marks)
        return BookingStatus.BOOKED if new else BookingStatus.ALREADY_BOOKED

    def request(self, command: Command) -> None:
        """Keep what an operator asks for."""
        self._rows[Command].setdefault(command.id, command)

    def finish_command(self, command_id: str, *, at: datetime, outcome: str) -> bool:
        """Say that a command was carried out."""
        command: Command = self._rows[Command][command_id]
        if command.done_at is not None:
            return False
        self._rows[Command][command_id] = changed(command, done_at=at, outcome=outcome)
        if self._tells:
            event = event_of_command(
                command_id, command.kind, command.model_id, command.reason, at=at, outcome=outcome
            )
            self._tell([event])
        return True


def _at(run: MarkPoints, instants: set[int]) -> MarkPoints:
    kept = np.isin(run.at_ms, [*instants])
    return changed(run, at_ms=run.at_ms[kept], price=run.price[kept])


def _nav_at(run: NavPoints, instants: set[int]) -> NavPoints:
    kept = np.isin(run.at_ms, [*instants])
    return changed(run, at_ms=run.at_ms[kept], nav=run.nav[kept])


def _keys(marks: Sequence[MarkPoints]) -> set[tuple[str, int]]:
    return {(each.symbol, at) for each in marks for at in each.at_ms.tolist()}
