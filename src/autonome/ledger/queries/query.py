"""A query: a statement, and what its rows become."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Executable, Row, select

from autonome.domain.value import fields_of
from autonome.ledger.tables import ROWS, RUNNING_ROWS

__all__ = ["Query", "column_name", "rows_where", "to"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Query(Generic[T]):
    """A statement and the function that reads one of its rows."""

    statement: Executable
    read: Callable[[Row[Any]], T]


def rows_where(
    kind: type[T], *conditions: ColumnElement[bool], order_by: tuple[ColumnElement[Any], ...] = ()
) -> Query[T]:
    """Return the query for typed rows of one table."""
    table = (ROWS | RUNNING_ROWS)[kind]
    return Query(select(table).where(*conditions).order_by(*order_by), to(kind))


def to(kind: type[T]) -> Callable[[Row[Any]], T]:
    """Return the reader that fills the fields of ``kind`` from the columns in their order."""
    names = [each.name for each in fields(kind)] if is_dataclass(kind) else fields_of(kind)

    def read(row: Row[Any]) -> T:
        return kind(**dict(zip(names, row, strict=True)))

    return read


def column_name(field: str) -> str:
    """Return a field's name as the database and JSON spell it: the same words in camelCase."""
    first, *others = field.split("_")
    return first + "".join(word.capitalize() for word in others)
