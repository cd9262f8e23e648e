"""Net portfolio value over time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from sqlalchemy import ColumnElement, Interval, Label, func, literal, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by

from autonome.ledger.queries.query import Query, rows_where, to
from autonome.ledger.rows import PortfolioSnapshot
from autonome.ledger.tables import models, portfolio_size
from autonome.ledger.types import Instant

__all__ = ["ORIGIN", "ModelNavBucket", "NavBucket", "nav_buckets", "nav_range", "newest_nav"]

ORIGIN: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""Where the counting of intervals begins."""
_LONGEST_LOOK_BACK: Final = timedelta(days=36_525)
"""A century: no instant before it could be named in the calendar of either side."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelNavBucket(NavBucket):
    """NAV points of a model that is named."""

    model: str
    """Display name."""


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
    bucket = _bucket(width)
    statement = (
        select(bucket, *_figures())
        .where(*_within(model_id, start, end))
        .group_by(bucket)
        .order_by(bucket)
    )
    return Query(statement, to(NavBucket))


def newest_nav(*, width: timedelta, limit: int, model: str | None = None) -> Query[ModelNavBucket]:
    """Return NAV per interval over the last ``limit`` intervals of each model, newest first.

    The last interval of a model is the one of its newest point; intervals without a point are
    left out. ``model`` names the models to look at; without it, all are.
    """
    at, bucket = portfolio_size.c.created_at, _bucket(width)
    of_model = portfolio_size.c.model_id == models.c.id
    newest = select(func.max(at)).where(of_model).correlate(models).scalar_subquery()
    start = _binned(newest, width) - literal(_back(width, limit), Interval)
    buckets = (
        select(bucket, *_figures()).where(of_model, at >= start).group_by(bucket).lateral("buckets")
    )
    statement = (
        select(*buckets.c, models.c.name)
        .select_from(models.join(buckets, true()))
        .order_by(models.c.name, models.c.variant, buckets.c.bucket.desc())
    )
    if model is not None:
        statement = statement.where(models.c.name == model)
    return Query(statement, to(ModelNavBucket))


def _back(width: timedelta, limit: int) -> timedelta:
    """Return how far before its newest interval a model is looked at."""
    return min(width * (limit - 1), _LONGEST_LOOK_BACK)


def _bucket(width: timedelta) -> Label[datetime]:
    return _binned(portfolio_size.c.created_at, width).label("bucket")


def _binned(at: ColumnElement[datetime], width: timedelta) -> ColumnElement[datetime]:
    """Return the beginning of the interval in which an instant lies."""
    return func.date_bin(literal(width, Interval), at, literal(ORIGIN, Instant), type_=Instant)


def _figures() -> tuple[Label[int] | Label[Decimal], ...]:
    """Return how many points an interval has, and the first, last, lowest and highest of them."""
    net, at = portfolio_size.c.net_portfolio, portfolio_size.c.created_at
    return (
        func.count().label("points"),
        _edge(net, at.asc()).label("first"),
        _edge(net, at.desc()).label("last"),
        func.min(net).label("lowest"),
        func.max(net).label("highest"),
    )


def _within(model_id: str, start: datetime, end: datetime) -> tuple[ColumnElement[bool], ...]:
    at = portfolio_size.c.created_at
    return portfolio_size.c.model_id == model_id, at >= start, at < end


def _edge(net: ColumnElement[Decimal], order: ColumnElement[datetime]) -> ColumnElement[Decimal]:
    """Return the first NAV of a group in the given order."""
    return func.array_agg(aggregate_order_by(net, order))[1]
