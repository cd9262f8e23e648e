"""Decide: an agent's answer becomes a decision on record and orders for the venue.

A plain function of account and event: no clock, no I/O.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple

from autonome.agents.actions import Action, CreatePosition
from autonome.arena.account import Account
from autonome.arena.events import Names, PlaceOrder, WokeUp
from autonome.domain.choices import IntentPurpose, IntentState, OrderSide, ToolCallType
from autonome.domain.exit_plan import ExitPlan
from autonome.domain.instrument import Instrument
from autonome.domain.money import ZERO, exact
from autonome.domain.refusals import Denied
from autonome.ledger.journal.port import Booking
from autonome.ledger.rows import Intent, Invocation, ToolCall
from autonome.ledger.types import json_dumps

__all__ = ["Decided", "decide"]


class Decided(NamedTuple):
    """The rows of a decision, and the orders that follow from it."""

    booking: Booking
    orders: tuple[PlaceOrder, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """An action in the venue's terms."""

    order_side: OrderSide
    quantity: Decimal
    """Base units of the order: what closes and what opens together."""
    opening: Decimal
    """Base units of the order that may open a position."""
    size_after: Decimal
    """Base units, signed: the position once the order has filled."""
    purpose: IntentPurpose
    exit_plan: ExitPlan
    leverage: Decimal | None


def decide(account: Account, event: WokeUp, names: Names) -> Decided:
    """Return what an answer with at least one action makes of the arm."""
    invocation = Invocation(
        id=names.new_id(),
        model_id=account.model_id,
        response="\n".join(action.reason for action in event.actions),
        created_at=event.at,
        updated_at=event.at,
    )
    tool_calls: list[ToolCall] = []
    orders: list[PlaceOrder] = []
    sizes = {symbol: holding.position.size for symbol, holding in account.holdings.items()}
    for action in event.actions:
        wanted = _wanted(sizes.get(action.symbol, ZERO), action, event)
        tool_call = _tool_call(invocation, action, wanted, names)
        tool_calls.append(tool_call)
        if isinstance(wanted, _Wanted):
            orders.append(_order(account, action.symbol, wanted, tool_call, event, names))
            # The next action of the same answer starts from where this one will have led.
            sizes[action.symbol] = wanted.size_after
    booking = Booking(
        model_id=account.model_id,
        epoch=account.epoch,
        invocations=(invocation,),
        tool_calls=tuple(tool_calls),
        intents=tuple(order.intent for order in orders),
    )
    return Decided(booking, tuple(orders))


@exact
def _wanted(size: Decimal, action: Action, event: WokeUp) -> _Wanted | Denied:
    """Return what an action means for a position of signed ``size``."""
    instrument = event.instruments.get(action.symbol)
    if instrument is None:
        known = ", ".join(sorted(event.instruments))
        reason = f"expected a symbol of this arena ({known}), found {action.symbol!r}"
        return Denied(rule="symbol-allowed", reason=reason)
    if action.symbol in event.under_way:
        reason = f"expected no order of {action.symbol} on its way; one is"
        return Denied(rule="order-under-way", reason=reason)
    if isinstance(action, CreatePosition):
        return _opening(size, action, instrument, event.closes[action.symbol])
    if not size:
        reason = f"expected an open position of {action.symbol}; there is none"
        return Denied(rule="position-open", reason=reason)
    return _Wanted(
        order_side=OrderSide.SHORT if size > 0 else OrderSide.LONG,
        quantity=abs(size),
        opening=ZERO,
        size_after=ZERO,
        purpose=IntentPurpose.CLOSE,
        exit_plan=ExitPlan(),
        leverage=None,
    )


def _opening(
    size: Decimal, action: CreatePosition, instrument: Instrument, close: Decimal
) -> _Wanted | Denied:
    quantity = instrument.lots_worth(action.notional, price=close)
    if quantity < instrument.min_quantity or quantity * close < instrument.min_notional:
        reason = (
            f"expected at least {instrument.min_quantity} and a notional of"
            f" {instrument.min_notional}, found {quantity} at {close}"
        )
        return Denied(rule="min-notional", reason=reason)
    sign = action.side.sign
    closing = abs(size) if size * sign < 0 else ZERO
    return _Wanted(
        order_side=action.side,
        quantity=quantity + closing,
        opening=quantity,
        size_after=size + sign * (quantity + closing),
        purpose=IntentPurpose.OPEN,
        exit_plan=_on_grid(action.exit_plan, instrument),
        leverage=action.leverage,
    )


def _on_grid(plan: ExitPlan, instrument: Instrument) -> ExitPlan:
    """Return the plan with its triggers on the tick, as they stand at the venue."""
    stop = None if plan.stop is None else instrument.trigger_price(plan.stop)
    target = None if plan.target is None else instrument.trigger_price(plan.target)
    return replace(plan, stop=stop, target=target)


def _tool_call(
    invocation: Invocation, action: Action, wanted: _Wanted | Denied, names: Names
) -> ToolCall:
    creates = isinstance(action, CreatePosition)
    outcome: dict[str, object] = (
        {"denied": {"rule": wanted.rule, "reason": wanted.reason}}
        if isinstance(wanted, Denied)
        else {"allowed": {"quantity": wanted.quantity}}
    )
    return ToolCall(
        id=names.new_id(),
        invocation_id=invocation.id,
        tool_call_type=ToolCallType.CREATE_POSITION if creates else ToolCallType.CLOSE_POSITION,
        metadata=json_dumps({"asked": _asked(action), **outcome}),
        created_at=invocation.created_at,
        updated_at=invocation.created_at,
    )


def _asked(action: Action) -> dict[str, object]:
    if not isinstance(action, CreatePosition):
        return {"symbol": action.symbol, "reason": action.reason}
    return {
        "symbol": action.symbol,
        "side": action.side.value,
        "notional": action.notional,
        "leverage": action.leverage,
        "exitPlan": action.exit_plan.to_json(),
        "reason": action.reason,
    }


def _order(
    account: Account,
    symbol: str,
    wanted: _Wanted,
    tool_call: ToolCall,
    event: WokeUp,
    names: Names,
) -> PlaceOrder:
    intent = Intent(
        id=names.new_id(),
        model_id=account.model_id,
        tool_call_id=tool_call.id,
        symbol=symbol,
        client_order_index=names.next_order_index(),
        purpose=wanted.purpose,
        side=wanted.order_side.entry_side,
        quantity=wanted.quantity,
        reduce_only=wanted.purpose is IntentPurpose.CLOSE,
        state=IntentState.NEW,
        created_at=event.at,
        updated_at=event.at,
    )
    return PlaceOrder(
        intent=intent,
        tool_call=tool_call,
        opening=wanted.opening,
        exit_plan=wanted.exit_plan,
        leverage=wanted.leverage,
    )
