"""NAV of some models over a range, as finely as a bounded number of rows can say it.

Instants and cents travel as packed 64-bit integers: a year of 100 arms is one row for each arm.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row, text

from autonome.domain.value import value
from autonome.ledger.codec import instant_text
from autonome.ledger.queries.query import Query
from autonome.ledger.types import utc

__all__ = [
    "MOST_ROWS",
    "InferencePaid",
    "NavRange",
    "NavSeries",
    "Resolution",
    "inference_paid",
    "missed_cycles",
    "nav_ranges",
    "nav_series",
    "unpacked",
]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_YEAR_2000_US: Final = 946_684_800_000_000
"""PostgreSQL counts from then on."""
MOST_ROWS: Final = 50_000
"""Rows that one question may read, of all models together."""


class Resolution(Enum):
    """What the points of a series were taken from."""

    MINUTE = "minute"
    """Every NAV point."""
    HOUR = "hour"
    """First, lowest, highest and last point of each hour."""
    DAY = "day"
    """The same of each day."""

    @property
    def width(self) -> timedelta:
        """Return how long one row covers."""
        return timedelta(**{f"{self.value}s": 1})


_ROLLUPS: Final = {Resolution.HOUR: "NavHours", Resolution.DAY: "NavDays"}


@value
class NavRange:
    """Between which instants a model has NAV points."""

    model_id: str
    first: datetime
    last: datetime
    whole_from: datetime | None
    """From here on every point is kept; ``None`` where only closes are."""


@value
class NavSeries:
    """NAV points of one model by time, no instant twice."""

    model_id: str
    at_us: NDArray[np.int64]
    """Shape (n,); microseconds since 1970 UTC, ascending."""
    cents: NDArray[np.int64]
    """Shape (n,); quote."""


@value
class InferencePaid:
    """What one model's inference cost, payment by payment."""

    model_id: str
    at_us: NDArray[np.int64]
    """Shape (n,); microseconds since 1970 UTC, ascending."""
    amount: NDArray[np.int64]
    """Shape (n,); 1e-8 of quote received, so not above zero."""


_RANGES: Final = """
    SELECT m."id", first."firstAt", last."lastAt", whole."start"
    FROM unnest(CAST(:models AS text[])) AS asked (id)
    JOIN "Models" m ON m."id" = asked.id
    JOIN LATERAL (SELECT "firstAt" FROM "NavDays" d WHERE d."modelId" = m."id"
                  ORDER BY "start" LIMIT 1) first ON true
    JOIN LATERAL (SELECT "lastAt" FROM "NavDays" d WHERE d."modelId" = m."id"
                  ORDER BY "start" DESC LIMIT 1) last ON true
    LEFT JOIN LATERAL (SELECT "start" FROM "NavHours" h
                       WHERE h."modelId" = m."id" AND NOT h."thinned"
                       ORDER BY "start" LIMIT 1) whole ON true
"""
_POINTS: Final = """
    SELECT "createdAt" AS at, "netPortfolio" AS nav FROM "PortfolioSize" p
    WHERE p."modelId" = asked.id
      AND p."createdAt" BETWEEN CAST(:start AS timestamp) AND CAST(:end AS timestamp)
"""
_PAIR: Final = (
    "string_agg(timestamp_send({at}), ''::bytea),"
    " string_agg(int8send(({number} * {unit})::bigint), ''::bytea)"
)
# A column for each edge costs half of what a row for each would.
_EDGES: Final = ", ".join(
    _PAIR.format(at=f'"{edge}At"', number=f'"{edge}"', unit=100)
    for edge in ("first", "lowest", "highest", "last")
)
_ROLLED: Final = f"""
    SELECT "modelId", {_EDGES} FROM "{{table}}"
    WHERE "modelId" = ANY(CAST(:models AS text[]))
      AND "start" BETWEEN date_trunc('{{unit}}', CAST(:start AS timestamp))
                      AND CAST(:end AS timestamp)
    GROUP BY "modelId"
"""
_PACKED: Final = """
    SELECT asked.id, {pair} FROM unnest(CAST(:models AS text[])) AS asked (id),
         LATERAL ({points}) point
    GROUP BY asked.id
"""
_MISSED: Final = """
    SELECT "modelId", "createdAt" FROM "Invocations"
    WHERE "modelId" = ANY(CAST(:models AS text[]))
      AND "createdAt" BETWEEN CAST(:start AS timestamp) AND CAST(:end AS timestamp)
      AND "responsePayload" ->> 'state' = 'MISSED'
    ORDER BY "createdAt"
"""
_INFERENCE: Final = """
    SELECT "occurredAt" AS at, "amount" AS nav FROM "Payments" y
    WHERE y."modelId" = asked.id AND y."kind" = 'INFERENCE'
      AND y."occurredAt" <= CAST(:end AS timestamp)
"""


