"""What trades: positions, trades, and the orders, intents, fills and payments below them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from autonome.web.payloads.arms import ArmRef
from autonome.web.payloads.figures import Id, Money, Payload

__all__ = ["ExitPlan", "Fill", "Intent", "Mark", "Order", "Payment", "Position", "Trade"]

Side = Literal["LONG", "SHORT"]


class ExitPlan(Payload):
    """How a position is meant to end, as stored."""

    stop: Money | None
    target: Money | None
    invalidation: str | None
    """In the model's words."""
    invalidation_price: Money | None
    confidence: Money | None
    """In [0, 1]."""
    time_exit: str | None
    cooldown_until: str | None


class Mark(Payload):
    """The price at which a minute was valued."""

    price: Money
    at: datetime


class Position(Payload):
    """An OPEN order, and what it is worth at the last mark."""

    id: Id
    arm: ArmRef
    symbol: str = Field(examples=["BTC"])
    side: Side
    quantity: Money
    """Base units, > 0."""
    leverage: Money | None
    entry_price: Money
    """Average, rounded to 1e-8."""
    entry_notional: Money
    mark: Mark | None
    notional: Money | None
    """Quantity x mark."""
    unrealized_pnl: Money | None
    """At the mark, before exit costs, fees and funding."""
    unrealized_return: Money | None
    """Unrealized P&L / entry notional."""
    funding: Money | None
    """Received so far for what is still open; null where its fills do not add up to it."""
    fees: Money | None
    """Paid to build what is still open; null where its fills do not add up to it."""
    stop: Money | None
    target: Money | None
    first_stop: Money | None
    """The stop that it was born with; null where nobody remembers."""
    trails: bool | None
    """Whether the stop follows a rule's column; null where nobody remembers."""
    stop_moves: int | None
    """By tool calls; null of a stop that trails, or may."""
    risk_to_stop: Money | None
    """P&L if the stop is hit, signed, before costs: positive where a profit is locked."""
    reward_to_target: Money | None
    r_multiple: float | None
    """Unrealized P&L / loss at the first stop."""
    liquidation_price: Money | None
    """The mark, on the tick, at which the account's NAV is its maintenance margin while the marks
    of its other positions stay. Null: no price above 0 is; or the run's contracts, a mark of the
    account, or fills that add up to its rows are not on record."""
    exit_plan: ExitPlan | None
    confidence: float | None
    """In [0, 1]."""
    opened_at: datetime
    invocation_id: Id | None
    """In which it was opened."""


class Trade(Payload):
    """A CLOSED order: a completed round trip."""

    id: Id
    arm: ArmRef
    symbol: str
    side: Side
    quantity: Money
    leverage: Money | None
    entry_price: Money
    exit_price: Money | None
    gross_pnl: Money | None
    """Price P&L; null where its fills do not add up to it."""
    fees: Money | None
    """Paid, its share of the entry's included."""
    funding: Money | None
    """Received; negative when paid."""
    net_pnl: Money | None
    """Gross P&L - fees + funding, as stored, in cents."""
    close_trigger: str | None
    """Null: the model's own decision."""
    exit_plan: ExitPlan | None
    opened_at: datetime
    closed_at: datetime | None
    opened_by: Id | None
    """Invocation."""
    closed_by: Id | None
    """Invocation; null where a trigger closed it."""


class Order(Payload):
    """A row of "Orders"."""

    id: Id
    arm: ArmRef
    symbol: str
    side: Side
    quantity: Money
    leverage: Money | None
    entry_price: Money
    exit_plan: ExitPlan | None
    status: Literal["OPEN", "CLOSED"]
    exit_price: Money | None
    realized_pnl: Money | None
    close_trigger: str | None
    sl_order_index: str | None
    tp_order_index: str | None
    sl_trigger_price: Money | None
    tp_trigger_price: Money | None
    opened_at: datetime
    closed_at: datetime | None
    updated_at: datetime


class Intent(Payload):
    """A row of "Intents": one order that was meant to be sent."""

    id: Id
    arm: ArmRef
    tool_call_id: Id | None
    order_id: Id | None
    symbol: str
    client_order_index: int
    venue_order_id: str | None
    purpose: str
    order_type: str
    side: Literal["BUY", "SELL"]
    quantity: Money
    trigger_price: Money | None
    limit_price: Money | None
    reduce_only: bool
    state: str
    reason: str | None
    created_at: datetime
    updated_at: datetime


class Fill(Payload):
    """A row of "Fills": one execution, or one part of it."""

    id: Id
    arm: ArmRef
    intent_id: Id | None
    order_id: Id
    symbol: str
    venue_fill_id: str
    part: int
    side: Literal["BUY", "SELL"]
    quantity: Money
    price: Money
    fee: Money
    """Paid; a rebate is negative."""
    liquidity: Literal["MAKER", "TAKER", "ADOPTED"]
    filled_at: datetime
    recorded_at: datetime


class Payment(Payload):
    """A row of "Payments": one movement of money that is no fill."""

    id: Id
    arm: ArmRef
    order_id: Id | None
    kind: str
    amount: Money
    """Received; negative when paid."""
    occurred_at: datetime
    recorded_at: datetime
