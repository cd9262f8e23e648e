"""Ready-made bookings of a round trip."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from autonome.domain.choices import (
    ArmKind,
    IntentPurpose,
    IntentState,
    Liquidity,
    OrderSide,
    OrderStatus,
    PaymentKind,
    Side,
    ToolCallType,
)
from autonome.domain.exit_plan import ExitPlan
from autonome.domain.variants import VARIANT_IDS
from autonome.ledger.journal.port import Booking, Counts
from autonome.ledger.rows import (
    Arm,
    Fill,
    Intent,
    Invocation,
    Model,
    NewOrder,
    Order,
    Payment,
    ToolCall,
)

__all__ = ["FIRST_INDEX", "competitor_with_id", "round_trip"]

NOW = datetime(2025, 5, 5, 12, 30, tzinfo=UTC)
FIRST_INDEX = 10_000_000_000
QUANTITY = Decimal("0.1")


def competitor_with_id(model_id: str) -> tuple[Model, Arm]:
    """Return a model and its arm."""
    model = Model(
        id=model_id,
        name=f"model {model_id}",
        open_router_model_name="bench",
        variant=VARIANT_IDS[0],
    )
    arm = Arm(
        model_id=model_id,
        kind=ArmKind.RULE,
        starting_capital=Decimal(10_000),
        created_at=NOW,
        updated_at=NOW,
    )
    return model, arm


def round_trip(model_id: str, serial: int) -> tuple[Booking, Booking]:
    """Return the booking that opens an order, and the one that closes it."""
    invocation = Invocation(
        model_id=model_id,
        response="The range broke upwards.",
        response_payload={"usage": {"tokens": 812}, "cost": Decimal("0.00231")},
        created_at=NOW,
        updated_at=NOW,
    )
    call = ToolCall(
        invocation_id=invocation.id,
        tool_call_type=ToolCallType.CREATE_POSITION,
        metadata='{"asked":{"quantity":0.1},"allowed":{"quantity":0.1}}',
        created_at=NOW,
        updated_at=NOW,
    )
    order = NewOrder(
        model_id=model_id,
        symbol="BTC",
        side=OrderSide.LONG,
        quantity=QUANTITY,
        leverage=Decimal(2),
        entry_price=Decimal("50000.1"),
        exit_plan=ExitPlan(stop=Decimal(49_000), target=Decimal(52_000)),
    ).opened(NOW)
    index = FIRST_INDEX + 2 * serial
    intent, fill = _traded(order, Side.BUY, Decimal("50000.1"), index, IntentPurpose.OPEN)
    opened = Booking(
        model_id=model_id,
        epoch=1,
        invocations=(invocation,),
        tool_calls=(call,),
        orders=(order,),
        intents=(replace(intent, tool_call_id=call.id),),
        fills=(fill,),
        counts=Counts(invocations=1, minutes=5),
    )
    return opened, _closed(order, index + 1)


def _closed(order: Order, index: int) -> Booking:
    later = NOW + timedelta(hours=1)
    closed = replace(
        order,
        status=OrderStatus.CLOSED,
        exit_price=Decimal(52_000),
        realized_pnl=Decimal("194.90"),
        close_trigger="TARGET",
        closed_at=later,
        updated_at=later,
    )
    intent, fill = _traded(closed, Side.SELL, Decimal(52_000), index, IntentPurpose.TARGET)
    payment = Payment(
        model_id=order.model_id,
        order_id=order.id,
        kind=PaymentKind.FUNDING,
        amount=Decimal("-0.52"),
        occurred_at=later,
        recorded_at=later,
    )
    return Booking(
        model_id=order.model_id,
        epoch=1,
        orders=(closed,),
        intents=(intent,),
        fills=(fill,),
        payments=(payment,),
    )


def _traded(
    order: Order, side: Side, price: Decimal, index: int, purpose: IntentPurpose
) -> tuple[Intent, Fill]:
    intent = Intent(
        model_id=order.model_id,
        order_id=order.id,
        symbol=order.symbol,
        client_order_index=index,
        purpose=purpose,
        side=side,
        quantity=order.quantity,
        reduce_only=purpose is not IntentPurpose.OPEN,
        state=IntentState.FILLED,
        created_at=NOW,
        updated_at=NOW,
    )
    fill = Fill(
        intent_id=intent.id,
        order_id=order.id,
        model_id=order.model_id,
        symbol=order.symbol,
        venue_fill_id=str(index),
        side=side,
        quantity=order.quantity,
        price=price,
        fee=Decimal("2.500005"),
        liquidity=Liquidity.TAKER,
        filled_at=order.updated_at,
        recorded_at=order.updated_at,
    )
    return intent, fill
