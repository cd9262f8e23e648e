"""Completed trades, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from autonome.domain.choices import OrderSide, OrderStatus
from autonome.domain.money import exact
from autonome.ledger.queries.query import Query, to
from autonome.ledger.tables import models, orders

__all__ = ["Trade", "completed_trades"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """A CLOSED order with its derived notionals."""

    model: str
    """Display name."""
    order_id: str
    symbol: str
    side: OrderSide
    quantity: Decimal
    entry_price: Decimal
    exit_price: Decimal | None
    realized_pnl: Decimal | None
    """Quote, net of fees and funding."""
    close_trigger: str | None
    opened_at: datetime
    closed_at: datetime | None

    @property
    @exact
    def entry_notional(self) -> Decimal:
        """Return quantity x entry price (quote)."""
        return self.quantity * self.entry_price

    @property
    @exact
    def exit_notional(self) -> Decimal | None:
        """Return quantity x exit price (quote), ``None`` where an adopted row has no exit price."""
        return None if self.exit_price is None else self.quantity * self.exit_price


def completed_trades(
    *, model_id: str | None = None, model: str | None = None, limit: int | None = None
) -> Query[Trade]:
    """Return completed trades, newest first: of one model, of models of one name, or of all."""
    statement = (
        select(
            models.c.name,
            orders.c.id,
            orders.c.symbol,
            orders.c.side,
            orders.c.quantity,
            orders.c.entry_price,
            orders.c.exit_price,
            orders.c.realized_pnl,
            orders.c.close_trigger,
            orders.c.opened_at,
            orders.c.closed_at,
        )
        .select_from(orders.join(models))
        .where(orders.c.status == OrderStatus.CLOSED)
        .order_by(orders.c.closed_at.desc(), orders.c.id)
        .limit(limit)
    )
    if model_id is not None:
        statement = statement.where(orders.c.model_id == model_id)
    if model is not None:
        statement = statement.where(models.c.name == model)
    return Query(statement, to(Trade))
