"""Positions as they are looked at: a page of OPEN orders, with mark, memory and origin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Numeric,
    Row,
    Text,
    and_,
    case,
    func,
    select,
    true,
    type_coerce,
)

from autonome.domain.choices import IntentPurpose, OrderStatus, PaymentKind, Side, ToolCallType
from autonome.domain.position import Position
from autonome.ledger.queries.pages import ARM, Filters, OfArm, Page, matching, of_arm, paged
from autonome.ledger.queries.query import Query, to
from autonome.ledger.rows import Order
from autonome.ledger.tables import (
    arm_states,
    arms,
    fills,
    intents,
    invocations,
    marks,
    models,
    orders,
    payments,
    tool_calls,
)

__all__ = ["HeldOrder", "PlanCall", "held_orders", "plan_calls"]

# A foreign client may have stored anything: it is read as text, however the table reads it.
_METADATA: Final = type_coerce(tool_calls.c.metadata, Text)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOrder:
    """An OPEN order, and what stands elsewhere of it."""

    order: Order
    mark_price: Decimal | None
    """The last mark of the symbol, ``None`` when there is none."""
    marked_at: datetime | None
    holding: Mapping[str, Any] | None
    """What the arm of a running arena remembers of it: ``firstStop``, ``trails``."""
    invocation_id: str | None
    """In which it was opened; ``None`` where that is not on record."""
    asked: str | None
    """The metadata of the tool call that opened it, as stored."""
    summed: Position
    """What fills and funding of the row's own id sum to: all of it, unless a part has closed."""

    @property
    def position(self) -> Position | None:
        """Return the exact position; ``None`` where a part has closed and took its shares along."""
        is_whole = self.summed.size == self.order.side.sign * self.order.quantity
        return self.summed if is_whole else None


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
        select(tool_calls.c.invocation_id, _METADATA.label("metadata"))
        .select_from(intents.join(tool_calls, tool_calls.c.id == intents.c.tool_call_id))
        .where(intents.c.order_id == orders.c.id, intents.c.purpose == IntentPurpose.OPEN)
        .order_by(intents.c.created_at)
        .limit(1)
        .lateral("opened_in")
    )
    signed = case((fills.c.side == Side.BUY, fills.c.quantity), else_=-fills.c.quantity)
    traded = (
        select(
            _sum(signed).label("size"),
            _sum(signed * fills.c.price).label("notional"),
            _sum(fills.c.fee).label("fees"),
        )
        .where(fills.c.order_id == orders.c.id)
        .lateral("traded")
    )
    funding = (
        select(_sum(payments.c.amount))
        .where(payments.c.order_id == orders.c.id, payments.c.kind == PaymentKind.FUNDING)
        .scalar_subquery()
    )
    remembered = arm_states.c.state["holdings"][orders.c.symbol]
    statement = (
        select(
            *ARM,
            *orders.c,
            last_mark.c.price,
            last_mark.c.at,
            remembered,
            opened_in.c.invocation_id,
            opened_in.c.metadata,
            traded.c.size,
            traded.c.notional,
            traded.c.fees,
            funding,
        )
        .select_from(
            orders.join(models, models.c.id == orders.c.model_id)
            .join(arms, arms.c.model_id == models.c.id)
            .outerjoin(arm_states, arm_states.c.model_id == models.c.id)
            .outerjoin(last_mark, true())
            .outerjoin(opened_in, true())
            .join(traded, true())
        )
        .where(
            orders.c.status == OrderStatus.OPEN,
            *matching(filters, at=orders.c.opened_at, symbol=orders.c.symbol),
        )
    )
    statement = paged(statement, page, at=orders.c.opened_at, row_id=orders.c.id)
    return Query(statement, of_arm(_held))


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanCall:
    """A tool call that planned how a position ends."""

    order_id: str
    metadata_text: str


def plan_calls(order_ids: Sequence[str]) -> Query[PlanCall]:
    """Return what was asked since these positions opened that has a plan, oldest first.

    Calls for other symbols are among them.
    """
    statement = (
        select(orders.c.id, _METADATA)
        .select_from(
            orders.join(
                invocations,
                and_(
                    invocations.c.model_id == orders.c.model_id,
                    invocations.c.created_at >= orders.c.opened_at,
                ),
            ).join(tool_calls, tool_calls.c.invocation_id == invocations.c.id)
        )
        .where(
            orders.c.id.in_(order_ids),
            tool_calls.c.tool_call_type == ToolCallType.CREATE_POSITION,
            _METADATA.contains("update_exit_plan"),
        )
        .order_by(tool_calls.c.created_at, tool_calls.c.id)
    )
    return Query(statement, to(PlanCall))


def _held(row: Row[Any]) -> HeldOrder:
    *order, mark_price, marked_at, holding, invocation_id, asked = tuple[Any, ...](row[:-4])
    size, entry_notional, entry_fees, funding = tuple[Any, ...](row[-4:])
    return HeldOrder(
        order=_order(order),  # type: ignore[arg-type]
        mark_price=mark_price,
        marked_at=marked_at,
        holding=holding,
        invocation_id=invocation_id,
        asked=asked,
        summed=Position(
            size=size, entry_notional=entry_notional, entry_fees=entry_fees, funding=funding
        ),
    )


def _sum(amount: ColumnElement[Decimal]) -> ColumnElement[Decimal]:
    # Products of two columns keep all their places: the type of the sum must not cut them off.
    return func.coalesce(func.sum(amount), 0, type_=Numeric())


_order = to(Order)
