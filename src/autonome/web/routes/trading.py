"""Trades, and the rows below them: orders, intents, fills, payments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Final, TypeVar

from fastapi import APIRouter, Query
from sqlalchemy import ColumnElement
from starlette.responses import Response

from autonome.domain.choices import IntentState, OrderStatus, PaymentKind
from autonome.domain.money import round_money
from autonome.ledger.queries.closing import (
    Closed,
    closed_figures,
    closed_orders,
    family_fills,
    family_funding,
)
from autonome.ledger.queries.origins import Origins, origins_of
from autonome.ledger.queries.pages import Filters, OfArm, Page, page_of
from autonome.ledger.reader import Rows
from autonome.ledger.rows import Fill, Intent, Order, Payment
from autonome.ledger.tables import fills, intents, orders, payments
from autonome.web.asked import AskedForList, AskedOf, ListOf, items_of, missing
from autonome.web.exports import EXPORTED
from autonome.web.parameters import Filtered, Paged, RowId
from autonome.web.payloads import trading as shown
from autonome.web.payloads.figures import Items, Payload
from autonome.web.routes.refs import row_of, shown_plan

__all__ = [
    "get_trade",
    "list_fills",
    "list_intents",
    "list_orders",
    "list_payments",
    "list_trades",
    "read_trades",
    "router",
]

R = TypeVar("R", Order, Intent, Fill, Payment)
P = TypeVar("P", bound=Payload)

router = APIRouter(tags=["trading"])
_ONE: Final = Page(limit=1)
_NEVER: Final = datetime.max.replace(tzinfo=UTC)
OrderStatusOption = Annotated[OrderStatus | None, Query(description="Of the order.")]
IntentStateOption = Annotated[IntentState | None, Query(description="State of the intent.")]
PaymentKindOption = Annotated[PaymentKind | None, Query(alias="paymentKind")]


@router.get("/trades", response_model=Items[shown.Trade], responses=EXPORTED)
async def list_trades(asked: ListOf, filters: Filtered, page: Paged) -> Response:
    """List completed trades, the last closed first."""

    async def make(rows: Rows, page: Page) -> Items[shown.Trade]:
        return await read_trades(rows, page, filters)

    return await asked.listed(shown.Trade, make, page)


async def read_trades(rows: Rows, page: Page, filters: Filters) -> Items[shown.Trade]:
    """Return a page of completed trades."""
    found = await rows.all(closed_orders(page, filters))
    figures, origins = await _known_of(rows, found[: page.limit])
    return await items_of(
        rows,
        found,
        lambda each: _trade(each, figures, origins),
        page=page,
        place=lambda each: (each.row.closed_at or _NEVER, each.row.id),
    )


@router.get("/trades/{id}", response_model=shown.Trade)
async def get_trade(asked: AskedOf, id: RowId) -> Response:  # noqa: A002  # The path's own word.
    """Return one completed trade."""

    async def make(rows: Rows) -> shown.Trade:
        found = await rows.one(closed_orders(_ONE, Filters(), order_id=id))
        if found is None:
            raise missing("a completed trade", id, code="unknown-trade", where="/api/v1/trades")
        return _trade(found, *await _known_of(rows, [found]))

    return await asked.answer(make)


async def _known_of(
    rows: Rows, found: Sequence[OfArm[Order]]
) -> tuple[Mapping[str, Closed], Mapping[str, Origins]]:
    """Return costs and origins of some trades, by the order's id."""
    ids = [each.row.id for each in found]
    if not ids:
        return {}, {}
    moved = [*await rows.all(family_fills(ids)), *await rows.all(family_funding(ids))]
    origins = {each.order_id: each for each in await rows.all(origins_of(ids))}
    return closed_figures(moved), origins


def _trade(
    found: OfArm[Order], figures: Mapping[str, Closed], origins: Mapping[str, Origins]
) -> shown.Trade:
    order = found.row
    closed, origin = figures.get(order.id), origins.get(order.id)
    return row_of(
        shown.Trade,
        found,
        gross_pnl=None if closed is None else round_money(closed.gross_pnl),
        fees=None if closed is None else closed.fees,
        funding=None if closed is None else closed.funding,
        net_pnl=order.realized_pnl,
        exit_plan=shown_plan(order.exit_plan),
        opened_by=None if origin is None else origin.opened_by,
        closed_by=None if origin is None else origin.closed_by,
    )


@router.get("/orders", response_model=Items[shown.Order], responses=EXPORTED)
async def list_orders(
    asked: ListOf, filters: Filtered, page: Paged, status: OrderStatusOption = None
) -> Response:
    """List orders, the last opened first: OPEN is a position, CLOSED a trade."""
    conditions = [] if status is None else [orders.c.status == status]

    def plan(row: Order) -> dict[str, Any]:
        return {"exit_plan": shown_plan(row.exit_plan)}

    at = orders.c.opened_at
    return await _rows(asked, Order, shown.Order, filters, page, at, conditions, more=plan)


@router.get("/intents", response_model=Items[shown.Intent], responses=EXPORTED)
async def list_intents(
    asked: ListOf, filters: Filtered, page: Paged, status: IntentStateOption = None
) -> Response:
    """List what was meant to be sent to the venue, newest first."""
    conditions = [] if status is None else [intents.c.state == status]
    return await _rows(asked, Intent, shown.Intent, filters, page, intents.c.created_at, conditions)


@router.get("/fills", response_model=Items[shown.Fill], responses=EXPORTED)
async def list_fills(asked: ListOf, filters: Filtered, page: Paged) -> Response:
    """List executions, newest first."""
    return await _rows(asked, Fill, shown.Fill, filters, page, fills.c.filled_at, [])


@router.get("/payments", response_model=Items[shown.Payment], responses=EXPORTED)
async def list_payments(
    asked: ListOf, filters: Filtered, page: Paged, kind: PaymentKindOption = None
) -> Response:
    """List movements of money that are no fills, newest first."""
    conditions = [] if kind is None else [payments.c.kind == kind]
    return await _rows(
        asked, Payment, shown.Payment, filters, page, payments.c.occurred_at, conditions
    )


async def _rows(
    asked: AskedForList,
    kind: type[R],
    payload: type[P],
    filters: Filters,
    page: Page,
    at: ColumnElement[datetime],
    conditions: Sequence[ColumnElement[bool]],
    *,
    more: Any = lambda _: {},
) -> Response:
    """Return one page of rows of a table, each with its arm."""

    async def make(rows: Rows, page: Page) -> Items[P]:
        found = await rows.all(page_of(kind, page, filters, *conditions, at=at))
        return await items_of(
            rows,
            found,
            lambda each: row_of(payload, each, **more(each.row)),
            page=page,
            place=lambda each: (getattr(each.row, str(at.key)), each.row.id),
        )

    return await asked.listed(payload, make, page)
