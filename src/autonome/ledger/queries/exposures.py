"""What whole accounts are exposed to now: cash flow, and each symbol at its last mark."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import text

from autonome.domain.value import value
from autonome.ledger.queries.query import Query, to

__all__ = ["Exposure", "exposures"]

# As `arm_figures` sums a cash flow; a symbol that only fills or only a row knows comes as well.
_EXPOSURES = """
    WITH traded AS (
        SELECT f."modelId", f."symbol", sum(signed) AS size,
               sum(signed * f."price" + f."fee") AS cost
        FROM "Fills" f, LATERAL (
            SELECT CASE f."side" WHEN 'BUY' THEN f."quantity" ELSE -f."quantity" END
        ) s (signed)
        WHERE f."modelId" = ANY(:models) GROUP BY f."modelId", f."symbol"
    ), held AS (
        SELECT "modelId", "symbol", CASE "side" WHEN 'LONG' THEN "quantity" ELSE -"quantity" END
               AS size
        FROM "Orders" WHERE "modelId" = ANY(:models) AND "status" = 'OPEN'
    ), account AS (
        SELECT a."modelId", a."startingCapital"
               - (SELECT coalesce(sum(t.cost), 0) FROM traded t WHERE t."modelId" = a."modelId")
               + (SELECT coalesce(sum(y."amount"), 0) FROM "Payments" y
                  WHERE y."modelId" = a."modelId" AND y."kind" <> 'INFERENCE') AS cash_flow
        FROM "Arms" a WHERE a."modelId" = ANY(:models)
    )
    SELECT "modelId", account.cash_flow, "symbol", coalesce(traded.size, 0),
           coalesce(held.size, 0), last.price
    FROM account JOIN (traded FULL JOIN held USING ("modelId", "symbol")) USING ("modelId")
    LEFT JOIN LATERAL (
        SELECT m."price" FROM "Marks" m WHERE m."symbol" = coalesce(traded."symbol", held."symbol")
        ORDER BY m."at" DESC LIMIT 1
    ) last ON true
    WHERE coalesce(traded.size, 0) <> 0 OR held.size IS NOT NULL
"""


@value
class Exposure:
    """One symbol of one account."""

    model_id: str
    cash_flow: Decimal
    """Of the account (quote): its NAV less the sum of ``size x mark``."""
    symbol: str
    traded_size: Decimal
    """Base units that its fills sum to; long > 0, short < 0."""
    held_size: Decimal
    """Base units of its OPEN row, signed alike; another one only where another client wrote."""
    mark_price: Decimal | None
    """The last mark (quote), ``None`` when there is none."""


def exposures(model_ids: Sequence[str]) -> Query[Exposure]:
    """Return what the accounts of some models are exposed to, in no order."""
    return Query(text(_EXPOSURES).bindparams(models=list(model_ids)), to(Exposure))
