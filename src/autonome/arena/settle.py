"""Settle: what fills and funding make of an account, and the booking that says so.

Plain functions of account and event: no clock, no I/O.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from autonome.arena.account import Account, Holding
from autonome.arena.events import Filled, FundingSettled, Names
from autonome.domain.choices import IntentState, Liquidity, OrderSide, OrderStatus, PaymentKind
from autonome.domain.exit_plan import ExitPlan
from autonome.domain.money import ZERO, exact, round_cents
from autonome.domain.position import (
    Closure,
    Execution,
    Position,
    apply_execution,
    first_part,
    funding_payment,
)
from autonome.ledger.journal.port import Booking
from autonome.ledger.rows import Fill, Intent, NewOrder, Order, Payment, ToolCall
from autonome.ledger.types import json_dumps, json_loads

__all__ = ["Settled", "cancelled", "fillable", "settle_fill", "settle_funding"]


class Settled(NamedTuple):
    """The account afterwards, and the booking that takes the ledger there."""

    account: Account
    booking: Booking


@exact
def fillable(account: Account, event: Filled) -> Filled | Booking:
    """Return what of an execution may trade, or the booking that cancels all of it.

    What closes an opposite position always trades. Beyond that, only what was asked to open does,
    however much of the position has gone meanwhile; and nothing that would lie beyond its own
    stop (rule ``stop-passed``).
    """
    held = account.holdings.get(event.intent.symbol)
    closes = held is not None and held.order.side.exit_side is event.execution.side
    closing = held.order.quantity if held is not None and closes else ZERO
    reason = _stop_passed(held, event)
    allowed = closing + (ZERO if reason else event.opening)
    if event.execution.quantity <= allowed:
        return event
    reason = reason or "reduce-only: the position that it was to close is gone, or smaller"
    if not allowed:
        return cancelled(account, event.intent, event.tool_call, at=event.at, reason=reason)
    execution = first_part(event.execution, quantity=allowed)
    return replace(event, intent=replace(event.intent, reason=reason), execution=execution)


def _stop_passed(held: Holding | None, event: Filled) -> str | None:
    plan, price = event.exit_plan, event.execution.price
    if held is not None and held.order.side.entry_side is event.execution.side:
        plan = _no_looser(held.order, plan)
    if plan is None or plan.stop is None:
        return None
    if event.execution.side.sign * (price - plan.stop) >= 0:
        return None
    return f"stop-passed: filled at {price}, beyond the stop {plan.stop}"


def cancelled(
    account: Account, intent: Intent, tool_call: ToolCall | None, *, at: datetime, reason: str
) -> Booking:
    """Return the booking of an order that ended without a fill, and why."""
    ended = replace(intent, state=IntentState.CANCELLED, reason=reason, updated_at=at)
    calls = () if tool_call is None else (_told(tool_call, {"cancelled": reason}, at),)
    return Booking(
        model_id=account.model_id, epoch=account.epoch, tool_calls=calls, intents=(ended,)
    )


@exact
def settle_fill(account: Account, event: Filled, names: Names) -> Settled:
    """Book an execution: it opens, adds to, reduces, closes or turns a position."""
    symbol = event.intent.symbol
    held = account.holdings.get(symbol)
    effect = apply_execution(held.position if held else Position(), event.execution)
    orders: list[Order] = []
    fills: list[Fill] = []
    intent = replace(event.intent, state=IntentState.FILLED, updated_at=event.at)
    realized = account.realized_pnl
    if effect.closed is not None and held is not None:
        closed = _closed_order(held, effect.closed, event, names)
        orders.append(closed)
        fills.append(_fill(intent, event, effect.closed.execution, closed, names, part=0))
        realized += effect.closed.realized_pnl
    order = _order_after(held, effect.position, effect.opened, event, names)
    if order is not None:
        orders.append(order)
        if effect.opened is not None:
            part = 1 if effect.closed is not None else 0
            fills.append(_fill(intent, event, effect.opened, order, names, part=part))
    intent = replace(intent, order_id=(order or orders[0]).id)
    holdings = {key: value for key, value in account.holdings.items() if key != symbol}
    if order is not None:
        holdings[symbol] = Holding(order=order, position=effect.position)
    booking = Booking(
        model_id=account.model_id,
        epoch=account.epoch,
        tool_calls=_tool_calls(event, fills),
        orders=tuple(orders),
        intents=(intent,),
        fills=tuple(fills),
    )
    return Settled(replace(account, realized_pnl=realized, holdings=holdings), booking)


def _closed_order(held: Holding, closed: Closure, event: Filled, names: Names) -> Order:
    """Return the CLOSED row: the position's own when all of it closed, else one that is born."""
    whole = closed.execution.quantity == abs(held.position.size)
    return replace(
        held.order,
        id=held.order.id if whole else names.new_id(),
        quantity=closed.execution.quantity,
        status=OrderStatus.CLOSED,
        exit_price=closed.execution.price,
        realized_pnl=round_cents(closed.realized_pnl),
        close_trigger=None if event.trigger is None else event.trigger.value,
        closed_at=event.at,
        updated_at=event.at,
    )


