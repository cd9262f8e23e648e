"""Checks that a query answers: how rows refer to one another, and what the whole arena sums to."""

from __future__ import annotations

from typing import Final, LiteralString, NamedTuple

from autonome.audit.arithmetic import decimal_text
from autonome.audit.report import Finding, Tally
from autonome.audit.rollups import DAYS, HOURS
from autonome.audit.rows import Connection, aware

__all__ = ["check_conservation", "check_finite", "check_records"]


class _Query(NamedTuple):
    check: str
    table: LiteralString
    failing: LiteralString
    """Columns id, model id, instant, expected, found of every row that fails."""


class _Columns(NamedTuple):
    table: LiteralString
    row_id: LiteralString
    numbers: tuple[LiteralString, ...]
    instants: tuple[LiteralString, ...]


_NAVS: Final = ("first", "lowest", "highest", "last")
_NAV_INSTANTS: Final = ("firstAt", "lowestAt", "highestAt", "lastAt")
_COLUMNS: Final = (
    _Columns("Arms", "modelId", ("startingCapital",), ()),
    _Columns(
        "Orders",
        "id",
        ("quantity", "entryPrice", "exitPrice", "realizedPnl"),
        ("openedAt", "closedAt"),
    ),
    _Columns("Intents", "id", ("quantity",), ("createdAt",)),
    _Columns("Fills", "id", ("quantity", "price", "fee"), ("filledAt",)),
    _Columns("Payments", "id", ("amount",), ("occurredAt",)),
    _Columns("Marks", "symbol", ("price",), ("at",)),
    _Columns("PortfolioSize", "id", ("netPortfolio",), ("createdAt",)),
    _Columns("NavHours", "modelId", _NAVS, _NAV_INSTANTS),
    _Columns("NavDays", "modelId", _NAVS, _NAV_INSTANTS),
    _Columns("ToolCalls", "id", (), ("updatedAt",)),
)

_QUERIES: Final = (
    _Query(
        "arm",
        "Models",
        """
        SELECT m."id", m."id", NULL::timestamp, 'an arm', 'none'
        FROM "Models" m
        WHERE NOT EXISTS (SELECT FROM "Arms" a WHERE a."modelId" = m."id")
          AND (EXISTS (SELECT FROM "Fills" f WHERE f."modelId" = m."id")
               OR EXISTS (SELECT FROM "Payments" p WHERE p."modelId" = m."id")
               OR EXISTS (SELECT FROM "PortfolioSize" s WHERE s."modelId" = m."id"))""",
    ),
    _Query(
        "fill-order",
        "Fills",
        """
        SELECT f."id", f."modelId", f."filledAt",
               concat_ws(' ', 'an order of', f."symbol", 'of model', f."modelId"),
               concat_ws(' ', 'order', o."id", 'of', o."symbol", 'of model', o."modelId")
        FROM "Fills" f JOIN "Orders" o ON o."id" = f."orderId"
        WHERE (f."modelId", f."symbol") <> (o."modelId", o."symbol")""",
    ),
    _Query(
        "fill-intent",
        "Fills",
        """
        SELECT f."id", f."modelId", f."filledAt",
               concat_ws(' ', 'an intent to', f."side", f."symbol", 'of model', f."modelId"),
               coalesce(concat_ws(' ', 'intent', i."id", 'to', i."side", i."symbol", 'of model',
                                  i."modelId"), 'none')
        FROM "Fills" f LEFT JOIN "Intents" i ON i."id" = f."intentId"
        WHERE f."liquidity" <> 'ADOPTED'
          AND (f."modelId", f."symbol", f."side")
              IS DISTINCT FROM (i."modelId", i."symbol", i."side")""",
    ),
    _Query(
        "fill-sound",
        "Fills",
        """
        SELECT f."id", f."modelId", f."filledAt",
               'quantity and price above 0, a fee that only a maker gets back',
               concat(f."quantity", ' at ', f."price", ', fee ', f."fee", ' ', f."liquidity")
        FROM "Fills" f
        WHERE f."quantity" <= 0 OR f."price" <= 0
           OR (f."fee" < 0 AND f."liquidity" <> 'MAKER')
           OR (f."fee" <> 0 AND f."liquidity" = 'ADOPTED')""",
    ),
    _Query(
        "payment-order",
        "Payments",
        """
        SELECT p."id", p."modelId", p."occurredAt", concat('an order of model ', p."modelId"),
               concat('order ', o."id", ' of model ', o."modelId")
        FROM "Payments" p JOIN "Orders" o ON o."id" = p."orderId"
        WHERE o."modelId" <> p."modelId\"""",
    ),
    _Query(
        "payment-sign",
        "Payments",
        """
        SELECT p."id", p."modelId", p."occurredAt",
               CASE WHEN p."amount" > 0 THEN 'an amount paid' ELSE 'an amount received' END,
               concat(p."kind", ' ', p."amount")
        FROM "Payments" p
        WHERE (p."kind" IN ('LIQUIDATION_FEE', 'INFERENCE', 'WITHDRAWAL') AND p."amount" > 0)
           OR (p."kind" IN ('SHORTFALL', 'DEPOSIT') AND p."amount" < 0)""",
    ),
    _Query(
        "one-open-row",
        "Orders",
        """
        SELECT max(o."id"), o."modelId", max(o."openedAt"),
               concat('one OPEN row of ', o."symbol"), count(*)::text
        FROM "Orders" o WHERE o."status" = 'OPEN'
        GROUP BY o."modelId", o."symbol" HAVING count(*) > 1""",
    ),
    _Query("nav-rollup", "NavHours", HOURS),
    _Query("nav-rollup", "NavDays", DAYS),
    _Query(
        "intent-fills",
        "Intents",
        """
        SELECT i."id", i."modelId", i."createdAt",
               concat(i."state", ' ', i."quantity"), concat('filled ', coalesce(f.filled, 0))
        FROM "Intents" i
        LEFT JOIN (SELECT "intentId", sum("quantity") AS filled FROM "Fills" GROUP BY "intentId") f
            ON f."intentId" = i."id"
        WHERE CASE i."state"
            WHEN 'FILLED' THEN f.filled IS NULL OR f.filled > i."quantity"
                OR (f.filled < i."quantity" AND i."reason" IS NULL)
            WHEN 'CANCELLED' THEN f.filled >= i."quantity"
            WHEN 'REJECTED' THEN f.filled >= i."quantity"
            ELSE f.filled > i."quantity" END""",
    ),
    _Query(
        "intent-order",
        "Intents",
        """
        SELECT i."id", i."modelId", i."createdAt",
               concat('an order of ', i."symbol", ' and a tool call of model ', i."modelId"),
               concat('order ', o."id", ' of ', o."symbol", ' of model ', o."modelId",
                      ', tool call ', t."id", ' of model ', v."modelId")
        FROM "Intents" i
        LEFT JOIN "Orders" o ON o."id" = i."orderId"
        LEFT JOIN "ToolCalls" t ON t."id" = i."toolCallId"
        LEFT JOIN "Invocations" v ON v."id" = t."invocationId"
        WHERE (o."modelId", o."symbol") <> (i."modelId", i."symbol")
           OR v."modelId" <> i."modelId\"""",
    ),
    _Query(
        "counters",
        "Models",
        """
        SELECT m."id", m."id", NULL::timestamp, concat('at least ', v.stored, ' invocations'),
               concat(m."invocationCount", ' and ', m."failedWorkflowCount", ' failed')
        FROM "Models" m
        JOIN (SELECT "modelId", count(*) AS stored FROM "Invocations"
              WHERE coalesce("responsePayload" ->> 'state', '') NOT IN ('RUNNING', 'MISSED')
              GROUP BY "modelId") v
            ON v."modelId" = m."id"
        JOIN "Arms" a ON a."modelId" = m."id"
        WHERE v.stored > m."invocationCount" + m."failedWorkflowCount"
          AND NOT a."settings" @> '{"adopted": true}'""",
    ),
)

