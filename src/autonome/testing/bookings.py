"""Bookings made by hand: a competitor, the opening of a position, and its close."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

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
from autonome.domain.value import changed
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

__all__ = ["NOW", "closing", "competitor", "opening"]

NOW: Final = datetime(2025, 5, 5, 12, 30, 15, 250_000, tzinfo=UTC)


def competitor(name: str = "Ada", variant: str = VARIANT_IDS[0]) -> tuple[Model, Arm]:
    """Return a model and the arm that runs it."""
    model = Model(name=name, open_router_model_name="maker/model-1", variant=variant)
    arm = Arm(
        model_id=model.id,
        kind=ArmKind.LLM,
        settings={"temperature": Decimal("0.1"), "words": "tab\there, backslash \\N, line\nend"},
        starting_capital=Decimal(10_000),
        created_at=NOW,
        updated_at=NOW,
    )
    return model, arm


def opening(model: Model, *, epoch: int, symbol: str = "BTC") -> Booking:
    """Return a decision, its order, and its fill, all of one model."""
    invocation = Invocation(
        model_id=model.id,
        response='I buy.\nBecause "it rises" \\ \t and ü.',
        response_payload={"usage": {"cost": Decimal("0.000000000012345678")}, "none": None},
        created_at=NOW,
        updated_at=NOW,
    )
    call = ToolCall(
        invocation_id=invocation.id,
        tool_call_type=ToolCallType.CREATE_POSITION,
        metadata={"asked": {"quantity": Decimal("0.1")}},
        created_at=NOW,
        updated_at=NOW,
    )
    order = NewOrder(
        model_id=model.id,
        symbol=symbol,
        side=OrderSide.LONG,
        quantity=Decimal("0.1"),
        leverage=Decimal("2.5"),
        entry_price=Decimal("50000.12345678"),
        exit_plan=ExitPlan(
            stop=Decimal("49000.1"),
            target=Decimal("52000.00000001"),
            invalidation="falls below the cloud",
            confidence=Decimal("0.1"),
            time_exit="2025-05-06",
        ),
    ).opened(NOW)
    intent, fill = _execution(order, Side.BUY, order.entry_price, IntentPurpose.OPEN)
    return Booking(
        model_id=model.id,
        epoch=epoch,
        invocations=(invocation,),
        tool_calls=(call,),
        orders=(order,),
        intents=(changed(intent, tool_call_id=call.id),),
        fills=(fill,),
        counts=Counts(invocations=1, minutes=5),
    )


def closing(opened: Booking) -> Booking:
    """Return the close of the order that ``opened`` opened, with the funding it paid."""
    (order,) = opened.orders
    later = NOW + timedelta(hours=1)
    closed = changed(
        order,
        status=OrderStatus.CLOSED,
        exit_price=Decimal(52_000),
        realized_pnl=Decimal("194.90"),
        close_trigger="TARGET",
        closed_at=later,
        updated_at=later,
    )
    intent, fill = _execution(closed, Side.SELL, Decimal(52_000), IntentPurpose.TARGET)
    payment = Payment(
        model_id=order.model_id,
        order_id=order.id,
        kind=PaymentKind.FUNDING,
        amount=Decimal("-0.52000001"),
        occurred_at=later,
        recorded_at=later,
    )
    return Booking(
        model_id=opened.model_id,
        epoch=opened.epoch,
        orders=(closed,),
        intents=(intent,),
        fills=(fill,),
        payments=(payment,),
    )


def _execution(
    order: Order, side: Side, price: Decimal, purpose: IntentPurpose
) -> tuple[Intent, Fill]:
    number = 1 + random.SystemRandom().getrandbits(47)
    intent = Intent(
        model_id=order.model_id,
        order_id=order.id,
        symbol=order.symbol,
        client_order_index=number,
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
        venue_fill_id=str(number),
        side=side,
        quantity=order.quantity,
        price=price,
        fee=Decimal("2.50000617"),
        liquidity=Liquidity.TAKER,
        filled_at=order.updated_at,
        recorded_at=order.updated_at,
    )
    return intent, fill
