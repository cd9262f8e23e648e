"""The rows that an audit walks, read as whole numbers, and the order in which money moved."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final, LiteralString, NamedTuple

import psycopg

__all__ = [
    "ADOPTED",
    "FUNDING",
    "Connection",
    "Fill",
    "Model",
    "Order",
    "Payment",
    "aware",
    "fills_of",
    "marks_of",
    "models",
    "moved",
    "nav_of",
    "orders_of",
    "payments_of",
]

Connection = psycopg.Connection[Any]

ADOPTED: Final = "ADOPTED"
FUNDING: Final = "FUNDING"
_AFTER_FILLS: Final = frozenset({"LIQUIDATION_FEE", "SHORTFALL", ADOPTED})
"""Payments that follow from the fills of their instant; all others come before them."""
_LATER: Final = timedelta(microseconds=1)
_POINTS_AT_ONCE: Final = 20_000
_PARTS: Final = re.compile(r"\d+|\D+")


class Model(NamedTuple):
    """A model, and the arm that runs it."""

    id: str
    name: str
    capital: int | None
    """1e-8 quote; ``None`` without an arm."""
    is_adopted: bool


class Order(NamedTuple):
    """A row of ``"Orders"``."""

    id: str
    symbol: str
    side: str
    quantity: int
    entry_price: int
    status: str
    exit_price: int | None
    realized_cents: int | None
    close_trigger: str | None
    opened_at: datetime
    closed_at: datetime | None


class Fill(NamedTuple):
    """A row of ``"Fills"``, with the purpose of its intent."""

    id: str
    order_id: str
    symbol: str
    number: str
    part: int
    quantity: int
    """1e-8 base units; BUY > 0."""
    price: int
    fee: int
    liquidity: str
    at: datetime
    purpose: str | None
    tool_call_id: str | None
    """What asked for it; ``None`` where an exit rule did."""

    @property
    def counted_from(self) -> datetime:
        """Return the first instant whose NAV point counts it: one after its own."""
        return self.at + _LATER

    @property
    def turn(self) -> tuple[object, ...]:
        """Return the key of the order in which money moved."""
        return (self.at, 1, _natural(self.number), self.part)


class Payment(NamedTuple):
    """A row of ``"Payments"``."""

    id: str
    order_id: str | None
    kind: str
    amount: int
    at: datetime

    @property
    def counted_from(self) -> datetime:
        """Return the first instant whose NAV point counts it."""
        return self.at + _LATER if self.kind in _AFTER_FILLS else self.at

    @property
    def turn(self) -> tuple[object, ...]:
        """Return the key of the order in which money moved."""
        # A shortfall makes up for all that went before it.
        rank = 0 if self.kind not in _AFTER_FILLS else 3 if self.kind == "SHORTFALL" else 2
        return (self.at, rank, (), self.id)


def _natural(number: str) -> tuple[tuple[bool, int, str], ...]:
    """Return a venue's number as a key that sorts digits by value: 9, then 9:2, 9:10, then 10."""
    parts: list[str] = _PARTS.findall(number)
    return tuple((False, int(part), "") if part.isdecimal() else (True, 0, part) for part in parts)


def moved(fills: list[Fill], payments: list[Payment]) -> list[Fill | Payment]:
    """Return fills and payments in the order in which they moved money.

    At one instant: funding and transfers, then fills by the venue's number and part, then what a
    liquidation cost. Inference is left out, for NAV does not count it.
    """
    counted = [payment for payment in payments if payment.kind != "INFERENCE"]
    return sorted([*fills, *counted], key=lambda each: each.turn)


def aware(at: datetime) -> datetime:
    """Return an instant of a column without zone as what it is, UTC."""
    return at.replace(tzinfo=UTC)


