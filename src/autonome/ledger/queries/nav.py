"""Net portfolio value over time, gross as it is stored or net of what inference cost so far."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Interval,
    Numeric,
    Select,
    cast,
    func,
    literal,
    null,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from autonome.domain.choices import PaymentKind
from autonome.ledger.queries.query import Query, rows_where, to
from autonome.ledger.rows import PortfolioSnapshot
from autonome.ledger.tables import models, nav_hours, payments, portfolio_size
from autonome.ledger.types import Instant

__all__ = ["ORIGIN", "ModelNavBucket", "NavBucket", "nav_buckets", "nav_range", "newest_nav"]

ORIGIN: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""Where the counting of intervals begins."""
_NEVER: Final = datetime.max.replace(tzinfo=UTC)
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
    model_id: str, *, start: datetime, end: datetime, width: timedelta, net: bool = False
) -> Query[NavBucket]:
    """Return first, last, lowest and highest NAV per interval of ``width``, oldest first."""
    since = cast(literal(start, Instant), Instant)
    points = _points(literal(model_id), since, literal(end, Instant))
    if net:
        points = _net_of_inference(points, payments.c.model_id == model_id)
    buckets = _buckets(points, width)
    return Query(buckets.order_by(buckets.selected_columns.bucket), to(NavBucket))


def newest_nav(
    *, width: timedelta, limit: int, model: str | None = None, net: bool = False
) -> Query[ModelNavBucket]:
    """Return NAV per interval over the last ``limit`` intervals of each model, newest first.

    The last interval of a model is the one of its newest point; intervals without a point are
    left out. ``model`` names the models to look at; without it, all are. ``net`` takes off what
    inference had cost at each point.
    """
    at = portfolio_size.c.created_at
    newest = (
        select(func.max(at))
        .where(portfolio_size.c.model_id == models.c.id)
        .correlate(models)
        .scalar_subquery()
    )
    start = _binned(newest, width) - literal(_back(width, limit), Interval)
    points = _points(models.c.id, start, literal(_NEVER, Instant))
    if net:
        points = _net_of_inference(points, payments.c.model_id == models.c.id)
    buckets = _buckets(points, width).lateral("buckets")
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


def _points(
    model_id: ColumnElement[str], start: ColumnElement[datetime], end: ColumnElement[datetime]
) -> Select[datetime, Decimal]:
    """Return instant and NAV of a model's points in [``start``, ``end``).

    Of hours whose points were thinned, first, lowest and highest come from their rollups.
    """
    at, nav = portfolio_size.c.created_at, portfolio_size.c.net_portfolio
    selects = [
        select(at.label("at"), nav.label("nav"))
        .where(portfolio_size.c.model_id == model_id, at >= start, at < end)
        .correlate(models)
    ]
    of = nav_hours.c
    for at, nav in (
        (of.first_at, of.first),
        (of.lowest_at, of.lowest),
        (of.highest_at, of.highest),
    ):
        removed = of.thinned, at != of.last_at, at >= start, at < end
        in_range = of.start >= func.date_trunc("hour", start), of.start < end
        selects.append(
            select(at, nav).where(of.model_id == model_id, *in_range, *removed).correlate(models)
        )
    kept = union_all(*selects).subquery("kept")
    return select(kept.c.at, kept.c.nav)


def _net_of_inference(
    points: Select[datetime, Decimal], of_model: ColumnElement[bool]
) -> Select[datetime, Decimal]:
    """Return the points of one model, less what its inference had cost when each was taken."""
    nothing, no_nav = cast(0, Numeric), cast(null(), Numeric)
    paid = (
        select(payments.c.occurred_at, no_nav, payments.c.amount)
        .where(of_model, payments.c.kind == PaymentKind.INFERENCE)
        .correlate(models)
    )
    moves = points.add_columns(nothing.label("paid")).union_all(paid).subquery("moves")
    so_far = func.sum(moves.c.paid).over(order_by=moves.c.at)
    series = select(moves.c.at, moves.c.nav, so_far.label("so_far")).subquery("series")
    net = (series.c.nav + series.c.so_far).label("nav")
    return select(series.c.at, net).where(series.c.nav.is_not(None))


def _buckets(points: Select[datetime, Decimal], width: timedelta) -> Select[*tuple[Any, ...]]:
    """Return per interval how many points it has, and the first, last, lowest and highest NAV."""
    of = points.subquery("points").c
    bucket = _binned(of.at, width).label("bucket")
    return select(
        bucket,
        func.count().label("points"),
        _edge(of.nav, of.at.asc()).label("first"),
        _edge(of.nav, of.at.desc()).label("last"),
        func.min(of.nav).label("lowest"),
        func.max(of.nav).label("highest"),
    ).group_by(bucket)


def _binned(at: ColumnElement[datetime], width: timedelta) -> ColumnElement[datetime]:
    """Return the beginning of the interval in which an instant lies."""
    return func.date_bin(literal(width, Interval), at, literal(ORIGIN, Instant), type_=Instant)


def _within(model_id: str, start: datetime, end: datetime) -> tuple[ColumnElement[bool], ...]:
    at = portfolio_size.c.created_at
    return portfolio_size.c.model_id == model_id, at >= start, at < end


def _edge(nav: ColumnElement[Decimal], order: ColumnElement[datetime]) -> ColumnElement[Decimal]:
    """Return the first NAV of a group in the given order."""
    return func.array_agg(aggregate_order_by(nav, order))[1]
