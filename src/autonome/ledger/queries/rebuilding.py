"""Open positions, rebuilt exactly from what moved them: their fills and their funding.

A row of ``"Orders"`` has a rounded entry price, and nothing of fees and funding. What moved the
position that it stands for are the fills that carry its id, the closing fills of the rows that
partial closes gave birth to, and the funding that was booked on its id: a part that closes takes
its share of all of them along, so the order in which they came matters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, and_, or_, select

from autonome.domain.choices import OrderStatus, PaymentKind
from autonome.domain.errors import InvariantBroken
from autonome.domain.position import Execution, Position, apply_execution
from autonome.domain.value import value
from autonome.ledger.queries.query import Query
from autonome.ledger.rows import Order
from autonome.ledger.tables import fills, orders, payments

__all__ = ["Moved", "moved_by_fills", "moved_by_funding", "rebuilt"]

_PARTS: Final = re.compile(r"\d+|\D+")

_born = orders.alias("born")
_entries = fills.alias("entries")


@value
class Moved:
    """One fill, or one funding payment, of a position that is open."""

    order_id: str
    """The OPEN row, whatever row the fill carries."""
    at: datetime
    what: Execution | Decimal
    """What traded, or the funding received (quote; negative when paid)."""
    number: str = ""
    """The venue's number of a fill."""
    part: int = 0

    @property
    def turn(self) -> tuple[object, ...]:
        """Return the key of the order in which money moved: at one instant, funding first."""
        return (self.at, isinstance(self.what, Execution), _natural(self.number), self.part)


def _natural(number: str) -> tuple[tuple[bool, int, str], ...]:
    """Return a key by which numbers within a text sort by value: 9, then 9-2, 9-10, then 10."""
    parts: list[str] = _PARTS.findall(number)
    return tuple((False, int(part), "") if part.isdecimal() else (True, 0, part) for part in parts)


def moved_by_fills(*, of_orders: Sequence[str] | None = None) -> Query[Moved]:
    """Return every fill of every open position, or of those named, in no order."""
    # A row that a partial close gave birth to has its position's beginning, and no entry fill.
    was_born = and_(
        _born.c.status == OrderStatus.CLOSED,
        ~select(_entries.c.id)
        .where(_entries.c.order_id == _born.c.id, _entries.c.side != fills.c.side)
        .exists(),
    )
    statement = (
        select(
            orders.c.id,
            fills.c.filled_at,
            fills.c.venue_fill_id,
            fills.c.part,
            fills.c.side,
            fills.c.quantity,
            fills.c.price,
            fills.c.fee,
        )
        .select_from(orders)
        .join(
            _born,
            and_(
                _born.c.model_id == orders.c.model_id,
                _born.c.symbol == orders.c.symbol,
                _born.c.side == orders.c.side,
                _born.c.opened_at == orders.c.opened_at,
            ),
        )
        .join(fills, fills.c.order_id == _born.c.id)
        .where(*_opened(of_orders), or_(_born.c.id == orders.c.id, was_born))
    )
    return Query(statement, _traded)


def _traded(row: Row[Any]) -> Moved:
    order_id, at, number, part, side, quantity, price, fee = tuple[Any, ...](row)
    execution = Execution(side=side, quantity=quantity, price=price, fee=fee)
    return Moved(order_id=order_id, at=at, what=execution, number=number, part=part)


def moved_by_funding(*, of_orders: Sequence[str] | None = None) -> Query[Moved]:
    """Return the funding of every open position, or of those named, in no order."""
    statement = (
        select(orders.c.id, payments.c.occurred_at, payments.c.amount)
        .select_from(orders)
        .join(payments, payments.c.order_id == orders.c.id)
        .where(*_opened(of_orders), payments.c.kind == PaymentKind.FUNDING)
    )
    return Query(statement, _funded)


def _opened(of_orders: Sequence[str] | None) -> tuple[ColumnElement[bool], ...]:
    is_open = orders.c.status == OrderStatus.OPEN
    return (is_open,) if of_orders is None else (is_open, orders.c.id.in_(of_orders))


def _funded(row: Row[Any]) -> Moved:
    order_id, at, amount = tuple[Any, ...](row)
    return Moved(order_id=order_id, at=at, what=amount)


def rebuilt(opened: Iterable[Order], moved: Iterable[Moved]) -> Mapping[str, Position]:
    """Return the position of each OPEN row, by its id.

    Raises:
        InvariantBroken: what moved a position does not add up to its row.
    """
    of_order: dict[str, list[Moved]] = {}
    for each in moved:
        of_order.setdefault(each.order_id, []).append(each)
    return {order.id: _position(order, of_order.get(order.id, [])) for order in opened}


def _position(order: Order, moved: list[Moved]) -> Position:
    position = Position()
    for each in sorted(moved, key=lambda each: each.turn):
        if isinstance(each.what, Execution):
            position = apply_execution(position, each.what).position
        else:
            position = position.with_funding(each.what)
    if position.size != order.side.sign * order.quantity:
        raise InvariantBroken(
            f"expected the fills of order {order.id} ({order.side.value} {order.quantity}"
            f" {order.symbol}) to add up to it, found {position.size}"
        )
    return position