def nav_ranges(model_ids: list[str]) -> Query[NavRange]:
    """Return the range of each model that has a NAV point."""
    statement = text(_RANGES).bindparams(models=model_ids)
    return Query(statement, _range)


def _range(row: Row[Any]) -> NavRange:
    model_id, first, last, whole = tuple[Any, ...](row)
    return NavRange(
        model_id=model_id,
        first=utc(first),
        last=utc(last),
        whole_from=None if whole is None else utc(whole),
    )


def nav_series(
    model_ids: list[str], *, start: datetime, end: datetime, resolution: Resolution
) -> Query[NavSeries]:
    """Return the points of each model in [``start``, ``end``] that its resolution knows."""
    if resolution is Resolution.MINUTE:
        sql = _packed(_POINTS, unit=100)
    else:
        sql = _ROLLED.format(table=_ROLLUPS[resolution], unit=resolution.value)
    statement = text(sql).bindparams(
        models=model_ids, start=instant_text(start), end=instant_text(end)
    )
    return Query(statement, lambda row: _series(row, start=start, end=end))


def _packed(points: str, *, unit: int) -> str:
    """Return the SQL of ``points`` packed, numbers in units of 1 / ``unit``."""
    return _PACKED.format(points=points, pair=_PAIR.format(at="at", number="nav", unit=unit))


def inference_paid(model_ids: list[str], *, end: datetime) -> Query[InferencePaid]:
    """Return what each model's inference cost up to ``end``; models without cost are left out."""
    statement = text(_packed(_INFERENCE, unit=100_000_000)).bindparams(
        models=model_ids, end=instant_text(end)
    )
    return Query(statement, _paid)


def missed_cycles(
    model_ids: list[str], *, start: datetime, end: datetime
) -> Query[tuple[str, datetime]]:
    """Return model and instant of each cycle in the range that a model missed, oldest first."""
    statement = text(_MISSED).bindparams(
        models=model_ids, start=instant_text(start), end=instant_text(end)
    )
    return Query(statement, _missed)


def _missed(row: Row[Any]) -> tuple[str, datetime]:
    model_id, at = tuple[Any, ...](row)
    return model_id, utc(at)


def _series(row: Row[Any], *, start: datetime, end: datetime) -> NavSeries:
    model_id, *packed = tuple[Any, ...](row)
    at_us, first = np.unique(_instants(b"".join(packed[0::2])), return_index=True)
    cents = unpacked(b"".join(packed[1::2]))[first]
    # The first and the last row reach beyond the range.
    begin = np.searchsorted(at_us, _us_of(start), side="left")
    after = np.searchsorted(at_us, _us_of(end), side="right")
    return NavSeries(model_id=model_id, at_us=at_us[begin:after], cents=cents[begin:after])


def _us_of(at: datetime) -> int:
    """Return an aware instant as microseconds since 1970 UTC."""
    return (at - _EPOCH) // _MICROSECOND


def _paid(row: Row[Any]) -> InferencePaid:
    model_id, at, amount = tuple[Any, ...](row)
    at_us = _instants(at)
    order = np.argsort(at_us, kind="stable")
    return InferencePaid(model_id=model_id, at_us=at_us[order], amount=unpacked(amount)[order])


def _instants(packed: bytes) -> NDArray[np.int64]:
    """Return instants as ``timestamp_send`` wrote them, in microseconds since 1970 UTC."""
    return unpacked(packed) + _YEAR_2000_US


def unpacked(packed: bytes) -> NDArray[np.int64]:
    """Return the 64-bit integers that ``int8send`` wrote one after the other."""
    return np.frombuffer(packed, dtype=">i8").astype(np.int64)
