"""Open positions, and what they are worth at the last mark."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select, true

from autonome.domain.choices import OrderSide, OrderStatus
from autonome.domain.exit_plan import ExitPlan
from autonome.domain.money import exact
from autonome.ledger.queries.query import Query, to
from autonome.ledger.tables import marks, models, orders

__all__ = ["OpenPosition", "open_positions"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPosition:
    """An OPEN order with its derived figures."""

    model: str
    """Display name."""
    order_id: str
    symbol: str
    side: OrderSide
    quantity: Decimal
    entry_price: Decimal
    leverage: Decimal | None
    exit_plan: ExitPlan | None
    opened_at: datetime
    mark_price: Decimal | None
    """The last mark of the symbol, ``None`` when there is none."""
    marked_at: datetime | None

    @property
    @exact
    def entry_notional(self) -> Decimal:
        """Return quantity x entry price (quote)."""
        return self.quantity * self.entry_price

    @property
    @exact
    def unrealized_pnl(self) -> Decimal | None:
        """Return the gain (quote) at the last mark, before exit costs; ``None`` without a mark."""
        if self.mark_price is None:
            return None
        return self.side.sign * self.quantity * (self.mark_price - self.entry_price)

    @property
    def stop(self) -> Decimal | None:
        """Return the plan's stop (quote)."""
        return None if self.exit_plan is None else self.exit_plan.stop

    @property
    def target(self) -> Decimal | None:
        """Return the plan's target (quote)."""
        return None if self.exit_plan is None else self.exit_plan.target


def open_positions(*, model_id: str | None = None) -> Query[OpenPosition]:
    """Return open positions by model and symbol, of one model or of all."""
    last_mark = (
        select(marks.c.price, marks.c.at)
        .where(marks.c.symbol == orders.c.symbol)
        .order_by(marks.c.at.desc())
        .limit(1)
        .lateral("last_mark")
    )
    statement = (
        select(
            models.c.name,
            orders.c.id,
            orders.c.symbol,
            orders.c.side,
            orders.c.quantity,
            orders.c.entry_price,
            orders.c.leverage,
            orders.c.exit_plan,
            orders.c.opened_at,
            last_mark.c.price,
            last_mark.c.at,
        )
        .select_from(orders.join(models).outerjoin(last_mark, true()))
        .where(orders.c.status == OrderStatus.OPEN)
        .order_by(models.c.name, orders.c.symbol)
    )
    if model_id is not None:
        statement = statement.where(orders.c.model_id == model_id)
    return Query(statement, to(OpenPosition))
