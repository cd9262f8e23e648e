"""Give orders and models of other clients what our ledger needs: fills, payments and arms.

An order without any fill was written by another client, for ours are booked together with theirs.
It gets synthetic fills at its own prices (liquidity ADOPTED, no fee), and a payment for what its
stored P&L says beyond them, so that its figures can be recomputed like all others. Nothing in the
contract's tables changes, and adopting twice adds nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

import psycopg
from sqlalchemy import Connection, RowMapping, text

from autonome.domain.errors import ArenaMissing
from autonome.domain.money import round_money
from autonome.ledger.arenas import arena_relations, inside, take_turns
from autonome.ledger.rollups import roll_up_new

__all__ = ["Adoption", "adopt"]

_NAMESPACE: Final = uuid.UUID("6f1ce2a2-7a4e-5d0b-9a3c-54c6a1e0d7b4")
"""Namespace of the ids of adopted rows."""
_DEFAULT_CAPITAL: Final = Decimal(10000)

# Only fills know which orders are ours, so what they refer to must stand still meanwhile.
_STAND_STILL = text('LOCK TABLE "Models", "PortfolioSize", "Orders", "Fills" IN SHARE MODE')

# A closing fill alone means an order of ours, born by a partial close: it lacks nothing. NaN, which
# these columns can hold, counts as greater than every number.
_LACKING = text("""
    WITH facts AS (
        SELECT o.*, CASE o."side" WHEN 'LONG' THEN 'SELL' ELSE 'BUY' END AS closing,
               CASE o."side" WHEN 'LONG' THEN 1 ELSE -1 END AS sign
        FROM "Orders" o
    ), fills AS (
        SELECT o.*, f.count = 0 AS lacks_entry,
               o."status" = 'CLOSED' AND f.closing_count = 0 AS lacks_exit,
               o."realizedPnl" - (o."exitPrice" - o."entryPrice") * o."quantity" * o.sign
               + f.fees - p.amount AS difference
        FROM facts o
        CROSS JOIN LATERAL (
            SELECT count(*), count(*) FILTER (WHERE f."side" = o.closing) AS closing_count,
                   coalesce(sum(f."fee"), 0) AS fees
            FROM "Fills" f WHERE f."orderId" = o."id"
        ) f
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(p."amount"), 0) AS amount
            FROM "Payments" p WHERE p."orderId" = o."id"
        ) p
    )
    SELECT "id" AS order_id, lacks_entry, lacks_exit, coalesce(difference, 0) AS difference,
           "quantity" > 0 AND "quantity" < 'NaN' AND "entryPrice" > 0 AND "entryPrice" < 'NaN'
               AND isfinite("openedAt") AS entry_is_sound,
           coalesce("exitPrice" > 0 AND "exitPrice" < 'NaN' AND isfinite("closedAt"), false)
               AND abs(coalesce(difference, 0)) < 9999999999 AS exit_is_sound
    FROM fills
    WHERE lacks_entry OR lacks_exit
    ORDER BY "id"
""")

_ADD_FILLS = text("""
    INSERT INTO "Fills" ("id", "orderId", "modelId", "symbol", "venueFillId", "side", "quantity",
                         "price", "fee", "liquidity", "filledAt")
    SELECT given.id, o."id", o."modelId", o."symbol", given.venue_fill_id,
           CASE WHEN (o."side" = 'LONG') = part.is_entry THEN 'BUY' ELSE 'SELL' END, o."quantity",
           CASE WHEN part.is_entry THEN o."entryPrice" ELSE o."exitPrice" END, 0, 'ADOPTED',
           CASE WHEN part.is_entry THEN o."openedAt" ELSE o."closedAt" END
    FROM unnest(CAST(:ids AS text[]), CAST(:order_ids AS text[]), CAST(:venue_fill_ids AS text[]))
        AS given (id, order_id, venue_fill_id)
    JOIN "Orders" o ON o."id" = given.order_id
    CROSS JOIN (VALUES (CAST(:is_entry AS boolean))) AS part (is_entry)
""")

_ADD_PAYMENTS = text("""
    INSERT INTO "Payments" ("id", "modelId", "orderId", "kind", "amount", "occurredAt")
    SELECT given.id, o."modelId", o."id", 'ADOPTED', given.amount, o."closedAt"
    FROM unnest(CAST(:ids AS text[]), CAST(:order_ids AS text[]), CAST(:amounts AS numeric[]))
        AS given (id, order_id, amount)
    JOIN "Orders" o ON o."id" = given.order_id