_MODELS: Final = """
    SELECT m."id", m."name", (a."startingCapital" * 100000000)::bigint,
           coalesce(a."settings" @> '{"adopted": true}', false)
    FROM "Models" m LEFT JOIN "Arms" a ON a."modelId" = m."id" ORDER BY m."name", m."id"
"""
_ORDERS: Final = """
    SELECT "id", "symbol", "side"::text, ("quantity" * 100000000)::bigint,
           ("entryPrice" * 100000000)::bigint, "status"::text, ("exitPrice" * 100000000)::bigint,
           ("realizedPnl" * 100)::bigint, "closeTrigger", "openedAt", "closedAt"
    FROM "Orders" WHERE "modelId" = %s
"""
_FILLS: Final = """
    SELECT f."id", f."orderId", f."symbol", f."venueFillId", f."part",
           (f."quantity" * CASE f."side" WHEN 'BUY' THEN 100000000 ELSE -100000000 END)::bigint,
           (f."price" * 100000000)::bigint, (f."fee" * 100000000)::bigint, f."liquidity",
           f."filledAt", i."purpose", i."toolCallId"
    FROM "Fills" f LEFT JOIN "Intents" i ON i."id" = f."intentId" WHERE f."modelId" = %s
"""
_PAYMENTS: Final = """
    SELECT "id", "orderId", "kind", ("amount" * 100000000)::bigint, "occurredAt"
    FROM "Payments" WHERE "modelId" = %s
"""
# Points that are no longer kept stand in the rollups of their hours.
_NAV: Final = """
    SELECT "id", "createdAt", ("netPortfolio" * 100)::bigint
    FROM "PortfolioSize" WHERE "modelId" = %(model)s
    UNION ALL
    SELECT 'NavHours ' || h."modelId", edge.at, (edge.nav * 100)::bigint
    FROM "NavHours" h CROSS JOIN LATERAL (
        VALUES (h."firstAt", h."first") UNION VALUES (h."lowestAt", h."lowest")
        UNION VALUES (h."highestAt", h."highest")
    ) AS edge (at, nav)
    WHERE h."modelId" = %(model)s AND h."thinned" AND edge.at <> h."lastAt"
    ORDER BY 2, 1
"""
_MARKS: Final = """SELECT "symbol", "at", ("price" * 100000000)::bigint FROM "Marks" """


def models(connection: Connection) -> list[Model]:
    """Return every model, by name."""
    return [Model(*row) for row in connection.execute(_MODELS)]


def orders_of(connection: Connection, model_id: str) -> dict[str, Order]:
    """Return the orders of a model by id."""
    return {row[0]: Order(*row) for row in _rows(connection, _ORDERS, model_id)}


def fills_of(connection: Connection, model_id: str) -> list[Fill]:
    """Return the fills of a model, in no order."""
    return [Fill(*row) for row in _rows(connection, _FILLS, model_id)]


def payments_of(connection: Connection, model_id: str) -> list[Payment]:
    """Return the payments of a model, in no order."""
    return [Payment(*row) for row in _rows(connection, _PAYMENTS, model_id)]


def _rows(
    connection: Connection, query: LiteralString, model_id: str
) -> psycopg.Cursor[tuple[Any, ...]]:
    return connection.execute(query, (model_id,), binary=True)


def marks_of(connection: Connection) -> dict[str, dict[datetime, int]]:
    """Return the marks (1e-8 quote) by symbol and instant."""
    marks: dict[str, dict[datetime, int]] = {}
    with connection.cursor("marks") as cursor:
        cursor.execute(_MARKS, binary=True)
        while rows := cursor.fetchmany(_POINTS_AT_ONCE):
            for symbol, at, price in rows:
                marks.setdefault(symbol, {})[at] = price
    return marks


def nav_of(connection: Connection, model_id: str) -> Iterator[list[tuple[str, datetime, int]]]:
    """Yield the NAV points (id, instant, cents) of a model by time, some thousands at once."""
    with connection.cursor("nav") as cursor:
        cursor.execute(_NAV, {"model": model_id}, binary=True)
        while rows := cursor.fetchmany(_POINTS_AT_ONCE):
            yield rows
