"""What whole accounts are exposed to now: cash flow, and each symbol at its last mark."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import text

from autonome.domain.value import value
from autonome.ledger.queries.query import Query, to

__all__ = ["Exposure", "exposures"]

# A running arm remembers its cash flow, so that the sum of all it ever did is not made each time;
# others are summed as `arm_figures` does. A symbol that fills or a row alone know comes as well.
_EXPOSURES = """
    WITH remembered AS (
        SELECT "modelId", ("state"->>'cashFlow')::numeric AS cash_flow FROM "ArmStates"
        WHERE "modelId" = ANY(:models) AND "state" ? 'cashFlow'
    ), forgotten AS (
        SELECT "modelId", "startingCapital" FROM "Arms"
        WHERE "modelId" = ANY(:models) AND "modelId" NOT IN (SELECT "modelId" FROM remembered)
    ), traded AS (
        SELECT "modelId", each.* FROM forgotten a, LATERAL (
            SELECT f."symbol", sum(signed) AS size, sum(signed * f."price" + f."fee") AS cost
            FROM "Fills" f, LATERAL (
                SELECT CASE f."side" WHEN 'BUY' THEN f."quantity" ELSE -f."quantity" END
            ) s (signed)
            WHERE f."modelId" = a."modelId" GROUP BY f."symbol"
        ) each
    ), account AS (
        SELECT "modelId", cash_flow, true AS is_remembered FROM remembered
        UNION ALL
        SELECT a."modelId", a."startingCapital"
               - (SELECT coalesce(sum(t.cost), 0) FROM traded t WHERE t."modelId" = a."modelId")
               + (SELECT coalesce(sum(y."amount"), 0) FROM "Payments" y
                  WHERE y."modelId" = a."modelId" AND y."kind" <> 'INFERENCE'), false
        FROM forgotten a
    ), held AS (
        SELECT "modelId", "symbol", CASE "side" WHEN 'LONG' THEN "quantity" ELSE -"quantity" END
               AS size
        FROM "Orders" WHERE "modelId" = ANY(:models) AND "status" = 'OPEN'
    )
    SELECT "modelId", account.cash_flow, "symbol",
           CASE WHEN is_remembered THEN held.size ELSE coalesce(traded.size, 0) END,
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
    """Base units that its fills sum to, of an arm that runs what it holds; long > 0, short < 0."""
    held_size: Decimal
    """Base units of its OPEN row, signed alike; another one only where another client wrote."""
    mark_price: Decimal | None
    """The last mark (quote), ``None`` when there is none."""


def exposures(model_ids: Sequence[str]) -> Query[Exposure]:
    """Return what the accounts of some models are exposed to, in no order."""
    return Query(text(_EXPOSURES).bindparams(models=list(model_ids)), to(Exposure))
