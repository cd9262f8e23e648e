"""Thin old NAV points: to the closes of their hours after a week, later to those of their days.

What is removed lives on in the rollups. One call is one transaction of bounded size, which first
merges into the rollups what it is about to remove: whenever it is killed, nothing is lost, and
the next call goes on.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

import psycopg

from autonome.domain.value import value
from autonome.ledger.codec import instant_text
from autonome.ledger.rollups import merge_sql

__all__ = ["HOURS_KEPT", "MINUTES_KEPT", "Thinned", "thin_nav"]

MINUTES_KEPT: Final = timedelta(days=7)
"""So long every NAV point of a running arena is kept."""
HOURS_KEPT: Final = timedelta(days=90)
"""So long the last point of each hour is kept; after it the last of each day."""
_INTERVALS_AT_ONCE: Final = 500
"""Of one model each: at most 30,000 points in one transaction."""

_CHOSEN: Final = """
    CREATE TEMPORARY TABLE chosen ON COMMIT DROP AS
    SELECT a."modelId", r."start", r."start" + %(width)s::interval AS end
    FROM "Arms" a CROSS JOIN LATERAL (
        SELECT r."start" FROM "{table}" r
        WHERE r."modelId" = a."modelId" AND NOT r."thinned"
          AND r."start" <= %(until)s::timestamp - %(width)s::interval
        ORDER BY r."start" LIMIT %(most)s
    ) r
    WHERE NOT a."settings" @> '{{"adopted": true}}' LIMIT %(most)s
"""
_POINTS: Final = """
    SELECT p."modelId", p."createdAt" AS at, p."netPortfolio" AS nav
    FROM chosen JOIN "PortfolioSize" p ON p."modelId" = chosen."modelId"
        AND p."createdAt" >= chosen."start" AND p."createdAt" < chosen.end
"""
_REMOVE: Final = """
    DELETE FROM "PortfolioSize" p USING chosen JOIN "{table}" r USING ("modelId", "start")
    WHERE p."modelId" = chosen."modelId" AND p."createdAt" >= chosen."start"
      AND p."createdAt" < chosen.end AND p."createdAt" <> r."lastAt"
"""
_SAY_SO: Final = """
    UPDATE "{table}" r SET "thinned" = true FROM chosen
    WHERE r."modelId" = chosen."modelId" AND r."start" = chosen."start"
"""


@value
class Thinned:
    """What one call of ``thin_nav`` did."""

    intervals: int
    """Hours and days of one model each that hold their close alone from now on."""
    points: int
    """Rows that were removed."""


def thin_nav(
    connection: psycopg.Connection[Any],
    *,
    now: datetime,
    minutes_kept: timedelta = MINUTES_KEPT,
    hours_kept: timedelta = HOURS_KEPT,
    intervals_at_once: int = _INTERVALS_AT_ONCE,
) -> Thinned:
    """Remove what is older than it is kept, a bounded part of it, in one transaction.

    Call it until it has thinned no interval. Models that another client's rows made are left
    alone, and nobody calls it for a replay.

    Args:
        connection: In autocommit mode, its search path the arena.
        now: The arena's own time.
        minutes_kept: How long every point is kept.
        hours_kept: How long the last point of an hour is kept.
        intervals_at_once: Most hours, or days, of one model each in this call.
    """
    done = Thinned(intervals=0, points=0)
    ages = (("NavHours", "1 hour", minutes_kept), ("NavDays", "1 day", hours_kept))
    for table, width, age in ages:
        if not done.intervals:
            chosen = {
                "width": width,
                "until": instant_text(now - age),
                "most": intervals_at_once,
            }
            done = _thinned(connection, table, chosen)
    return done


def _thinned(connection: psycopg.Connection[Any], table: str, chosen: dict[str, object]) -> Thinned:
    with connection.transaction():
        intervals = connection.execute(_CHOSEN.format(table=table).encode(), chosen).rowcount
        for each in ("NavHours", "NavDays"):
            connection.execute(merge_sql(each, _POINTS).encode())
        removed = connection.execute(_REMOVE.format(table=table).encode()).rowcount
        connection.execute(_SAY_SO.format(table=table).encode())
        connection.execute("DROP TABLE chosen")
    return Thinned(intervals=intervals, points=removed)