def _order_after(
    held: Holding | None,
    position: Position,
    opened: Execution | None,
    event: Filled,
    names: Names,
) -> Order | None:
    """Return the OPEN row that remains, ``None`` when the position is flat."""
    side = position.side
    if side is None:
        return None
    if held is None or held.order.side is not side:
        return _opened_order(side, position, event, names)
    row = replace(held.order, quantity=abs(position.size), updated_at=event.at)
    if opened is None:
        return row
    return _scaled_in(replace(row, entry_price=position.average_entry_price), event)


def _opened_order(side: OrderSide, position: Position, event: Filled, names: Names) -> Order:
    plan = event.exit_plan
    return NewOrder(
        id=names.new_id(),
        model_id=event.intent.model_id,
        symbol=event.intent.symbol,
        side=side,
        quantity=abs(position.size),
        leverage=event.leverage,
        entry_price=position.average_entry_price,
        exit_plan=plan,
        sl_trigger_price=None if plan is None else plan.stop,
        tp_trigger_price=None if plan is None else plan.target,
    ).opened(event.at)


def _scaled_in(row: Order, event: Filled) -> Order:
    """Return the row with the new plan, its stop no looser, and the lower leverage."""
    plan = _no_looser(row, event.exit_plan)
    leverages = [each for each in (row.leverage, event.leverage) if each is not None]
    return replace(
        row,
        exit_plan=plan,
        leverage=min(leverages, default=None),
        sl_trigger_price=None if plan is None else plan.stop,
        tp_trigger_price=None if plan is None else plan.target,
    )


def _no_looser(row: Order, plan: ExitPlan | None) -> ExitPlan | None:
    if plan is None:
        return row.exit_plan
    if row.exit_plan is None or row.exit_plan.stop is None:
        return plan
    present = row.exit_plan.stop
    if plan.stop is None:
        return replace(plan, stop=present)
    tighter = max if row.side is OrderSide.LONG else min
    return replace(plan, stop=tighter(present, plan.stop))


def _fill(
    intent: Intent,
    event: Filled,
    execution: Execution,
    order: Order,
    names: Names,
    *,
    part: int,
) -> Fill:
    return Fill(
        id=names.new_id(),
        intent_id=intent.id,
        order_id=order.id,
        model_id=intent.model_id,
        symbol=intent.symbol,
        venue_fill_id=event.venue_fill_id,
        part=part,
        side=execution.side,
        quantity=execution.quantity,
        price=execution.price,
        fee=execution.fee,
        liquidity=Liquidity.TAKER,
        filled_at=event.at,
        recorded_at=event.at,
    )


def _tool_calls(event: Filled, fills: list[Fill]) -> tuple[ToolCall, ...]:
    """Return the tool call that asked for the fill, with what it got."""
    if event.tool_call is None:
        return ()
    filled = [
        {"fillId": fill.id, "quantity": fill.quantity, "price": fill.price, "fee": fill.fee}
        for fill in fills
    ]
    return (_told(event.tool_call, {"filled": filled}, event.at),)


def _told(tool_call: ToolCall, outcome: dict[str, object], at: datetime) -> ToolCall:
    """Return the tool call with what came of it."""
    metadata = json_dumps({**json_loads(tool_call.metadata), **outcome})
    return replace(tool_call, metadata=metadata, updated_at=at)


@exact
def settle_funding(account: Account, event: FundingSettled, names: Names) -> Settled | None:
    """Book one funding settlement; ``None`` when the symbol is not held or nothing is due."""
    held = account.holdings.get(event.symbol)
    if held is None:
        return None
    amount = funding_payment(size=held.position.size, mark_price=event.mark_price, rate=event.rate)
    if not amount:
        return None
    payment = Payment(
        id=names.new_id(),
        model_id=account.model_id,
        order_id=held.order.id,
        kind=PaymentKind.FUNDING,
        amount=amount,
        occurred_at=event.at,
        recorded_at=event.at,
    )
    holding = replace(held, position=held.position.with_funding(amount))
    holdings = {**account.holdings, event.symbol: holding}
    booking = Booking(model_id=account.model_id, epoch=account.epoch, payments=(payment,))
    return Settled(replace(account, holdings=holdings), booking)
