"""Pages of long lists: rows with the arm that they belong to, newest first, filtered, by keyset."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import ColumnElement, FromClause, Row, Select, Text, literal, select, tuple_

from autonome.domain.choices import ArmKind
from autonome.domain.value import value
from autonome.ledger.queries.competing import COMPETES
from autonome.ledger.queries.query import Query, to
from autonome.ledger.tables import ROWS, arms, models
from autonome.ledger.types import Instant

__all__ = ["ARM", "ArmRef", "Filters", "OfArm", "Page", "matching", "of_arm", "page_of", "paged"]

T = TypeVar("T")


@value
class ArmRef:
    """An arm, as other rows name it."""

    id: str
    """Of its model."""
    name: str
    """Display name."""
    variant: str
    kind: ArmKind
    replica: int


ARM: Final = (models.c.id, models.c.name, models.c.variant, arms.c.kind, arms.c.replica)
"""The columns of an ``ArmRef``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfArm(Generic[T]):
    """A row, and the arm that it belongs to."""

    arm: ArmRef
    row: T


@value
class Filters:
    """Which rows of a list are meant; what is absent or empty leaves all of them in."""

    models: tuple[str, ...] = ()
    """Ids."""
    variant: str | None = None
    kinds: tuple[ArmKind, ...] = ()
    symbol: str | None = None
    start: datetime | None = None
    """First instant, included."""
    end: datetime | None = None
    """Not included."""


@value
class Page:
    """Which part of a list is meant."""

    limit: int
    """Rows at most, >= 1."""
    after: tuple[datetime, str] | None = None
    """Instant and id of the last row of the page before; ``None`` begins with the newest."""


def of_arm(read: Callable[[Row[Any]], T]) -> Callable[[Row[Any]], OfArm[T]]:
    """Return the reader of rows that begin with the columns of ``ARM``."""
    ref, width = to(ArmRef), len(ARM)

    def both(row: Row[Any]) -> OfArm[T]:
        # A slice of a row is a plain tuple: all that a reader looks at is the order.
        return OfArm(arm=ref(row[:width]), row=read(row[width:]))  # type: ignore[arg-type]

    return both


def matching(
    filters: Filters, *, at: ColumnElement[datetime], symbol: ColumnElement[str] | None = None
) -> list[ColumnElement[bool]]:
    """Return the conditions of a filter, for a list whose rows have these columns."""
    conditions: list[ColumnElement[bool]] = []
    if filters.models:
        conditions.append(models.c.id.in_(filters.models))
    if filters.variant is not None:
        conditions += [models.c.variant == filters.variant, COMPETES]
    if filters.kinds:
        conditions.append(arms.c.kind.in_(filters.kinds))
    if filters.symbol is not None and symbol is not None:
        conditions.append(symbol == filters.symbol)
    if filters.start is not None:
        conditions.append(at >= filters.start)
    if filters.end is not None:
        conditions.append(at < filters.end)
    return conditions


def paged(
    statement: Select[Any],
    page: Page,
    *,
    at: ColumnElement[datetime],
    row_id: ColumnElement[str],
) -> Select[Any]:
    """Return one page of a statement, and one row more where a next page has any."""
    if page.after is not None:
        last_at, last_id = page.after
        before = tuple_(literal(last_at, Instant), literal(last_id, Text))
        statement = statement.where(tuple_(at, row_id) < before)
    return statement.order_by(at.desc(), row_id.desc()).limit(page.limit + 1)


def page_of(
    kind: type[T],
    page: Page,
    filters: Filters,
    *conditions: ColumnElement[bool],
    at: ColumnElement[datetime],
    source: FromClause | None = None,
) -> Query[OfArm[T]]:
    """Return one page of typed rows of a table that names its model, and one row more."""
    table = ROWS[kind]
    symbol = table.c.symbol if "symbol" in table.c else None
    statement = (
        select(*ARM, table)
        .select_from(
            (table if source is None else source)
            .join(models, models.c.id == table.c.model_id)
            .join(arms, arms.c.model_id == models.c.id)
        )
        .where(*matching(filters, at=at, symbol=symbol), *conditions)
    )
    return Query(paged(statement, page, at=at, row_id=table.c.id), of_arm(to(kind)))
