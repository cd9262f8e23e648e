"""Rows as PostgreSQL takes them: parameters of a statement, or lines of COPY text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from decimal import Context, Decimal, Inexact, InvalidOperation
from enum import Enum
from functools import cache
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import Column, Numeric, Table

from autonome.domain.errors import InvariantBroken
from autonome.domain.exit_plan import ExitPlan
from autonome.ledger.types import json_dumps

__all__ = ["Encoder", "copy_line", "encoder", "stored"]

Encoder = Callable[[Any], list[Any]]

_NOT_A_NUMBER: Final = Decimal("NaN")
_NULL: Final = "\\N"
_ESCAPES: Final = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def stored(value: Any) -> Any:
    """Return ``value`` as its column stores it: enums by value, JSON as text, UTC without zone."""
    kind = type(value)
    if kind is str or kind is int or kind is Decimal or value is None or kind is bool:
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"expected an instant with a time zone, found {value!r}")
        return value.astimezone(UTC).replace(tzinfo=None)
    if isinstance(value, ExitPlan):
        return json_dumps(value.to_json())
    if isinstance(value, Mapping):
        return json_dumps(dict(value))
    raise TypeError(f"no column stores a {kind.__name__}: {value!r}")


@cache
def encoder(table: Table) -> Encoder:
    """Return the function from a row of ``table`` to its stored values, in column order.

    That function raises ``InvariantBroken`` for a number that its column would round or not hold:
    PostgreSQL would round it silently.
    """
    fields = attrgetter(*table.c.keys())
    columns = [_fitting(column) for column in table.columns]

    def encode(row: Any) -> list[Any]:
        return [fit(value) for fit, value in zip(columns, fields(row), strict=True)]

    return encode


def _fitting(column: Column[Any]) -> Callable[[Any], Any]:
    if not isinstance(column.type, Numeric):
        return stored
    unit = Decimal(1).scaleb(-(column.type.scale or 0))
    room = Context(prec=column.type.precision, traps=[Inexact, InvalidOperation])

    def fit(value: Decimal | None) -> Decimal | None:
        if value is None:
            return None
        try:
            fitted = value.quantize(unit, context=room)
        except (Inexact, InvalidOperation):
            fitted = _NOT_A_NUMBER
        if not fitted.is_finite():
            raise InvariantBroken(f"expected {column.name} to fit {column.type}, found {value}")
        return fitted

    return fit


def copy_line(values: Iterable[Any]) -> str:
    """Return one line of COPY text from stored values."""
    return "\t".join(_copy_text(value) for value in values) + "\n"


def _copy_text(value: Any) -> str:
    if value is None:
        return _NULL
    if isinstance(value, str):
        return value.translate(_ESCAPES)
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    return str(value)
