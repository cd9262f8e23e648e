"""What the rollups of NAV must say of the points that are kept, and of what they summarise."""

from __future__ import annotations

from typing import Final

__all__ = ["DAYS", "HOURS", "THINNED"]

# A whole hour says what its points say; of one that was thinned, its close is kept. What its
# other points were is compared with the statement, like every NAV point.
HOURS: Final = """
    SELECT concat_ws(' ', h."modelId", h."start"), h."modelId", h."start",
           concat_ws(' ', p.first_at, p.last_at, p.lowest, p.highest, p.last),
           concat_ws(' ', h."firstAt", h."lastAt", h."lowest", h."highest", h."last")
    FROM "NavHours" h
    JOIN "Arms" a ON a."modelId" = h."modelId" AND NOT a."settings" @> '{"adopted": true}'
    CROSS JOIN LATERAL (
        SELECT min(s."createdAt") AS first_at, max(s."createdAt") AS last_at,
               min(s."netPortfolio") AS lowest, max(s."netPortfolio") AS highest,
               max(s."netPortfolio") FILTER (WHERE s."createdAt" = h."firstAt") AS first,
               max(s."netPortfolio") FILTER (WHERE s."createdAt" = h."lastAt") AS last,
               max(s."netPortfolio") FILTER (WHERE s."createdAt" = h."lowestAt") AS at_lowest,
               max(s."netPortfolio") FILTER (WHERE s."createdAt" = h."highestAt") AS at_highest
        FROM "PortfolioSize" s WHERE s."modelId" = h."modelId"
          AND s."createdAt" >= h."start" AND s."createdAt" < h."start" + interval '1 hour'
    ) p
    WHERE CASE WHEN h."thinned"
        THEN p.last <> h."last" OR (h."lowestAt" = h."lastAt" AND h."lowest" <> h."last")
             OR (h."highestAt" = h."lastAt" AND h."highest" <> h."last")
             OR h."first" NOT BETWEEN h."lowest" AND h."highest"
             OR h."last" NOT BETWEEN h."lowest" AND h."highest"
        ELSE (p.first_at, p.last_at, p.first, p.last, p.lowest, p.highest, p.lowest, p.highest)
             IS DISTINCT FROM (h."firstAt", h."lastAt", h."first", h."last", h."lowest",
                               h."highest", p.at_lowest, p.at_highest) END"""
DAYS: Final = """
    SELECT concat_ws(' ', d."modelId", d."start"), d."modelId", d."start",
           concat_ws(' ', h.first_at, h.last_at, h.lowest, h.highest),
           concat_ws(' ', d."firstAt", d."lastAt", d."lowest", d."highest")
    FROM "NavDays" d
    JOIN "Arms" a ON a."modelId" = d."modelId" AND NOT a."settings" @> '{"adopted": true}'
    CROSS JOIN LATERAL (
        SELECT min(h."firstAt") AS first_at, max(h."lastAt") AS last_at,
               min(h."lowest") AS lowest, max(h."highest") AS highest,
               (array_agg(h."first" ORDER BY h."start"))[1] AS first,
               (array_agg(h."last" ORDER BY h."start" DESC))[1] AS last,
               (array_agg(h."lowestAt" ORDER BY h."lowest", h."start"))[1] AS lowest_at,
               (array_agg(h."highestAt" ORDER BY h."highest" DESC, h."start"))[1] AS highest_at
        FROM "NavHours" h WHERE h."modelId" = d."modelId"
          AND h."start" >= d."start" AND h."start" < d."start" + interval '1 day'
    ) h
    WHERE (h.first_at, h.last_at, h.first, h.last, h.lowest, h.highest, h.lowest_at, h.highest_at)
          IS DISTINCT FROM (d."firstAt", d."lastAt", d."first", d."last", d."lowest", d."highest",
                            d."lowestAt", d."highestAt")"""
THINNED: Final = """SELECT count(*) FROM "NavHours" WHERE "thinned" """
"""How many hours hold their rollup and their close alone."""
