"""Completed trades with their exact costs: gross P&L, fees and funding, replayed from fills."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import ColumnElement, Join, Row, and_, select

from autonome.domain.choices import OrderStatus, PaymentKind
from autonome.domain.money import ZERO, exact
from autonome.domain.position import Closure, Execution, Position, apply_execution
from autonome.domain.value import changed, value
from autonome.ledger.queries.pages import ARM, Filters, OfArm, Page, matching, of_arm, paged
from autonome.ledger.queries.query import Query, to
from autonome.ledger.queries.rebuilding import Moved
from autonome.ledger.rows import Order
from autonome.ledger.tables import arms, fills, models, orders, payments

__all__ = [
    "Closed",
    "MovedFamily",
    "closed_figures",
    "closed_orders",
    "family_fills",
    "family_funding",
]

_family = orders.alias("family")
_POSITION: Final = ("model_id", "symbol", "side", "opened_at")
"""A row that a partial close gave birth to keeps the beginning of its position."""


@value
class MovedFamily:
    """What moved a position, and the row of ``"Orders"`` that it is booked on."""

    family: tuple[object, ...]
    """Model, symbol, side and beginning of the position."""
    moved: Moved


@value
class Closed:
    """What closing fills of one row came to (quote)."""

    gross_pnl: Decimal = ZERO
    fees: Decimal = ZERO
    funding: Decimal = ZERO

    @exact
    def plus(self, closure: Closure) -> Closed:
        """Return the figures with one more closing fill."""
        return changed(
            self,
            gross_pnl=self.gross_pnl + closure.gross_pnl,
            fees=self.fees + closure.entry_fees + closure.execution.fee,
            funding=self.funding + closure.funding,
        )


def closed_orders(
    page: Page, filters: Filters, *, order_id: str | None = None
) -> Query[OfArm[Order]]:
    """Return one page of completed trades, the last closed first, and one row more; or one."""
    conditions = matching(filters, at=orders.c.closed_at, symbol=orders.c.symbol)
    if order_id is not None:
        conditions.append(orders.c.id == order_id)
    statement = (
        select(*ARM, orders)
        .select_from(
            orders.join(models, models.c.id == orders.c.model_id).join(
                arms, arms.c.model_id == models.c.id
            )
        )
        .where(orders.c.status == OrderStatus.CLOSED, orders.c.closed_at.is_not(None), *conditions)
    )
    statement = paged(statement, page, at=orders.c.closed_at, row_id=orders.c.id)
    return Query(statement, of_arm(to(Order)))


def family_fills(order_ids: Sequence[str]) -> Query[MovedFamily]:
    """Return every fill of the positions that these rows belong to, in no order."""
    rows = _families(order_ids).join(fills, fills.c.order_id == _family.c.id)
    statement = select(
        *_of_position(),
        fills.c.order_id,
        fills.c.filled_at,
        fills.c.venue_fill_id,
        fills.c.part,
        fills.c.side,
        fills.c.quantity,
        fills.c.price,
        fills.c.fee,
    ).select_from(rows)
    return Query(statement, _traded)


def family_funding(order_ids: Sequence[str]) -> Query[MovedFamily]:
    """Return the funding of the positions that these rows belong to, in no order."""
    rows = _families(order_ids).join(payments, payments.c.order_id == _family.c.id)
    statement = (
        select(*_of_position(), payments.c.order_id, payments.c.occurred_at, payments.c.amount)
        .select_from(rows)
        .where(payments.c.kind == PaymentKind.FUNDING)
    )
    return Query(statement, _funded)


def _of_position() -> list[ColumnElement[Any]]:
    return [_family.c[name] for name in _POSITION]


def _families(order_ids: Sequence[str]) -> Join:
    """Return every row of the positions that some rows belong to.

    Each position is looked for once: joined row by row, a position of many parts would bring all of
    them for each.
    """
    shown = (
        select(*(orders.c[name] for name in _POSITION))
        .where(orders.c.id.in_(order_ids))
        .distinct()
        .subquery("shown")
    )
    return shown.join(_family, and_(*(_family.c[name] == shown.c[name] for name in _POSITION)))


def _traded(row: Row[Any]) -> MovedFamily:
    order_id, at, number, part, side, quantity, price, fee = tuple[Any, ...](row)[4:]
    what = Execution(side=side, quantity=quantity, price=price, fee=fee)
    moved = Moved(order_id=order_id, at=at, what=what, number=number, part=part)
    return MovedFamily(family=tuple(row)[:4], moved=moved)


def _funded(row: Row[Any]) -> MovedFamily:
    order_id, at, amount = tuple[Any, ...](row)[4:]
    return MovedFamily(family=tuple(row)[:4], moved=Moved(order_id=order_id, at=at, what=amount))


def closed_figures(moved: Iterable[MovedFamily]) -> Mapping[str, Closed]:
    """Return what each row's closing fills came to, by the row's id, each share exact.

    A row that its fills do not close is left out: another client wrote it.
    """
    families: dict[tuple[object, ...], list[Moved]] = {}
    for each in moved:
        families.setdefault(each.family, []).append(each.moved)
    figures: dict[str, Closed] = {}
    for family in families.values():
        _replay(sorted(family, key=lambda each: each.turn), figures)
    return figures


def _replay(moved: Sequence[Moved], figures: dict[str, Closed]) -> None:
    position = Position()
    for each in moved:
        if not isinstance(each.what, Execution):
            position = position.with_funding(each.what)
            continue
        effect = apply_execution(position, each.what)
        position = effect.position
        if effect.closed is not None:
            figures[each.order_id] = figures.get(each.order_id, Closed()).plus(effect.closed)
