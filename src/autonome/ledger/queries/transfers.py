"""Deposits and withdrawals, each with what the account was worth before it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Row, text

from autonome.domain.value import value
from autonome.ledger.queries.query import Query

__all__ = ["Transfer", "transfers"]

# Where nothing is held, cash is all that an account is worth. What comes after the newest NAV
# point is in no NAV yet.
_TRANSFERS: Final = """
    SELECT y."modelId", (extract(epoch FROM y."occurredAt") * 1000000)::bigint, y."amount",
           CASE WHEN NOT EXISTS (
               SELECT FROM "Fills" f
               WHERE f."modelId" = y."modelId" AND f."filledAt" <= y."occurredAt"
               GROUP BY f."symbol"
               HAVING sum(f."quantity" * CASE f."side" WHEN 'SELL' THEN -1 ELSE 1 END) <> 0
           ) THEN
               a."startingCapital" + (
                   SELECT coalesce(sum(f."quantity" * f."price"
                                       * CASE f."side" WHEN 'SELL' THEN 1 ELSE -1 END
                                       - f."fee"), 0)
                   FROM "Fills" f
                   WHERE f."modelId" = y."modelId" AND f."filledAt" <= y."occurredAt"
               ) + (
                   SELECT coalesce(sum(p."amount"), 0) FROM "Payments" p
                   WHERE p."modelId" = y."modelId" AND p."kind" <> 'INFERENCE'
                     AND (p."occurredAt", p."id") < (y."occurredAt", y."id")
               )
           END
    FROM "Payments" y JOIN "Arms" a ON a."modelId" = y."modelId"
    WHERE y."kind" IN ('DEPOSIT', 'WITHDRAWAL')
      AND y."occurredAt" <= (SELECT max(h."lastAt") FROM "NavHours" h
                             WHERE h."modelId" = y."modelId")
    ORDER BY y."modelId", y."occurredAt", y."id"
"""


@value
class Transfer:
    """Money that was paid into an account, or out of it."""

    model_id: str
    at_us: int
    """Microseconds since 1970 UTC."""
    amount: Decimal
    """Quote; negative when paid out."""
    before: Decimal | None
    """NAV before it (quote); ``None`` where something was held."""


def transfers() -> Query[Transfer]:
    """Return every transfer that a NAV point knows of, by model and time."""
    return Query(text(_TRANSFERS), _transfer)


def _transfer(row: Row[Any]) -> Transfer:
    model_id, at_us, amount, before = tuple[Any, ...](row)
    return Transfer(
        model_id=model_id,
        at_us=at_us,
        amount=amount,
        before=before,
    )
