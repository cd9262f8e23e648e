"""NAV per hour and per day: first, lowest, highest and last with their instants, as SQL.

Merging is idempotent and in no order: the earliest first, the lowest low, the highest high, the
latest last. So whatever was rolled up twice, late or after a crash says the same; an hour runs
from its beginning, included, to the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import psycopg

from autonome.ledger.codec import instant_text
from autonome.ledger.rows import PortfolioSnapshot

__all__ = [
    "ROLLUPS",
    "fill_rollups",
    "merge_sql",
    "merging_rollups",
    "roll_up_new",
    "roll_up_run",
]

ROLLUPS: Final = {"NavHours": "hour", "NavDays": "day"}
"""The unit of each table of rollups."""

_COLUMNS: Final = (
    '"modelId", "start", "first", "firstAt", "lowest", "lowestAt", "highest", "highestAt",'
    ' "last", "lastAt"'
)
_ALL: Final = 'SELECT "modelId", "createdAt" AS at, "netPortfolio" AS nav FROM "PortfolioSize" p'
_RUN: Final = (
    f'{_ALL} WHERE "modelId" = %(model_id)s'
    ' AND "createdAt" BETWEEN %(first)s::timestamp AND %(last)s::timestamp'
)
# What another client writes, it writes without us: its newest points are rolled up later.
_NEW: Final = """
    SELECT p."modelId", p."createdAt" AS at, p."netPortfolio" AS nav
    FROM "Models" m
    LEFT JOIN LATERAL (
        SELECT h."lastAt" FROM "NavHours" h WHERE h."modelId" = m."id"
        ORDER BY h."start" DESC LIMIT 1
    ) known ON true
    JOIN "PortfolioSize" p
        ON p."modelId" = m."id" AND p."createdAt" > coalesce(known."lastAt", '-infinity')
"""
# A day's first, lowest, highest and last are among those of its hours.
_OF_HOURS: Final = """
    SELECT h."modelId", edge.at, edge.nav FROM "NavHours" h CROSS JOIN LATERAL (
        VALUES (h."firstAt", h."first"), (h."lowestAt", h."lowest"),
               (h."highestAt", h."highest"), (h."lastAt", h."last")
    ) AS edge (at, nav)
"""
_MERGED: Final = """
ON CONFLICT ("modelId", "start") DO UPDATE SET
    "first" = CASE WHEN excluded."firstAt" < known."firstAt"
                   THEN excluded."first" ELSE known."first" END,
    "firstAt" = least(excluded."firstAt", known."firstAt"),
    "lowest" = least(excluded."lowest", known."lowest"),
    "lowestAt" = CASE WHEN excluded."lowest" < known."lowest" THEN excluded."lowestAt"
                      WHEN excluded."lowest" > known."lowest" THEN known."lowestAt"
                      ELSE least(excluded."lowestAt", known."lowestAt") END,
    "highest" = greatest(excluded."highest", known."highest"),
    "highestAt" = CASE WHEN excluded."highest" > known."highest" THEN excluded."highestAt"
                       WHEN excluded."highest" < known."highest" THEN known."highestAt"
                       ELSE least(excluded."highestAt", known."highestAt") END,
    "last" = CASE WHEN excluded."lastAt" > known."lastAt"
                  THEN excluded."last" ELSE known."last" END,
    "lastAt" = greatest(excluded."lastAt", known."lastAt")
"""


def _rolled(table: str, points: str) -> str:
    """Return the INSERT of a rollup of ``points``: a SELECT of "modelId", at and nav."""
    return f"""
INSERT INTO "{table}" AS known ({_COLUMNS})
SELECT "modelId", start, min(nav) FILTER (WHERE at = first_at), min(first_at),
       min(lowest), min(at) FILTER (WHERE nav = lowest),
       min(highest), min(at) FILTER (WHERE nav = highest),
       min(nav) FILTER (WHERE at = last_at), min(last_at)
FROM (
    SELECT *, min(nav) OVER bucket AS lowest, max(nav) OVER bucket AS highest,
           min(at) OVER bucket AS first_at, max(at) OVER bucket AS last_at
    FROM (SELECT *, date_trunc('{ROLLUPS[table]}', at) AS start FROM ({points}) point) point
    WINDOW bucket AS (PARTITION BY "modelId", start)
) valued
GROUP BY "modelId", start ORDER BY "modelId", start"""


def merge_sql(table: str, points: str) -> str:
    """Return the statement that merges ``points`` into a table of rollups.

    ``points`` is a SELECT of "modelId", at and nav.
    """
    return f"{_rolled(table, points)} {_MERGED}"


def merging_rollups(points: str) -> str:
    """Return the data-modifying CTEs that merge ``points`` into both tables."""
    return ", ".join(f'"{table} merged" AS ({merge_sql(table, points)})' for table in ROLLUPS)


def fill_rollups(connection: psycopg.Connection[Any]) -> None:
    """Roll up every NAV point of an arena whose rollups are empty; no key is needed."""
    connection.execute(_rolled("NavHours", _ALL).encode())
    connection.execute(_rolled("NavDays", _OF_HOURS).encode())


def roll_up_new(connection: psycopg.Connection[Any]) -> None:
    """Roll up each model's NAV points that are later than its rollups."""
    for table in reversed(ROLLUPS):  # Hours last: they tell what is new.
        connection.execute(merge_sql(table, _NEW).encode())


def roll_up_run(
    connection: psycopg.Connection[Any], snapshots: Sequence[PortfolioSnapshot]
) -> None:
    """Roll up points of one model, ascending, that the transaction has inserted."""
    if not snapshots:
        return
    run = {
        "model_id": snapshots[0].model_id,
        "first": instant_text(snapshots[0].created_at),
        "last": instant_text(snapshots[-1].created_at),
    }
    for table in ROLLUPS:
        connection.execute(merge_sql(table, _RUN).encode(), run)
