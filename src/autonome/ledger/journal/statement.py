"""The booking as one SQL statement: data-modifying CTEs behind one gate."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import count
from typing import Any, Final, NamedTuple

from sqlalchemy import Dialect, Table
from sqlalchemy.dialects.postgresql.base import PGDialect

from autonome.domain.choices import OrderStatus
from autonome.ledger.codec import encoder, instant_text
from autonome.ledger.journal.events import events_of, halted_at
from autonome.ledger.journal.port import Booking, BookingStatus, Counts
from autonome.ledger.journal.telling import NOTICE, events_text, told
from autonome.ledger.tables import (
    arm_states,
    fills,
    intents,
    invocations,
    judgements,
    orders,
    payments,
    tool_calls,
)

__all__ = ["DOUBLED", "Statement", "array_text", "booking_statement", "insert_sql", "numbered"]

DOUBLED: Final = "DOUBLED"
"""The answer when the booking would leave two OPEN orders of one model and symbol."""

_DIALECT: Final[Dialect] = PGDialect()  # type: ignore[no-untyped-call]
_PARTS: Final = (
    (arm_states, True, encoder(arm_states)),
    (invocations, True, encoder(invocations)),
    (tool_calls, True, encoder(tool_calls)),
    (judgements, True, encoder(judgements)),
    (orders, True, encoder(orders)),
    (intents, True, encoder(intents)),
    (fills, False, encoder(fills)),
    (payments, False, encoder(payments)),
)
"""Each table of a booking, whether a known row is replaced, and its encoder."""

_ARRAY_ESCAPES: Final = str.maketrans({"\\": "\\\\", '"': '\\"'})

_ARM: Final = (
    'arm AS (SELECT FROM "Arms" WHERE "modelId" = %s::text AND epoch = %s::integer'
    " FOR NO KEY UPDATE)"
)
_SEEN_FILL: Final = (
    'SELECT FROM "Fills" WHERE "modelId" = %s::text AND "venueFillId" = ANY(%s::text[])'
)
_SEEN_PAYMENT: Final = 'SELECT FROM "Payments" WHERE id = ANY(%s::text[])'
_SEEN_INVOCATION: Final = (
    'SELECT FROM "Invocations" JOIN unnest(%s::text[], %s::timestamp[]) AS sent (id, at)'
    ' ON "Invocations".id = sent.id AND "updatedAt" = sent.at'
)
_DOUBLED: Final = (
    'doubled AS (SELECT FROM "Orders" WHERE "modelId" = %s::text'
    " AND status = 'OPEN' AND symbol = ANY(%s::text[]) AND id <> ALL(%s::text[]))"
)
_COUNTED: Final = (
    'counted AS (UPDATE "Models" SET "invocationCount" = "invocationCount" + %s::integer,'
    ' "totalMinutes" = "totalMinutes" + %s::integer,'
    ' "failedWorkflowCount" = "failedWorkflowCount" + %s::integer,'
    ' "failedToolCallCount" = "failedToolCallCount" + %s::integer'
    " FROM gate WHERE id = %s::text)"
)
_HALTED: Final = (
    'halted AS (UPDATE "Arms" SET "haltedReason" = %s::text FROM gate WHERE "modelId" = %s::text)'
)
_ENABLED: Final = (
    'enabled AS (UPDATE "Arms" SET enabled = %s::boolean FROM gate WHERE "modelId" = %s::text)'
)
_SYSTEM_HALT: Final = (
    'logged AS (INSERT INTO "ControlLog"'
    ' (id, at, who, what, "modelId", before, after, reason)'
    " SELECT gen_random_uuid()::text, %s::timestamp, 'system', 'halt', a.\"modelId\","
    " jsonb_build_object('haltedReason', a.\"haltedReason\"),"
    " jsonb_build_object('haltedReason', %s::text), %s::text"
    ' FROM gate, "Arms" a WHERE a."modelId" = %s::text)'
)
"""Says in the log of control that nobody asked for a halt: when, why, why, of whom."""
_TOLD: Final = told("EXISTS (SELECT FROM gate)")


class Statement(NamedTuple):
    """SQL with ``$1``, ``$2``, ... and the texts that stand for them.

    Its one value is that of a ``BookingStatus``, or ``DOUBLED``.
    """

    sql: str
    texts: list[str | None]


class _Shape(NamedTuple):
    """What decides the text of a statement: rows per table, and which checks it needs."""

    counts: tuple[int, ...]
    opens: bool
    counted: bool
    halted: bool
    logged: bool
    enabled: bool
    by_invocation: bool
    told: bool


def booking_statement(booking: Booking, *, tells: bool = False) -> Statement:
    """Return the statement that writes ``booking``; equal shapes share their text.

    ``tells`` writes with it the events that follow from it.
    """
    parts = _rows(booking)
    events = events_of(booking) if tells else ()
    opened = [order for order in booking.orders if order.status is OrderStatus.OPEN]
    shape = _Shape(
        tuple(map(len, parts)),
        bool(opened),
        booking.counts is not None,
        booking.moves_halt,
        tells and booking.halts_by_itself,
        booking.enabled is not None,
        booking.is_known_by_its_invocations,
        bool(events),
    )
    texts: list[str | None] = [booking.model_id, str(booking.epoch)]
    if booking.fills:
        texts += [booking.model_id, array_text([fill.venue_fill_id for fill in booking.fills])]
    if booking.payments:
        texts.append(array_text([payment.id for payment in booking.payments]))
    if booking.is_known_by_its_invocations:
        texts += [
            array_text([each.id for each in booking.invocations]),
            array_text([instant_text(each.updated_at) for each in booking.invocations]),
        ]
    if opened:
        texts += [
            booking.model_id,
            array_text([order.symbol for order in opened]),
            array_text([order.id for order in booking.orders]),
        ]
    for (_, _, encode), rows in zip(_PARTS, parts, strict=True):
        for row in rows:
            texts += encode(row)
    if booking.counts is not None:
        texts += [*_count_texts(booking.counts), booking.model_id]
    if booking.moves_halt:
        texts += [booking.halted_reason, booking.model_id]
    if shape.logged:
        reason = booking.halted_reason
        texts += [instant_text(halted_at(booking)), reason, reason, booking.model_id]
    if booking.enabled is not None:
        texts += ["true" if booking.enabled else "false", booking.model_id]
    if events:
        texts.append(events_text(events))
    return Statement(sql=_sql(shape), texts=texts)


def _rows(booking: Booking) -> tuple[Sequence[Any], ...]:
    return (
        () if booking.state is None else (booking.state,),
        booking.invocations,
        booking.tool_calls,
        booking.judgements,
        booking.orders,
        booking.intents,
        booking.fills,
        booking.payments,
    )


def _count_texts(counts: Counts) -> tuple[str, ...]:
    return (
        str(counts.invocations),
        str(counts.minutes),
        str(counts.failed_workflows),
        str(counts.failed_tool_calls),
    )


def array_text(items: Sequence[str]) -> str:
    """Return an array of texts, each quoted, as PostgreSQL reads it."""
    if not items:
        return "{}"
    text = '","'.join(items)
    if '"' in text.replace('","', "") or "\\" in text:
        text = '","'.join([item.translate(_ARRAY_ESCAPES) for item in items])
    return f'{{"{text}"}}'


@lru_cache(maxsize=256)
def _sql(shape: _Shape) -> str:
    *_, fill_count, payment_count = shape.counts
    seen = [_SEEN_FILL] * bool(fill_count) + [_SEEN_PAYMENT] * bool(payment_count)
    seen += [_SEEN_INVOCATION] * shape.by_invocation
    ctes = [_ARM]
    checks = []
    if seen:
        ctes.append(f"seen AS ({' UNION ALL '.join(seen)})")
        checks.append("NOT EXISTS (SELECT FROM seen)")
    if shape.opens:
        ctes.append(_DOUBLED)
        checks.append("NOT EXISTS (SELECT FROM doubled)")
    ctes.append(f"gate AS (SELECT FROM arm WHERE {' AND '.join(checks) or 'true'})")
    for (table, replaces, _), rows in zip(_PARTS, shape.counts, strict=True):
        if rows:
            ctes.append(f'"{table.name} written" AS ({insert_sql(table, rows, replaces)})')
    if shape.counted:
        ctes.append(_COUNTED)
    if shape.halted:
        ctes.append(_HALTED)
    if shape.logged:
        ctes.append(_SYSTEM_HALT)
    if shape.enabled:
        ctes.append(_ENABLED)
    if shape.told:
        ctes.append(_TOLD)
    answers = [f"WHEN NOT EXISTS (SELECT FROM arm) THEN '{BookingStatus.STALE_EPOCH.value}'"]
    if seen:
        answers.append(
            f"WHEN EXISTS (SELECT FROM seen) THEN '{BookingStatus.ALREADY_BOOKED.value}'"
        )
    if shape.opens:
        answers.append(f"WHEN EXISTS (SELECT FROM doubled) THEN '{DOUBLED}'")
    answer = f"CASE {' '.join(answers)} ELSE '{BookingStatus.BOOKED.value}' END"
    notice = f", {NOTICE}" if shape.told else ""
    return numbered(f"WITH {', '.join(ctes)} SELECT {answer}{notice}")


def numbered(sql: str) -> str:
    """Return ``sql`` with its ``%s`` as ``$1``, ``$2``, ...: psycopg need not read it again."""
    numbers = count(1)
    return re.sub("%s", lambda _: f"${next(numbers)}", sql)


def insert_sql(table: Table, row_count: int, replaces: bool, *, gate: str = "gate, ") -> str:
    """Return an INSERT of ``row_count`` rows that writes nothing unless ``gate`` has a row."""
    names = [f'"{column.name}"' for column in table.columns]
    one = ", ".join(f"%s::{_type(table, name)}" for name in table.c.keys())  # noqa: SIM118
    rows = ", ".join([f"({one})"] * row_count)
    sql = f'INSERT INTO "{table.name}" ({", ".join(names)}) SELECT v.* FROM {gate}(VALUES {rows}) v'
    if replaces:
        (key,) = (f'"{column.name}"' for column in table.primary_key)
        updates = ", ".join(f"{name} = excluded.{name}" for name in names if name != key)
        sql += f" ON CONFLICT ({key}) DO UPDATE SET {updates}"
    return sql


def _type(table: Table, key: str) -> str:
    """Return the type of a parameter; a bare ``numeric``, so that a value too wide is refused."""
    compiled = table.c[key].type.compile(_DIALECT)
    return compiled if compiled.startswith('"') else compiled.split("(")[0].lower()
