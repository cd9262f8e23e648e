"""Rows of ``"Intents"``, ``"Fills"`` and ``"Payments"``: what was sent, traded and paid."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from autonome.domain.choices import (
    IntentPurpose,
    IntentState,
    Liquidity,
    OrderType,
    PaymentKind,
    Side,
)
from autonome.domain.value import field, value
from autonome.ledger.rows.ids import new_id

__all__ = ["Fill", "Intent", "Payment"]


@value
class Intent:
    """One order that we mean to send, written down before it is sent."""

    id: str = field(default_factory=new_id)
    model_id: str
    tool_call_id: str | None = None
    """The tool call that asked for it; ``None`` where an exit rule did."""
    order_id: str | None = None
    """The position that it opens or reduces."""
    symbol: str
    client_order_index: int
    """Our number for it at the venue, in [1, 2^48), unique in the arena."""
    venue_order_id: str | None = None
    purpose: IntentPurpose
    order_type: OrderType = OrderType.MARKET
    side: Side
    quantity: Decimal
    """Base units, > 0."""
    trigger_price: Decimal | None = None
    limit_price: Decimal | None = None
    reduce_only: bool = False
    state: IntentState = IntentState.NEW
    reason: str | None = None
    """Why it was rejected or cancelled."""
    created_at: datetime
    updated_at: datetime


@value
class Fill:
    """One execution, or one part of it when it closes one order and opens another."""

    id: str = field(default_factory=new_id)
    intent_id: str | None = None
    order_id: str
    """A closing fill carries the CLOSED row's id, an entry fill the OPEN row's."""
    model_id: str
    symbol: str
    venue_fill_id: str
    """The venue's number for the execution; with ``part`` unique per model."""
    part: int = 0
    """0 is the closing or only part, 1 the opening part of a flip."""
    side: Side
    quantity: Decimal
    price: Decimal
    fee: Decimal
    """Quote paid; a rebate is negative."""
    liquidity: Liquidity
    filled_at: datetime
    """When it traded at the venue."""
    recorded_at: datetime
    """When we wrote it down."""


@value
class Payment:
    """One movement of money that is no fill."""

    id: str = field(default_factory=new_id)
    model_id: str
    order_id: str | None = None
    """The position that it belongs to, where there is one."""
    kind: PaymentKind
    amount: Decimal
    """Quote received; negative when paid."""
    occurred_at: datetime
    recorded_at: datetime
