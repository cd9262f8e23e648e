"""An order on its way to the venue, and the intent that is written down before it is sent."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from autonome.arena.account import Account
from autonome.arena.events import ExitDue, Names, PlaceOrder, Step
from autonome.domain.choices import CloseTrigger, IntentPurpose, OrderType, Side
from autonome.domain.exit_plan import ExitPlan
from autonome.domain.money import ZERO
from autonome.ledger.journal.port import Booking
from autonome.ledger.rows import Intent, ToolCall

__all__ = ["place", "place_exit"]


def place(
    account: Account,
    symbol: str,
    side: Side,
    purpose: IntentPurpose,
    *,
    at: datetime,
    names: Names,
    tool_call: ToolCall | None = None,
    closing: Decimal = ZERO,
    opening: Decimal = ZERO,
    exit_plan: ExitPlan | None = None,
    leverage: Decimal | None = None,
    cooldown_minutes: int = 0,
    trigger: CloseTrigger | None = None,
    order_type: OrderType = OrderType.MARKET,
    trigger_price: Decimal | None = None,
    reason: str | None = None,
) -> PlaceOrder:
    """Return the order, with its intent as yet unsent."""
    held = account.holdings.get(symbol)
    intent = Intent(
        id=names.new_id(),
        model_id=account.model_id,
        tool_call_id=None if tool_call is None else tool_call.id,
        order_id=None if held is None else held.order.id,
        symbol=symbol,
        client_order_index=names.next_order_index(),
        purpose=purpose,
        order_type=order_type,
        side=side,
        quantity=closing + opening,
        trigger_price=trigger_price,
        reduce_only=not opening,
        reason=reason,
        created_at=at,
        updated_at=at,
    )
    return PlaceOrder(
        intent=intent,
        tool_call=tool_call,
        closing=closing,
        opening=opening,
        exit_plan=exit_plan,
        leverage=leverage,
        cooldown_minutes=cooldown_minutes,
        trigger=trigger,
    )


def place_exit(account: Account, event: ExitDue, names: Names) -> Step:
    """Order the close of a whole position because its plan says so."""
    held = account.holdings[event.symbol]
    order = place(
        account,
        event.symbol,
        held.order.side.exit_side,
        event.purpose,
        at=event.at,
        names=names,
        closing=held.order.quantity,
        trigger=event.trigger,
        order_type=event.order_type,
        trigger_price=event.trigger_price,
        reason=event.reason,
    )
    booking = Booking(model_id=account.model_id, epoch=account.epoch, intents=(order.intent,))
    return Step(account=account, booking=booking, orders=(order,))
