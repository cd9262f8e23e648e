"""Add NAV per hour and per day, and fill both from the points that are there."""

from __future__ import annotations

from alembic import op

__all__ = ["down_revision", "revision", "upgrade"]

revision = "0005"
down_revision = "0004"

_TABLE = """
CREATE TABLE "{table}" (
    "modelId" text NOT NULL CONSTRAINT "{table}_modelId_Models_id_fk"
        REFERENCES "Models" ("id") ON DELETE restrict ON UPDATE cascade,
    "start" timestamp NOT NULL,
    "first" numeric(18, 2) NOT NULL,
    "firstAt" timestamp NOT NULL,
    "lowest" numeric(18, 2) NOT NULL,
    "lowestAt" timestamp NOT NULL,
    "highest" numeric(18, 2) NOT NULL,
    "highestAt" timestamp NOT NULL,
    "last" numeric(18, 2) NOT NULL,
    "lastAt" timestamp NOT NULL,
    "thinned" boolean NOT NULL DEFAULT false,
    PRIMARY KEY ("modelId", "start")
);
CREATE INDEX "{table}_whole_idx" ON "{table}" ("modelId", "start") WHERE NOT "thinned";
"""
_FILL = """
INSERT INTO "{table}" ("modelId", "start", "first", "firstAt", "lowest", "lowestAt", "highest",
                       "highestAt", "last", "lastAt")
SELECT "modelId", start, min(nav) FILTER (WHERE at = first_at), min(first_at),
       min(lowest), min(at) FILTER (WHERE nav = lowest),
       min(highest), min(at) FILTER (WHERE nav = highest),
       min(nav) FILTER (WHERE at = last_at), min(last_at)
FROM (
    SELECT *, min(nav) OVER bucket AS lowest, max(nav) OVER bucket AS highest,
           min(at) OVER bucket AS first_at, max(at) OVER bucket AS last_at
    FROM (SELECT "modelId", "createdAt" AS at, "netPortfolio" AS nav,
                 date_trunc('{unit}', "createdAt") AS start FROM "PortfolioSize") point
    WINDOW bucket AS (PARTITION BY "modelId", start)
) valued
GROUP BY "modelId", start;
"""


def upgrade() -> None:
    """Make the two tables, each filled from every NAV point."""
    connection = op.get_bind()
    for table, unit in (("NavHours", "hour"), ("NavDays", "day")):
        connection.exec_driver_sql(_TABLE.format(table=table))
        connection.exec_driver_sql(_FILL.format(table=table, unit=unit))
