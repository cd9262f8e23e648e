"""Rows as PostgreSQL reads them: one text a column, for statements and for COPY alike."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from decimal import Context, Decimal, Inexact, InvalidOperation
from functools import cache, lru_cache
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import Boolean, Column, Numeric, Table, Text
from sqlalchemy.dialects.postgresql import ENUM, JSONB

from autonome.domain.errors import InvariantBroken
from autonome.domain.exit_plan import ExitPlan
from autonome.ledger.types import Choice, ExitPlanJson, Instant, JsonText, json_dumps, legible

__all__ = ["Encoder", "copy_line", "encoder", "instant_text", "json_text", "words"]

Encoder = Callable[[Any], list[str | None]]
"""From a row to its texts, in column order."""

_NOT_A_NUMBER: Final = "NaN"
_FREE_TEXT: Final = {
    "response",
    "reason",
    "halted_reason",
    "name",
    "requested_by",
    "outcome",
    "who",
}
"""Columns of words that others chose: they may hold NUL, which PostgreSQL cannot."""
_NUL_IN_JSON: Final = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")
_NULL: Final = "\\N"
_ESCAPES: Final = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


@cache
def encoder(table: Table) -> Encoder:
    """Return the encoder of a table's rows.

    It raises ``InvariantBroken`` for a number that its column would round or not hold: PostgreSQL
    would round it silently. A NUL in words becomes U+FFFD, the sign for what cannot be shown.
    """
    fields = attrgetter(*table.c.keys())
    conversions = [
        (place, _column_text(column))
        for place, column in enumerate(table.columns)
        if column.key in _FREE_TEXT or not _holds_text(column)
    ]

    def encode(row: Any) -> list[str | None]:
        texts = list(fields(row))
        for place, text in conversions:
            if texts[place] is not None:
                texts[place] = text(texts[place])
        return texts

    return encode


def copy_line(texts: Iterable[str | None]) -> str:
    """Return one line of COPY text."""
    fields = [_NULL if text is None else text.translate(_ESCAPES) for text in texts]
    return "\t".join(fields) + "\n"


@lru_cache(maxsize=1024)
def instant_text(value: datetime) -> str:
    """Return an instant as a ``timestamp`` column takes it: in UTC."""
    if value.tzinfo is None:
        raise ValueError(f"expected an instant with a time zone, found {value!r}")
    if value.tzinfo is not UTC:
        value = value.astimezone(UTC)
    # PostgreSQL reads a ``timestamp`` without regard to an offset that follows it.
    return value.isoformat(" ")


def _holds_text(column: Column[Any]) -> bool:
    return type(column.type) is Text or (
        isinstance(column.type, ENUM) and not column.type.enum_class
    )


def _column_text(column: Column[Any]) -> Callable[[Any], str]:
    """Return the function from a value of this column to its text."""
    kind = column.type
    if column.key in _FREE_TEXT:
        return words
    if isinstance(kind, Numeric):
        return _number_text(column.name, kind)
    if isinstance(kind, Instant):
        return instant_text
    if isinstance(kind, ExitPlanJson):
        return _plan_text
    if isinstance(kind, JSONB | JsonText):
        return json_text
    if isinstance(kind, Boolean):
        return _boolean_text
    if isinstance(kind, Choice | ENUM):
        return attrgetter("_value_")  # The same as ``value``, without its detour.
    return str


def _number_text(name: str, kind: Numeric[Any]) -> Callable[[Decimal], str]:
    unit = Decimal(1).scaleb(-(kind.scale or 0))
    quantize = Context(prec=kind.precision, traps=[Inexact, InvalidOperation]).quantize

    def text(value: Decimal) -> str:
        try:
            fitted = str(quantize(value, unit))
        except (Inexact, InvalidOperation):
            fitted = _NOT_A_NUMBER
        if fitted == _NOT_A_NUMBER:
            raise InvariantBroken(f"expected {name} to fit {kind}, found {value}")
        return fitted

    return text


def _plan_text(plan: ExitPlan) -> str:
    return json_text(plan.to_json())


def json_text(value: Any) -> str:
    """Return JSON as PostgreSQL can hold it: no NUL, every number with all its digits."""
    text = json_dumps(value)
    return _NUL_IN_JSON.sub(r"\1\\ufffd", text) if "\\u0000" in text else text


def words(text: str) -> str:
    """Return free text as PostgreSQL can hold it: no NUL, no half of a surrogate pair."""
    text = text if text.isascii() else legible(text)
    return text.replace("\0", "\ufffd") if "\0" in text else text


def _boolean_text(value: bool) -> str:
    return "true" if value else "false"
