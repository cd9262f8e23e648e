"""What one model traded, as measures of its trades need it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Row, text

from autonome.domain.choices import OrderSide
from autonome.domain.value import value
from autonome.ledger.queries.query import Query
from autonome.ledger.types import utc

__all__ = ["Trip", "trips", "turnover"]

_TRIPS: Final = """
    SELECT "side"::text, "quantity" * "entryPrice", "realizedPnl", "openedAt", "closedAt"
    FROM "Orders" WHERE "modelId" = :model ORDER BY "openedAt", "id"
"""
_TURNOVER: Final = """
    SELECT coalesce(sum("quantity" * "price"), 0) FROM "Fills" WHERE "modelId" = :model
"""


@value
class Trip:
    """A trade, or a position that is open."""

    side: OrderSide
    entry_notional: Decimal
    """Quote, above zero."""
    realized_pnl: Decimal | None
    """Net (quote, in cents), ``None`` while it is open."""
    opened_at: datetime
    closed_at: datetime | None


def trips(model_id: str) -> Query[Trip]:
    """Return the trades and positions of a model, the first opened first."""
    return Query(text(_TRIPS).bindparams(model=model_id), _trip)


def turnover(model_id: str) -> Query[Decimal]:
    """Return the sum of the notionals of all fills of a model (quote)."""
    return Query(text(_TURNOVER).bindparams(model=model_id), _sum)


def _trip(row: Row[Any]) -> Trip:
    side, notional, pnl, opened_at, closed_at = tuple[Any, ...](row)
    return Trip(
        side=OrderSide(side),
        entry_notional=notional,
        realized_pnl=pnl,
        opened_at=utc(opened_at),
        closed_at=None if closed_at is None else utc(closed_at),
    )


def _sum(row: Row[Any]) -> Decimal:
    (total,) = tuple[Any, ...](row)
    return Decimal(total)
