"""Events: what a write of the journal tells whoever watches, found from its rows alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime

from autonome.domain.choices import OrderStatus
from autonome.domain.errors import InvariantBroken
from autonome.domain.instants import zulu
from autonome.ledger.journal.points import instants, nav_texts, price_texts
from autonome.ledger.journal.port import Booking, MarkPoints, NavPoints
from autonome.ledger.rows import (
    CommandKind,
    Cycle,
    EventKind,
    Invocation,
    NewEvent,
    Order,
    ToolCall,
)

__all__ = [
    "event_of_command",
    "event_of_cycle",
    "events_of",
    "events_of_minutes",
    "halted_at",
]

_OUTCOMES = ("filled", "rejected", "cancelled", "unusable", "denied")
"""What a tool call's record may hold, the most telling first; else it was allowed."""


def events_of(booking: Booking) -> list[NewEvent]:
    """Return what a booking tells, in the order in which a reader would tell it.

    Raises:
        InvariantBroken: it moves a halt, and nothing in it says when.
    """
    return [
        *map(_invocation, booking.invocations),
        *(_call(booking, call) for call in booking.tool_calls),
        *(event for order in booking.orders for event in _order(booking, order)),
        *_halt(booking),
    ]


def event_of_cycle(cycle: Cycle) -> NewEvent:
    """Return what a tick tells."""
    payload = {"cycleId": cycle.id, "scheduledAt": zulu(cycle.scheduled_at)}
    return NewEvent(at=cycle.scheduled_at, kind=EventKind.CYCLE, payload=payload)


def event_of_command(
    command_id: str,
    kind: CommandKind,
    model_id: str | None,
    reason: str,
    *,
    at: datetime,
    outcome: str,
) -> NewEvent:
    """Return what a command tells that was carried out at ``at``."""
    return NewEvent(
        at=at,
        kind=EventKind.ARENA,
        model_id=model_id,
        payload={
            "change": "COMMAND",
            "commandId": command_id,
            "command": kind.value,
            "reason": reason,
            "outcome": outcome,
        },
    )


def events_of_minutes(points: Sequence[NavPoints], marks: Sequence[MarkPoints]) -> list[NewEvent]:
    """Return what NAV points and marks tell: of each instant its prices, then its NAV."""
    prices: dict[datetime, dict[str, object]] = defaultdict(dict)
    values: dict[datetime, dict[str, object]] = defaultdict(dict)
    for run in marks:
        for at, price in zip(instants(run.at_ms), price_texts(run), strict=True):
            prices[at][run.symbol] = price
    for each in points:
        for at, net in zip(instants(each.at_ms), nav_texts(each), strict=True):
            values[at][each.model_id] = net
    told = []
    for at in sorted(prices):
        told.append(NewEvent(at=at, kind=EventKind.PRICES, payload={"marks": prices[at]}))
        if at in values:
            told.append(NewEvent(at=at, kind=EventKind.NAV, payload={"values": values[at]}))
    return told


def _invocation(invocation: Invocation) -> NewEvent:
    # Rules and controls keep no payload: what they have decided is complete.
    payload = invocation.response_payload or {}
    return NewEvent(
        at=invocation.updated_at,
        kind=EventKind.INVOCATION,
        model_id=invocation.model_id,
        payload={
            "invocationId": invocation.id,
            "state": payload.get("state", "COMPLETED"),
            "cycleAt": zulu(invocation.created_at),
        },
    )


def _call(booking: Booking, call: ToolCall) -> NewEvent:
    asked = call.metadata.get("asked")
    outcome = next((each for each in _OUTCOMES if call.metadata.get(each)), "allowed")
    return NewEvent(
        at=call.updated_at,
        kind=EventKind.CALL,
        model_id=booking.model_id,
        payload={
            "invocationId": call.invocation_id,
            "toolCallId": call.id,
            "type": call.tool_call_type.value,
            "action": asked.get("action") if isinstance(asked, dict) else None,
            "outcome": outcome.upper(),
        },
    )


def _order(booking: Booking, order: Order) -> Iterator[NewEvent]:
    """Yield what a row tells: a part that closed is a trade, and its position only changed."""
    if order.status is OrderStatus.CLOSED:
        yield _of_order(order, EventKind.TRADE, {})
        if not any(_is_rest(each, order) for each in booking.orders):
            yield _of_order(order, EventKind.POSITION, {"change": "CLOSED"})
        return
    is_new = order.opened_at == order.updated_at and any(
        fill.order_id == order.id for fill in booking.fills
    )
    yield _of_order(order, EventKind.POSITION, {"change": "OPENED" if is_new else "CHANGED"})


def _is_rest(other: Order, closed: Order) -> bool:
    """Say whether ``other`` is what remains of the position of which ``closed`` was a part."""
    return (
        other.status is OrderStatus.OPEN
        and other.symbol == closed.symbol
        and other.side is closed.side
    )


def _of_order(order: Order, kind: EventKind, more: dict[str, object]) -> NewEvent:
    payload = {"orderId": order.id, "symbol": order.symbol, **more}
    return NewEvent(at=order.updated_at, kind=kind, model_id=order.model_id, payload=payload)


def _halt(booking: Booking) -> Iterator[NewEvent]:
    if not booking.moves_halt:
        return
    change = "RESUMED" if booking.resumed else "HALTED"
    yield NewEvent(
        at=halted_at(booking),
        kind=EventKind.ARENA,
        model_id=booking.model_id,
        payload={"change": change, "reason": booking.halted_reason},
    )


def halted_at(booking: Booking) -> datetime:
    """Return when a booking moves the halt of its arm.

    Raises:
        InvariantBroken: nothing in it says when.
    """
    dated = (*booking.invocations, *booking.orders, *booking.intents, booking.state)
    times = [row.updated_at for row in dated if row is not None]
    if not times:
        raise InvariantBroken(f"a halt of {booking.model_id} is moved, and nothing says when")
    return max(times)