_SUMS: Final = """
    SELECT ((SELECT coalesce(sum("startingCapital"), 0) FROM "Arms")
            - (SELECT coalesce(sum("quantity" * "price" * CASE "side" WHEN 'BUY' THEN 1 ELSE -1 END
                                   + "fee"), 0) FROM "Fills")
            + (SELECT coalesce(sum("amount"), 0) FROM "Payments" WHERE "kind" <> 'INFERENCE')
           ) * 10000000000000000
"""


def check_finite(connection: Connection, tally: Tally) -> None:
    """Look for NaN and infinite instants: nothing can be computed while one is there."""
    for table, row_id, numbers, instants in _COLUMNS:
        conditions = [f"\"{name}\" = 'NaN'" for name in numbers]
        conditions += [f"NOT \"{n}\" BETWEEN '0001-01-01' AND '9999-12-30'" for n in instants]
        named = ", ".join(f"' {name} ', \"{name}\"" for name in (*numbers, *instants))
        failing = (
            f"SELECT \"{row_id}\", NULL::text, NULL::timestamp, 'finite figures', concat({named})"
            f' FROM "{table}" WHERE {" OR ".join(conditions)}'
        )
        _run(connection, "finite", table, failing, tally)


def check_records(connection: Connection, tally: Tally) -> None:
    """Run every query of the list above."""
    for check, table, failing in _QUERIES:
        _run(connection, check, table, failing, tally)


def _run(connection: Connection, check: str, table: str, failing: str, tally: Tally) -> None:
    examined = connection.execute(f'SELECT count(*) FROM "{table}"'.encode()).fetchone()
    tally.count(check, examined[0] if examined else 0)
    statement = (
        "SELECT *, count(*) OVER () FROM"
        f" ({failing}) AS failing (row_id, model_id, at, expected, found)"
        " ORDER BY at, row_id LIMIT 1"
    )
    first = connection.execute(statement.encode()).fetchone()
    if first is not None:
        row_id, model_id, at, expected, found, failed = first
        finding = Finding(
            table=table,
            row_id=row_id,
            model_id=model_id,
            at=None if at is None else aware(at),
            expected=expected,
            found=found,
        )
        tally.fail(check, finding, failed)


def check_conservation(connection: Connection, held: int, tally: Tally) -> None:
    """Compare what all accounts hold in cash (1e-16 quote) with what the database sums."""
    row = connection.execute(_SUMS).fetchone()
    summed = int(row[0]) if row else 0
    tally.count("conservation")
    if summed != held:
        finding = Finding(
            table="Fills",
            row_id="(all)",
            expected=decimal_text(summed, places=16),
            found=decimal_text(held, places=16),
        )
        tally.fail("conservation", finding)
