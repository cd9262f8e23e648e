"""What the marks say of the market: the last of each symbol, and candles of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Interval, Row, func, literal, select, text
from sqlalchemy.dialects.postgresql import aggregate_order_by

from autonome.domain.choices import PaymentKind
from autonome.ledger.queries.nav import ORIGIN
from autonome.ledger.queries.pages import Page
from autonome.ledger.queries.query import Query, to
from autonome.ledger.tables import marks, orders, payments
from autonome.ledger.types import Instant, utc

__all__ = [
    "LastMark",
    "MarkCandle",
    "SettledFunding",
    "last_marks",
    "mark_candles",
    "settled_funding",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class LastMark:
    """The last mark of a symbol, and the one a day before."""

    symbol: str
    at: datetime
    price: Decimal
    day_before: Decimal | None
    """The last mark 24 to 25 hours older, ``None`` where there is none."""
    first_at: datetime
    """When its first mark was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkCandle:
    """The marks of one interval."""

    at: datetime
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledFunding:
    """One settlement of a symbol, all arms together."""

    at: datetime
    amount: Decimal
    """Quote received; negative when paid."""
    arms: int


def last_marks() -> Query[LastMark]:
    """Return the last mark of each symbol by symbol, found by leaps through the primary key."""
    statement = text("""
        WITH RECURSIVE symbols (symbol) AS (
            (SELECT symbol FROM "Marks" ORDER BY symbol LIMIT 1)
            UNION ALL
            SELECT (SELECT m.symbol FROM "Marks" m WHERE m.symbol > s.symbol
                    ORDER BY m.symbol LIMIT 1)
            FROM symbols s WHERE s.symbol IS NOT NULL
        )
        SELECT s.symbol, last.at, last.price,
               (SELECT m.price FROM "Marks" m
                WHERE m.symbol = s.symbol AND m.at <= last.at - interval '24 hours'
                  AND m.at > last.at - interval '25 hours'
                ORDER BY m.at DESC LIMIT 1),
               (SELECT m.at FROM "Marks" m WHERE m.symbol = s.symbol ORDER BY m.at LIMIT 1)
        FROM symbols s
        CROSS JOIN LATERAL (
            SELECT m.at, m.price FROM "Marks" m WHERE m.symbol = s.symbol
            ORDER BY m.at DESC LIMIT 1
        ) last
        WHERE s.symbol IS NOT NULL
        ORDER BY s.symbol
    """)

    def read(row: Row[Any]) -> LastMark:
        symbol, at, price, day_before, first_at = tuple[Any, ...](row)
        return LastMark(
            symbol=symbol,
            at=utc(at),
            price=price,
            day_before=day_before,
            first_at=utc(first_at),
        )

    return Query(statement, read)


def mark_candles(
    symbol: str, *, width: timedelta, start: datetime, end: datetime
) -> Query[MarkCandle]:
    """Return candles of a symbol's marks in [``start``, ``end``), oldest first.

    A mark is a minute's close: it belongs to the interval that ends at or after it.
    """
    minute = timedelta(minutes=1)
    opened = marks.c.at - literal(minute, Interval)
    bucket = func.date_bin(
        literal(width, Interval), opened, literal(ORIGIN, Instant), type_=Instant
    ).label("bucket")
    first = func.array_agg(aggregate_order_by(marks.c.price, marks.c.at.asc()))[1]
    last = func.array_agg(aggregate_order_by(marks.c.price, marks.c.at.desc()))[1]
    statement = (
        select(bucket, first, func.max(marks.c.price), func.min(marks.c.price), last)
        .where(marks.c.symbol == symbol, marks.c.at > start, marks.c.at <= end)
        .group_by(bucket)
        .order_by(bucket)
    )
    return Query(statement, to(MarkCandle))


def settled_funding(symbol: str, page: Page) -> Query[SettledFunding]:
    """Return one page of the settlements that arms paid or received, newest first, and one more."""
    at = payments.c.occurred_at
    statement = (
        select(at, func.sum(payments.c.amount), func.count(payments.c.model_id.distinct()))
        .select_from(payments.join(orders, orders.c.id == payments.c.order_id))
        .where(payments.c.kind == PaymentKind.FUNDING, orders.c.symbol == symbol)
        .group_by(at)
        .order_by(at.desc())
        .limit(page.limit + 1)
    )
    if page.after is not None:
        statement = statement.where(at < page.after[0])
    return Query(statement, to(SettledFunding))
