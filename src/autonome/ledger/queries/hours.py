"""What statistics of all arms are computed from: closes of hours, payments by hour, who competes.

Long series travel packed, as in ``nav_history``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row, text

from autonome.domain.choices import ArmKind
from autonome.domain.money import ZERO
from autonome.domain.value import value
from autonome.ledger.queries.nav_history import unpacked
from autonome.ledger.queries.query import Query
from autonome.ledger.types import utc

__all__ = [
    "Competitor",
    "HourlyCloses",
    "HourlyPayments",
    "competitors",
    "hourly_closes",
    "hourly_payments",
    "inference_since",
    "missed_counts",
]

_CLOSES: Final = """
    SELECT h."modelId",
           string_agg(int8send((extract(epoch FROM h."start") / 3600)::bigint), ''::bytea
                      ORDER BY h."start"),
           string_agg(int8send((h."last" * 100)::bigint), ''::bytea ORDER BY h."start"),
           (array_agg(h."lastAt" >= h."start" + interval '59 minutes'
                      ORDER BY h."start" DESC))[1]
    FROM "NavHours" h JOIN "Arms" a ON a."modelId" = h."modelId"
    GROUP BY h."modelId" ORDER BY h."modelId"
"""
_PAYMENTS: Final = """
    SELECT "modelId",
           string_agg(int8send((extract(epoch FROM start) / 3600)::bigint), ''::bytea
                      ORDER BY start),
           string_agg(int8send((inference * 100000000)::bigint), ''::bytea ORDER BY start)
    FROM (
        SELECT "modelId", date_trunc('hour', "occurredAt") AS start, sum("amount") AS inference
        FROM "Payments" WHERE "kind" = 'INFERENCE'
        GROUP BY 1, 2
    ) paid
    GROUP BY "modelId"
"""
_COMPETITORS: Final = """
    SELECT m."id", m."name", m."variant"::text, a."kind", a."replica",
           a."settings", a."startingCapital", a."haltedReason",
           nav."last", nav."lastAt", trades.count, paid.transferred
    FROM "Arms" a JOIN "Models" m ON m."id" = a."modelId"
    LEFT JOIN LATERAL (
        SELECT h."last", h."lastAt" FROM "NavHours" h WHERE h."modelId" = m."id"
        ORDER BY h."start" DESC LIMIT 1
    ) nav ON true
    CROSS JOIN LATERAL (
        SELECT count(*) FROM "Orders" o
        WHERE o."modelId" = m."id" AND o."status" = 'CLOSED'
    ) trades
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(y."amount"), 0) AS transferred FROM "Payments" y
        WHERE y."modelId" = m."id" AND y."kind" IN ('DEPOSIT', 'WITHDRAWAL')
          AND y."occurredAt" <= nav."lastAt"
    ) paid
    ORDER BY m."name", m."variant"
"""
_INFERENCE_SINCE: Final = """
    SELECT asked.id, sum(y."amount")
    FROM unnest(CAST(:ids AS text[]), CAST(:hours AS bigint[])) AS asked(id, hour)
    CROSS JOIN LATERAL (
        SELECT h."lastAt" FROM "NavHours" h WHERE h."modelId" = asked.id
        ORDER BY h."start" DESC LIMIT 1
    ) nav
    JOIN "Payments" y ON y."modelId" = asked.id AND y."kind" = 'INFERENCE'
        AND y."occurredAt" <= nav."lastAt"
        AND y."occurredAt" >= to_timestamp(asked.hour * 3600) AT TIME ZONE 'UTC'
    GROUP BY asked.id
"""
_MISSED: Final = """
    SELECT "modelId", count(*) FROM "Invocations"
    WHERE "responsePayload" ->> 'state' = 'MISSED' GROUP BY "modelId"
"""


@value
class HourlyCloses:
    """The last NAV of each hour of one model."""

    model_id: str
    hour: NDArray[np.int64]
    """Shape (n,); hours since 1970 UTC, ascending; hours without a point are left out."""
    cents: NDArray[np.int64]
    """Shape (n,); quote."""
    is_whole: bool
    """Whether the last hour has come to its end."""


@value
class HourlyPayments:
    """What inference of one model cost, by hour."""

    model_id: str
    hour: NDArray[np.int64]
    """Shape (n,); hours since 1970 UTC, ascending."""
    inference: NDArray[np.int64]
    """Shape (n,); 1e-8 of quote received, so not above zero."""


@value
class Competitor:
    """An arm as a leaderboard names it."""

    model_id: str
    name: str
    variant: str
    kind: ArmKind
    replica: int
    settings: dict[str, Any]
    starting_capital: Decimal
    halted_reason: str | None
    nav: Decimal | None
    """The newest point (quote), ``None`` while there is none."""
    nav_at: datetime | None
    trades: int
    transferred: Decimal = ZERO
    """Deposits less withdrawals up to the newest point (quote)."""


def hourly_closes() -> Query[HourlyCloses]:
    """Return the closes of every arm that was valued, by model id."""
    return Query(text(_CLOSES), _closes)


def hourly_payments() -> Query[HourlyPayments]:
    """Return the inference of every model that has any."""
    return Query(text(_PAYMENTS), _payments)


def competitors() -> Query[Competitor]:
    """Return every arm, by name."""
    return Query(text(_COMPETITORS), _competitor)


def inference_since(hours: Mapping[str, int]) -> Query[tuple[str, Decimal]]:
    """Return what inference of models came to from an hour of each up to its newest NAV point.

    ``hours`` is by model id, since 1970 UTC. Amounts are quote received, so below zero; models
    without any are left out.
    """
    statement = text(_INFERENCE_SINCE).bindparams(ids=list(hours), hours=list(hours.values()))
    return Query(statement, _amount)


def missed_counts() -> Query[tuple[str, int]]:
    """Return how many cycles each model missed; reads every invocation."""
    return Query(text(_MISSED), _missed)


def _closes(row: Row[Any]) -> HourlyCloses:
    model_id, hour, cents, is_whole = tuple[Any, ...](row)
    return HourlyCloses(
        model_id=model_id, hour=unpacked(hour), cents=unpacked(cents), is_whole=is_whole
    )


def _payments(row: Row[Any]) -> HourlyPayments:
    model_id, hour, inference = tuple[Any, ...](row)
    return HourlyPayments(
        model_id=model_id,
        hour=unpacked(hour),
        inference=unpacked(inference),
    )


def _competitor(row: Row[Any]) -> Competitor:
    *columns, nav_at, trades, transferred = tuple[Any, ...](row)
    model_id, name, variant, kind, replica, settings, capital, halted, nav = columns
    return Competitor(
        model_id=model_id,
        name=name,
        variant=variant,
        kind=ArmKind(kind),
        replica=replica,
        settings=settings,
        starting_capital=capital,
        halted_reason=halted,
        nav=nav,
        nav_at=None if nav_at is None else utc(nav_at),
        trades=trades,
        transferred=transferred,
    )


def _amount(row: Row[Any]) -> tuple[str, Decimal]:
    model_id, amount = tuple[Any, ...](row)
    return model_id, amount


def _missed(row: Row[Any]) -> tuple[str, int]:
    model_id, count = tuple[Any, ...](row)
    return model_id, count
