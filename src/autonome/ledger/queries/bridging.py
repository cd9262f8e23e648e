"""What an account's NAV is made of at one instant: sums of its rows, and its open positions.

As the audit counts: at an instant, funding and transfers come before the NAV point, fills and
what follows from them after it.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Row, text

from autonome.domain.choices import Side
from autonome.domain.position import Execution
from autonome.domain.value import value
from autonome.ledger.codec import instant_text
from autonome.ledger.queries.query import Query
from autonome.ledger.queries.rebuilding import Moved
from autonome.ledger.types import utc

__all__ = ["AccountSums", "account_sums", "marks_at", "moved_before"]

_SUMS: Final = """
    SELECT a."modelId", a."startingCapital", nav."netPortfolio", nav."createdAt",
           traded.flow, traded.fees, paid.*
    FROM "Arms" a
    JOIN LATERAL (
        SELECT s."netPortfolio", s."createdAt" FROM "PortfolioSize" s
        WHERE s."modelId" = a."modelId" AND s."createdAt" <= CAST(:at AS timestamp)
        ORDER BY s."createdAt" DESC LIMIT 1
    ) nav ON true
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(f."quantity" * f."price"
                            * CASE f."side" WHEN 'SELL' THEN 1 ELSE -1 END), 0) AS flow,
               coalesce(sum(f."fee"), 0) AS fees
        FROM "Fills" f WHERE f."modelId" = a."modelId" AND f."filledAt" < nav."createdAt"
    ) traded
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(amount) FILTER (WHERE kind = 'FUNDING'), 0) AS funding,
               coalesce(sum(amount) FILTER (WHERE kind = 'LIQUIDATION_FEE'), 0) AS liquidation,
               coalesce(sum(amount) FILTER (WHERE kind = 'SHORTFALL'), 0) AS shortfall,
               coalesce(sum(amount) FILTER (WHERE kind IN ('DEPOSIT', 'WITHDRAWAL')), 0)
                   AS deposits,
               coalesce(sum(amount) FILTER (WHERE kind = 'ADOPTED'), 0) AS adopted,
               coalesce(sum(amount) FILTER (WHERE kind = 'INFERENCE'), 0) AS inference
        FROM "Payments" y WHERE y."modelId" = a."modelId" AND (y."occurredAt" < nav."createdAt"
            OR (y."occurredAt" = nav."createdAt"
                AND y."kind" NOT IN ('LIQUIDATION_FEE', 'SHORTFALL', 'ADOPTED')))
    ) paid
    WHERE a."modelId" = :model
"""
_OPEN: Final = """
    WITH open AS (
        SELECT DISTINCT o."symbol", o."side", o."openedAt" FROM "Orders" o
        WHERE o."modelId" = :model AND o."openedAt" < CAST(:at AS timestamp)
          AND (o."status" = 'OPEN' OR o."closedAt" >= CAST(:at AS timestamp))
    ), born AS (
        SELECT o."id", o."symbol" FROM "Orders" o JOIN open USING ("symbol", "side", "openedAt")
        WHERE o."modelId" = :model
    )
    SELECT born."symbol", f."filledAt", f."side", f."quantity", f."price", f."fee",
           f."venueFillId", f."part", NULL::numeric
    FROM born JOIN "Fills" f ON f."orderId" = born."id"
    WHERE f."filledAt" < CAST(:at AS timestamp)
    UNION ALL
    SELECT born."symbol", y."occurredAt", NULL, NULL, NULL, NULL, NULL, NULL, y."amount"
    FROM born JOIN "Payments" y ON y."orderId" = born."id"
    WHERE y."kind" = 'FUNDING' AND y."occurredAt" <= CAST(:at AS timestamp)
"""
_MARKS: Final = """
    SELECT "symbol", "price" FROM "Marks" WHERE "at" = CAST(:at AS timestamp)
"""
_FAR_AHEAD: Final = "infinity"


@value
class AccountSums:
    """Sums over everything that one NAV point counts; quote."""

    model_id: str
    starting_capital: Decimal
    nav: Decimal
    """The NAV point, in cents."""
    nav_at: datetime
    trade_flow: Decimal
    """Sold less bought, before fees."""
    fees: Decimal
    """Paid, over all fills; a rebate is negative."""
    funding: Decimal
    """Received; negative when paid, like all that follow."""
    liquidation_fees: Decimal
    shortfall: Decimal
    deposits: Decimal
    """Less withdrawals."""
    adopted: Decimal
    """What another client's P&L said beyond its prices."""
    inference: Decimal
    """Of no NAV point."""


def account_sums(model_id: str, *, at: datetime | None = None) -> Query[AccountSums]:
    """Return the sums at a model's last NAV point, or the last at or before ``at``."""
    bound = _FAR_AHEAD if at is None else instant_text(at)
    return Query(text(_SUMS).bindparams(model=model_id, at=bound), _sums)


def moved_before(model_id: str, *, at: datetime) -> Query[Moved]:
    """Return what moved the positions that the NAV point at ``at`` counts, in no order.

    ``order_id`` is the symbol: a model holds one position of it.
    """
    return Query(text(_OPEN).bindparams(model=model_id, at=instant_text(at)), _moved)


def marks_at(at: datetime) -> Query[tuple[str, Decimal]]:
    """Return symbol and mark price of each mark of an instant."""
    return Query(text(_MARKS).bindparams(at=instant_text(at)), _mark)


def _sums(row: Row[Any]) -> AccountSums:
    model_id, capital, nav, nav_at, flow, fees, *paid = tuple[Any, ...](row)
    funding, liquidation_fees, shortfall, deposits, adopted, inference = paid
    return AccountSums(
        model_id=model_id,
        starting_capital=capital,
        nav=nav,
        nav_at=utc(nav_at),
        trade_flow=flow,
        fees=fees,
        funding=funding,
        liquidation_fees=liquidation_fees,
        shortfall=shortfall,
        deposits=deposits,
        adopted=adopted,
        inference=inference,
    )


def _moved(row: Row[Any]) -> Moved:
    symbol, at, side, quantity, price, fee, number, part, funding = tuple[Any, ...](row)
    if funding is not None:
        return Moved(order_id=symbol, at=utc(at), what=funding)
    execution = Execution(side=Side(side), quantity=quantity, price=price, fee=fee)
    return Moved(order_id=symbol, at=utc(at), what=execution, number=number, part=part)


def _mark(row: Row[Any]) -> tuple[str, Decimal]:
    symbol, price = tuple[Any, ...](row)
    return symbol, price
