"""Net portfolio value over time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from sqlalchemy import ColumnElement, Interval, func, literal, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from autonome.ledger.queries.query import Query, rows_where, to
from autonome.ledger.rows import PortfolioSnapshot
from autonome.ledger.tables import portfolio_size
from autonome.ledger.types import Instant

__all__ = ["NavBucket", "nav_buckets", "nav_range"]

_ORIGIN = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class NavBucket:
    """NAV points of one model within one interval."""

    start: datetime
    """The interval's beginning, included; its end is not."""
    points: int
    first: Decimal
    last: Decimal
    lowest: Decimal
    highest: Decimal


def nav_range(model_id: str, *, start: datetime, end: datetime) -> Query[PortfolioSnapshot]:
    """Return the NAV points of a model in [``start``, ``end``), oldest first."""
    return rows_where(
        PortfolioSnapshot,
        *_within(model_id, start, end),
        order_by=(portfolio_size.c.created_at,),
    )


def nav_buckets(
    model_id: str, *, start: datetime, end: datetime, width: timedelta
) -> Query[NavBucket]:
    """Return first, last, lowest and highest NAV per interval of ``width``, oldest first."""
    net, at = portfolio_size.c.net_portfolio, portfolio_size.c.created_at
    bucket = func.date_bin(
        literal(width, Interval), at, literal(_ORIGIN, Instant), type_=Instant
    ).label("bucket")
    statement = (
        select(
            bucket,
            func.count(),
            _edge(net, at.asc()),
            _edge(net, at.desc()),
            func.min(net),
            func.max(net),
        )
        .where(*_within(model_id, start, end))
        .group_by(bucket)
        .order_by(bucket)
    )
    return Query(statement, to(NavBucket))


def _within(model_id: str, start: datetime, end: datetime) -> tuple[ColumnElement[bool], ...]:
    at = portfolio_size.c.created_at
    return portfolio_size.c.model_id == model_id, at >= start, at < end


def _edge(net: ColumnElement[Decimal], order: ColumnElement[datetime]) -> ColumnElement[Decimal]:
    """Return the first NAV of a group in the given order."""
    return func.array_agg(aggregate_order_by(net, order))[1]
