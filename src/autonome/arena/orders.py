"""The rows of ``"Orders"`` after a fill: what closed, and what is open now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from autonome.arena.account import Holding
from autonome.arena.events import Filled, Names
from autonome.domain.choices import OrderSide, OrderStatus
from autonome.domain.exit_plan import ExitPlan
from autonome.domain.instants import zulu
from autonome.domain.money import ZERO, round_cents
from autonome.domain.position import Closure, Execution, Position, average_price
from autonome.domain.value import changed
from autonome.ledger.rows import Order

__all__ = ["closed_order", "cooled_until", "no_looser", "order_after", "with_plan"]


def closed_order(
    held: Holding, closures: Sequence[Closure], realized_pnl: Decimal, event: Filled, names: Names
) -> Order:
    """Return the one CLOSED row of all that closed at this moment.

    It is the position's own when all of it closed, else one that is born.
    """
    order, quantity = held.order, ZERO
    executions: list[Execution] = []
    for closure in closures:
        executions.append(closure.execution)
        quantity += closure.execution.quantity
    whole = quantity == abs(held.position.size)
    plan = order.exit_plan
    if whole and held.cooldown_minutes:
        until = zulu(cooled_until(held, event.at))
        plan = changed(plan or ExitPlan(), cooldown_until=until)
    trigger = event.order.trigger
    return changed(
        order,
        id=order.id if whole else names.new_id(),
        quantity=quantity,
        exit_plan=plan,
        status=OrderStatus.CLOSED,
        exit_price=average_price(executions),
        realized_pnl=round_cents(realized_pnl),
        close_trigger=None if trigger is None else trigger.value,
        closed_at=event.at,
        updated_at=event.at,
    )


def cooled_until(held: Holding, closed_at: datetime) -> datetime:
    """Return until when the symbol of a position that closed is not entered again."""
    return closed_at + timedelta(minutes=held.cooldown_minutes)


def order_after(
    held: Holding | None,
    position: Position,
    opened: Sequence[Execution],
    event: Filled,
    names: Names,
) -> Order | None:
    """Return the OPEN row that remains, ``None`` when the position is flat."""
    side = position.side
    if side is None:
        return None
    if held is None or held.order.side is not side:
        return _opened_order(side, position, opened, event, names)
    row = changed(held.order, quantity=abs(position.size), updated_at=event.at)
    return _scaled_in(row, position.average_entry_price, event) if opened else row


def _opened_order(
    side: OrderSide,
    position: Position,
    opened: Sequence[Execution],
    event: Filled,
    names: Names,
) -> Order:
    order, plan = event.order, event.order.exit_plan
    return Order(
        id=names.new_id(),
        model_id=order.intent.model_id,
        symbol=order.intent.symbol,
        side=side,
        quantity=abs(position.size),
        leverage=order.leverage,
        entry_price=average_price(opened),
        exit_plan=plan,
        status=OrderStatus.OPEN,
        exit_price=None,
        realized_pnl=None,
        close_trigger=None,
        sl_order_index=None,
        tp_order_index=None,
        sl_trigger_price=None if plan is None else plan.stop,
        tp_trigger_price=None if plan is None else plan.target,
        opened_at=event.at,
        closed_at=None,
        updated_at=event.at,
    )


def _scaled_in(row: Order, entry_price: Decimal, event: Filled) -> Order:
    """Return the row with the new plan, its stop no looser, and the lower leverage."""
    plan = no_looser(row, event.order.exit_plan)
    leverages = [each for each in (row.leverage, event.order.leverage) if each is not None]
    row = changed(row, entry_price=entry_price, leverage=min(leverages, default=None))
    return row if plan is None else with_plan(row, plan, event.at)


def with_plan(order: Order, plan: ExitPlan, at: datetime) -> Order:
    """Return the row under another exit plan."""
    return changed(
        order,
        exit_plan=plan,
        sl_trigger_price=plan.stop,
        tp_trigger_price=plan.target,
        updated_at=at,
    )


def no_looser(row: Order, plan: ExitPlan | None) -> ExitPlan | None:
    """Return the new plan of a position that is added to: its stop never loosens."""
    if plan is None:
        return row.exit_plan
    if row.exit_plan is None or row.exit_plan.stop is None:
        return plan
    present = row.exit_plan.stop
    if plan.stop is None:
        return changed(plan, stop=present)
    tighter = max if row.side is OrderSide.LONG else min
    return changed(plan, stop=tighter(present, plan.stop))
