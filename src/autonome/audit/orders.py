"""Compare the rows of positions and trades with what a finished statement says of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from autonome.audit.arithmetic import CENT, UNIT, decimal_text, half_even
from autonome.audit.report import Finding
from autonome.audit.rows import Order, aware
from autonome.audit.statement import Closing, Statement

__all__ = ["check_orders"]

_OWN_DECISIONS = frozenset({"OPEN", "CLOSE"})
"""Purposes of what a model decided: its row has no trigger, or MANUAL for the operator."""


class _Figure(NamedTuple):
    check: str
    name: str
    expected: object
    found: object
    places: int | None = None
    """Of a whole number: how many of its digits are decimals."""


def check_orders(statement: Statement) -> None:
    """Compare every row of ``"Orders"`` of one model; the statement must be finished."""
    open_by_id = {
        begun.order_id: place
        for place, begun in statement.begun.items()
        if place in statement.account.positions
    }
    for order in statement.orders.values():
        if order.status == "OPEN":
            _compare(statement, order, _open_figures(statement, order, open_by_id.get(order.id)))
        else:
            _compare(statement, order, _closed_figures(statement, order))
    for order_id, place in open_by_id.items():
        stored = statement.orders.get(order_id)
        if stored is None or stored.status != "OPEN":
            size = decimal_text(statement.account.positions[place].size, places=8)
            finding = Finding(
                table="Orders",
                row_id=order_id,
                model_id=statement.model_id,
                at=aware(statement.begun[place].at),
                expected=f"OPEN, {size} {statement.account.positions[place].symbol}",
                found="no such row" if stored is None else stored.status,
            )
            statement.tally.fail("open-row", finding)


def _open_figures(statement: Statement, order: Order, place: str | None) -> Iterator[_Figure]:
    check = "open-row"
    if place is None:
        yield _Figure(check, "quantity", 0, order.quantity, 8)
        return
    position = statement.account.positions[place]
    yield _Figure(check, "side", "LONG" if position.size > 0 else "SHORT", order.side)
    yield _Figure(check, "quantity", abs(position.size), order.quantity, 8)
    yield _Figure(check, "entryPrice", position.entry_price, order.entry_price, 8)
    yield _Figure(check, "openedAt", statement.begun[place].at, order.opened_at)
    ended = (order.exit_price, order.realized_cents, order.close_trigger, order.closed_at)
    yield _Figure(check, "exit", (None,) * len(ended), ended)


def _closed_figures(statement: Statement, order: Order) -> Iterator[_Figure]:
    closing = statement.closings.get(order.id)
    if closing is None:
        yield _Figure("closed-row", "quantity", 0, order.quantity, 8)
        return
    yield _Figure("closed-row", "side", "LONG" if closing.is_long else "SHORT", order.side)
    yield _Figure("closed-row", "quantity", closing.quantity, order.quantity, 8)
    yield _Figure("closed-row", "openedAt", closing.begun.at, order.opened_at)
    yield _Figure("closed-row", "closedAt", closing.at, order.closed_at)
    yield _Figure("entry-price", "entryPrice", closing.entry_price, order.entry_price, 8)
    exit_price = half_even(closing.exit_notional, closing.quantity)
    yield _Figure("exit-price", "exitPrice", exit_price, order.exit_price, 8)
    realized = closing.realized + statement.adopted_amounts.get(order.id, 0) * UNIT
    check = "adopted" if order.id in statement.adopted_trades else "realized-pnl"
    yield _Figure(check, "realizedPnl", half_even(realized, CENT), order.realized_cents, 2)
    if closing.purpose is not None:
        yield _trigger(closing, order)


def _trigger(closing: Closing, order: Order) -> _Figure:
    own = closing.purpose in _OWN_DECISIONS
    found = None if own and order.close_trigger == "MANUAL" else order.close_trigger
    return _Figure("close-trigger", "closeTrigger", None if own else closing.purpose, found)


def _compare(statement: Statement, order: Order, figures: Iterator[_Figure]) -> None:
    for figure in figures:
        statement.tally.count(figure.check)
        if figure.expected != figure.found:
            finding = Finding(
                table="Orders",
                row_id=order.id,
                model_id=statement.model_id,
                at=aware(order.closed_at or order.opened_at),
                expected=f"{figure.name} {_shown(figure.expected, figure.places)}",
                found=f"{figure.name} {_shown(figure.found, figure.places)}",
            )
            statement.tally.fail(figure.check, finding)


def _shown(value: object, places: int | None) -> str:
    if places is not None and isinstance(value, int):
        return decimal_text(value, places=places)
    return str(value)