""")

# A snapshot later than the first order already contains that order's gains. One that is no
# positive number, or too large for the column, says nothing about the start either.
_ADD_ARMS = text("""
    INSERT INTO "Arms" ("modelId", "kind", "enabled", "startingCapital", "settings")
    SELECT m."id", 'LLM', false, coalesce(start."netPortfolio", :default_capital),
           jsonb_build_object('adopted', true, 'startingCapitalFrom',
               CASE WHEN start."netPortfolio" IS NULL THEN 'default' ELSE 'snapshot' END)
    FROM "Models" m
    LEFT JOIN LATERAL (
        SELECT first.* FROM (
            SELECT s."netPortfolio", s."createdAt" FROM "PortfolioSize" s
            WHERE s."modelId" = m."id" ORDER BY s."createdAt", s."id" LIMIT 1
        ) first
        WHERE first."netPortfolio" > 0 AND first."netPortfolio" <= 9999999999
          AND NOT EXISTS (SELECT FROM "Orders" o
                          WHERE o."modelId" = m."id" AND o."openedAt" < first."createdAt")
    ) start ON true
    WHERE NOT EXISTS (SELECT FROM "Arms" a WHERE a."modelId" = m."id")
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """What one adoption added."""

    arms: int
    """Models that got a row in ``"Arms"``, none of them enabled."""
    entries: int
    """Orders that got an entry fill."""
    exits: int
    """Orders that got an exit fill."""
    payments: int
    """Closed orders whose stored P&L differs from what their fills say."""
    refused: tuple[str, ...]
    """Ids of orders left alone because they cannot be rebuilt: CLOSED without exit price or time,
    a quantity or price that is no positive number, or a P&L too large for a payment."""


def adopt(connection: Connection, arena: str) -> Adoption:
    """Add fills, payments and arms for what other clients wrote, and return what was added.

    Everything happens in the transaction of ``connection``; the caller commits or rolls back.

    Raises:
        SettingError: ``arena`` may not name an arena.
        ArenaMissing: it was never upgraded.
        LedgerUnavailable: another transaction kept a lock for too long.
    """
    with inside(connection, arena):
        take_turns(connection, arena)
        _require_upgraded(connection, arena)
        connection.execute(_STAND_STILL)
        lacking = connection.execute(_LACKING).mappings().all()
        sound = [row for row in lacking if _is_sound(row)]
        entries = [row["order_id"] for row in sound if row["lacks_entry"]]
        exits = [row["order_id"] for row in sound if row["lacks_exit"]]
        _add_fills(connection, entries, part="entry")
        _add_fills(connection, exits, part="exit")
        payments = _add_payments(connection, [row for row in sound if row["lacks_exit"]])
        arms = connection.execute(_ADD_ARMS, {"default_capital": _DEFAULT_CAPITAL}).rowcount
        _roll_up_new_points(connection)
    return Adoption(
        arms=arms,
        entries=len(entries),
        exits=len(exits),
        payments=payments,
        refused=tuple(row["order_id"] for row in lacking if not _is_sound(row)),
    )


def _require_upgraded(connection: Connection, arena: str) -> None:
    if "NavDays" not in arena_relations(connection, arena):
        raise ArenaMissing(
            f"expected arena {arena!r} with the tables of Autonome, found none",
            remedy="Make or upgrade it with: autonome db upgrade",
        )


def _add_fills(
    connection: Connection, order_ids: Sequence[str], *, part: Literal["entry", "exit"]
) -> None:
    connection.execute(
        _ADD_FILLS,
        {
            "ids": [_id(order_id, part) for order_id in order_ids],
            "order_ids": order_ids,
            "venue_fill_ids": [f"adopted:{order_id}:{part}" for order_id in order_ids],
            "is_entry": part == "entry",
        },
    )


def _add_payments(connection: Connection, closed: Sequence[RowMapping]) -> int:
    """Pay each order the difference between its stored P&L and its fills, and return how many."""
    rounded = {row["order_id"]: round_money(row["difference"]) for row in closed}
    amounts = {order_id: amount for order_id, amount in rounded.items() if amount}
    connection.execute(
        _ADD_PAYMENTS,
        {
            "ids": [_id(order_id, "payment") for order_id in amounts],
            "order_ids": list(amounts),
            "amounts": list(amounts.values()),
        },
    )
    return len(amounts)


def _is_sound(row: RowMapping) -> bool:
    return row["entry_is_sound"] and (row["exit_is_sound"] or not row["lacks_exit"])


def _roll_up_new_points(connection: Connection) -> None:
    """Let the rollups of NAV know the points that another client took since."""
    raw = connection.connection.driver_connection
    assert isinstance(raw, psycopg.Connection)
    roll_up_new(raw)


def _id(order_id: str, part: Literal["entry", "exit", "payment"]) -> str:
    """Return the id that the row has at every adoption."""
    return str(uuid.uuid5(_NAMESPACE, f"{order_id}:{part}"))
