"""Rows of ``"Orders"``: OPEN is a position, CLOSED a completed trade."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from autonome.domain.choices import OrderSide, OrderStatus
from autonome.domain.exit_plan import ExitPlan
from autonome.domain.money import exact
from autonome.domain.value import field, value
from autonome.ledger.rows.ids import new_id

__all__ = ["NewOrder", "Order"]


@value
class Order:
    """One position or trade, as stored."""

    id: str
    model_id: str
    symbol: str
    side: OrderSide
    quantity: Decimal
    """Base units, > 0."""
    leverage: Decimal | None
    entry_price: Decimal
    """Average entry price (quote), rounded to 1e-8; nothing is computed from it."""
    exit_plan: ExitPlan | None
    status: OrderStatus
    exit_price: Decimal | None
    """Quote; set when CLOSED."""
    realized_pnl: Decimal | None
    """Quote, net of fees and funding, in cents; set when CLOSED."""
    close_trigger: str | None
    """What closed it; ``None`` is the model's own decision."""
    sl_order_index: str | None
    tp_order_index: str | None
    sl_trigger_price: Decimal | None
    tp_trigger_price: Decimal | None
    opened_at: datetime
    closed_at: datetime | None
    updated_at: datetime

    @property
    @exact
    def entry_notional(self) -> Decimal:
        """Return quantity x entry price (quote)."""
        return self.quantity * self.entry_price

    @property
    @exact
    def exit_notional(self) -> Decimal | None:
        """Return quantity x exit price (quote), ``None`` while OPEN."""
        return None if self.exit_price is None else self.quantity * self.exit_price


@value
class NewOrder:
    """What must be known to open an order; the rest has the seed's defaults."""

    id: str = field(default_factory=new_id)
    model_id: str
    symbol: str
    side: OrderSide
    quantity: Decimal
    leverage: Decimal | None = None
    entry_price: Decimal
    exit_plan: ExitPlan | None = None
    sl_order_index: str | None = None
    tp_order_index: str | None = None
    sl_trigger_price: Decimal | None = None
    tp_trigger_price: Decimal | None = None

    def opened(self, at: datetime) -> Order:
        """Return the OPEN row, born at ``at``."""
        return Order(
            id=self.id,
            model_id=self.model_id,
            symbol=self.symbol,
            side=self.side,
            quantity=self.quantity,
            leverage=self.leverage,
            entry_price=self.entry_price,
            exit_plan=self.exit_plan,
            status=OrderStatus.OPEN,
            exit_price=None,
            realized_pnl=None,
            close_trigger=None,
            sl_order_index=self.sl_order_index,
            tp_order_index=self.tp_order_index,
            sl_trigger_price=self.sl_trigger_price,
            tp_trigger_price=self.tp_trigger_price,
            opened_at=at,
            closed_at=None,
            updated_at=at,
        )
