"""Positions as they are looked at: a page of OPEN orders, with mark, memory and origin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, select, true

from autonome.domain.choices import IntentPurpose, OrderStatus
from autonome.ledger.queries.pages import ARM, Filters, OfArm, Page, matching, of_arm, paged
from autonome.ledger.queries.query import Query, to
from autonome.ledger.rows import Order
from autonome.ledger.tables import (
    arm_states,
    arms,
    intents,
    marks,
    models,
    orders,
    tool_calls,
)

__all__ = ["HeldOrder", "held_orders"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOrder:
    """An OPEN order, and what stands elsewhere of it."""

    order: Order
    mark_price: Decimal | None
    """The last mark of the symbol, ``None`` when there is none."""
    marked_at: datetime | None
    first_stop: str | None
    """Price as text, where the arm remembers it."""
    invocation_id: str | None
    """In which it was opened; ``None`` where that is not on record."""


def held_orders(page: Page, filters: Filters) -> Query[OfArm[HeldOrder]]:
    """Return one page of open positions, the last opened first, and one row more."""
    last_mark = (
        select(marks.c.price, marks.c.at)
        .where(marks.c.symbol == orders.c.symbol)
        .order_by(marks.c.at.desc())
        .limit(1)
        .lateral("last_mark")
    )
    opened_in = (
        select(tool_calls.c.invocation_id)
        .select_from(intents.join(tool_calls, tool_calls.c.id == intents.c.tool_call_id))
        .where(intents.c.order_id == orders.c.id, intents.c.purpose == IntentPurpose.OPEN)
        .order_by(intents.c.created_at)
        .limit(1)
        .scalar_subquery()
    )
    remembered = arm_states.c.state["holdings"][orders.c.symbol]["firstStop"].astext
    statement = (
        select(*ARM, *orders.c, last_mark.c.price, last_mark.c.at, remembered, opened_in)
        .select_from(
            orders.join(models, models.c.id == orders.c.model_id)
            .join(arms, arms.c.model_id == models.c.id)
            .outerjoin(arm_states, arm_states.c.model_id == models.c.id)
            .outerjoin(last_mark, true())
        )
        .where(
            orders.c.status == OrderStatus.OPEN,
            *matching(filters, at=orders.c.opened_at, symbol=orders.c.symbol),
        )
    )
    statement = paged(statement, page, at=orders.c.opened_at, row_id=orders.c.id)
    return Query(statement, of_arm(_held))


def _held(row: Row[Any]) -> HeldOrder:
    *order, mark_price, marked_at, first_stop, invocation_id = tuple[Any, ...](row)
    return HeldOrder(
        order=_order(order),  # type: ignore[arg-type]
        mark_price=mark_price,
        marked_at=marked_at,
        first_stop=first_stop,
        invocation_id=invocation_id,
    )


_order = to(Order)
