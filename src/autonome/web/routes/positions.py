"""Positions: what is open, what it is worth at the last mark, and what it would lose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from autonome.domain.errors import InvariantBroken
from autonome.domain.money import ZERO, exact, round_money, share
from autonome.domain.position import Position as Held
from autonome.ledger.queries.held import HeldOrder, held_orders, plan_calls
from autonome.ledger.queries.pages import Filters, OfArm, Page
from autonome.ledger.queries.rebuilding import Moved, moved_by_fills, moved_by_funding, rebuilt
from autonome.ledger.reader import Rows
from autonome.ledger.rows import Order
from autonome.web.asked import ListOf, items_of
from autonome.web.exports import EXPORTED
from autonome.web.parameters import Filtered, Paged
from autonome.web.payloads.figures import Items
from autonome.web.payloads.trading import Mark, Position
from autonome.web.routes.liquidation import liquidation_prices
from autonome.web.routes.refs import ref, shown_plan
from autonome.web.routes.stops import first_stop, stop_moves

__all__ = ["list_positions", "read_positions", "router"]

router = APIRouter(tags=["positions"])
_ONE: Final = Decimal(1)
_R_PLACES: Final = 4


@router.get("/positions", response_model=Items[Position], responses=EXPORTED)
async def list_positions(asked: ListOf, filters: Filtered, page: Paged) -> Response:
    """List open positions, the last opened first."""

    async def make(rows: Rows, page: Page) -> Items[Position]:
        return await read_positions(rows, page, filters)

    return await asked.listed(Position, make, page)


async def read_positions(rows: Rows, page: Page, filters: Filters) -> Items[Position]:
    """Return a page of open positions."""
    found = await rows.all(held_orders(page, filters))
    parted = [each.row.order for each in found[: page.limit] if each.row.position is None]
    exactly: Mapping[str, Held] = {}
    if parted:
        ids = [each.id for each in parted]
        moved = await rows.all(moved_by_fills(of_orders=ids))
        moved += await rows.all(moved_by_funding(of_orders=ids))
        exactly = _rebuilt(parted, moved)
    listed = [each.row for each in found[: page.limit]]
    ids = [each.order.id for each in listed]
    moves = stop_moves(listed, await rows.all(plan_calls(ids)) if ids else [])
    liquidated_at = await liquidation_prices(rows, {each.order.model_id for each in listed})
    return await items_of(
        rows,
        found,
        lambda each: _shown(
            each,
            each.row.position or exactly.get(each.row.order.id),
            moves.get(each.row.order.id, 0),
            liquidated_at.get((each.row.order.model_id, each.row.order.symbol)),
        ),
        page=page,
        place=lambda each: (each.row.order.opened_at, each.row.order.id),
    )


def _rebuilt(parted: Sequence[Order], moved: Sequence[Moved]) -> dict[str, Held]:
    """Return what fills and funding make of each position; of one that they contradict, nothing."""
    of_order: dict[str, list[Moved]] = {}
    for each in moved:
        of_order.setdefault(each.order_id, []).append(each)
    exactly: dict[str, Held] = {}
    for order in parted:
        try:
            exactly.update(rebuilt([order], of_order.get(order.id, [])))
        except InvariantBroken:
            # Another client wrote the row; the audit names it, and the others are still right.
            continue
    return exactly


@exact
def _shown(
    found: OfArm[HeldOrder], held: Held | None, moves: int, liquidation_price: Decimal | None
) -> Position:
    row, order = found.row, found.row.order
    sign = order.side.sign
    plan = order.exit_plan
    entry = order.entry_notional if held is None else sign * held.entry_notional

    def pnl_at(price: Decimal | None) -> Decimal | None:
        return None if price is None else round_money(sign * (order.quantity * price - entry))

    unrealized = pnl_at(row.mark_price)
    stop = order.sl_trigger_price if plan is None else plan.stop
    target = order.tp_trigger_price if plan is None else plan.target
    first = first_stop(found)
    return Position.model_construct(
        id=order.id,
        arm=ref(found.arm),
        symbol=order.symbol,
        side=order.side.value,
        quantity=order.quantity,
        leverage=order.leverage,
        entry_price=order.entry_price,
        entry_notional=round_money(entry),
        mark=None
        if row.mark_price is None or row.marked_at is None
        else Mark.model_construct(price=row.mark_price, at=row.marked_at),
        notional=None if row.mark_price is None else round_money(order.quantity * row.mark_price),
        unrealized_pnl=unrealized,
        unrealized_return=None
        if unrealized is None or not entry
        else share(_ONE, part=unrealized, whole=entry),
        funding=None if held is None else held.funding,
        fees=None if held is None else held.entry_fees,
        stop=stop,
        target=target,
        first_stop=first.price,
        trails=first.trails,
        # A column moves a stop without a word.
        stop_moves=moves if first.trails is False else None,
        risk_to_stop=pnl_at(stop),
        reward_to_target=pnl_at(target),
        r_multiple=_r_multiple(unrealized, pnl_at(first.price)),
        liquidation_price=liquidation_price,
        exit_plan=shown_plan(plan),
        confidence=None if plan is None or plan.confidence is None else float(plan.confidence),
        opened_at=order.opened_at,
        invocation_id=row.invocation_id,
    )


def _r_multiple(gain: Decimal | None, at_first_stop: Decimal | None) -> float | None:
    """Return the gain in units of what was risked at first; a stop that risks nothing has none."""
    if gain is None or at_first_stop is None or at_first_stop >= ZERO:
        return None
    return round(float(gain) / -float(at_first_stop), _R_PLACES)
