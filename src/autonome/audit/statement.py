"""One model's statement: its fills and payments in order, and what they say of its rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple

from autonome.audit.arithmetic import UNIT, decimal_text
from autonome.audit.report import Finding, Tally
from autonome.audit.rows import ADOPTED, FUNDING, Fill, Order, Payment, aware, moved
from autonome.audit.walk import Account, Closed

__all__ = ["Begun", "Closing", "Statement"]


NEVER: Final = datetime.fromisoformat("9999-12-31")
"""Later than every instant of a sound row."""


class Begun(NamedTuple):
    """Which row a position has, and since when."""

    order_id: str
    at: datetime


@dataclass(slots=True, kw_only=True)
class Closing:
    """What closing fills say of one CLOSED row."""

    begun: Begun
    is_long: bool
    entry_price: int
    at: datetime
    purpose: str | None
    quantity: int = 0
    exit_notional: int = 0
    """1e-16 quote."""
    realized: int = 0
    """1e-16 quote."""


@dataclass(slots=True, kw_only=True)
class Statement:
    """The walk over what moved one model's money; every step is compared with its rows."""

    model_id: str
    account: Account
    orders: Mapping[str, Order]
    tally: Tally
    closings: dict[str, Closing] = field(default_factory=dict)
    """By order id."""
    begun: dict[str, Begun] = field(default_factory=dict)
    """By place."""
    adopted_trades: frozenset[str] = frozenset()
    """Ids of CLOSED orders that another client traded from beginning to end."""
    adopted_amounts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """By order id: 1e-8 quote that stand for what fills cannot say of an adopted order."""
    next_due: datetime = NEVER
    """The first instant whose NAV point counts something not yet walked."""
    _pending: list[Fill | Payment] = field(default_factory=list)
    """Latest first."""

    @classmethod
    def begin(
        cls,
        *,
        model_id: str,
        capital: int,
        orders: Mapping[str, Order],
        fills: list[Fill],
        payments: list[Payment],
        tally: Tally,
    ) -> Statement:
        """Return a statement with nothing walked yet (``capital`` in 1e-8 quote)."""
        statement = cls(
            model_id=model_id,
            account=Account(capital=capital * UNIT),
            orders=orders,
            tally=tally,
            adopted_trades=_adopted_trades(orders, fills),
        )
        statement._pending = moved(fills, payments)[::-1]
        statement._look_ahead()
        return statement

    def advance(self, until: datetime) -> None:
        """Walk everything that the NAV point at ``until`` counts."""
        while self.next_due <= until:
            movement = self._pending.pop()
            if isinstance(movement, Fill):
                self._fill(movement)
            else:
                self._pay(movement)
            self._look_ahead()

    def finish(self) -> None:
        """Walk what is left."""
        while self._pending:
            self.advance(self.next_due)

    def _look_ahead(self) -> None:
        self.next_due = self._pending[-1].counted_from if self._pending else NEVER

    def _fill(self, fill: Fill) -> None:
        place = fill.order_id if fill.order_id in self.adopted_trades else fill.symbol
        closed = self.account.fill(place, fill.quantity, fill.price, fill.fee, symbol=fill.symbol)
        self.tally.count("fill-position")
        if closed is None:
            begun = self.begun.setdefault(place, Begun(fill.order_id, fill.at))
            self._check_entry(fill, begun)
            return
        begun = self.begun[place]
        turned = closed.quantity < abs(fill.quantity)
        is_whole = turned or place not in self.account.positions
        if is_whole:
            del self.begun[place]
        if turned:
            self.begun[place] = Begun(fill.order_id, fill.at)
            held = decimal_text(closed.quantity, places=8)
            found = decimal_text(abs(fill.quantity), places=8)
            self._fail_position(fill, f"at most the {held} held", found)
        self._check_exit(fill, begun, is_whole=is_whole)
        self._close(fill, begun, closed)

    def _close(self, fill: Fill, begun: Begun, closed: Closed) -> None:
        closing = self.closings.get(fill.order_id)
        if closing is None:
            closing = self.closings[fill.order_id] = Closing(
                begun=begun,
                is_long=fill.quantity < 0,
                entry_price=closed.entry_price,
                at=fill.at,
                purpose=fill.purpose,
            )
        closing.quantity += closed.quantity
        closing.exit_notional += closed.exit_notional
        closing.realized += closed.realized
        closing.at, closing.purpose = fill.at, fill.purpose

    def _check_entry(self, fill: Fill, begun: Begun) -> None:
        order = self.orders.get(fill.order_id)
        if fill.order_id != begun.order_id:
            self._fail_position(fill, f"order {begun.order_id}", f"order {fill.order_id}")
        elif order is None or (order.side == "LONG") != (fill.quantity > 0):
            self._fail_position(fill, "an order of its own side", _described(order))
        elif order.opened_at != begun.at:
            self._fail_position(fill, f"an order opened at {aware(begun.at)}", _described(order))

    def _check_exit(self, fill: Fill, begun: Begun, *, is_whole: bool) -> None:
        order = self.orders.get(fill.order_id)
        if is_whole and fill.order_id != begun.order_id:
            self._fail_position(fill, f"order {begun.order_id}", f"order {fill.order_id}")
        elif order is None or order.status != "CLOSED" or order.opened_at != begun.at:
            self._fail_position(
                fill, f"a CLOSED order opened at {aware(begun.at)}", _described(order)
            )

    def _fail_position(self, fill: Fill, expected: str, found: str) -> None:
        finding = Finding(
            table="Fills",
            row_id=fill.id,
            model_id=self.model_id,
            at=aware(fill.at),
            expected=expected,
            found=found,
        )
        self.tally.fail("fill-position", finding)

    def _pay(self, payment: Payment) -> None:
        if payment.kind == FUNDING:
            self._fund(payment)
            return
        self.account.pay(payment.amount)
        if payment.kind == ADOPTED and payment.order_id is not None:
            self.adopted_amounts[payment.order_id] += payment.amount
        if payment.kind == "SHORTFALL" and not self.account.positions:
            self.tally.count("shortfall")
            if cash := self.account.cash_from_flows:
                self._fail_payment("shortfall", payment, "0", decimal_text(cash, places=16))

    def _fund(self, payment: Payment) -> None:
        self.tally.count("funding-held")
        order = self.orders.get(payment.order_id or "")
        place = order.symbol if order is not None else ""
        begun = self.begun.get(place)
        if order is not None and begun is not None and begun.order_id == order.id:
            self.account.fund(place, payment.amount)
            return
        self.account.pay(payment.amount)
        expected = "an order that is held" if begun is None else f"order {begun.order_id}"
        self._fail_payment("funding-held", payment, expected, f"order {payment.order_id}")

    def _fail_payment(self, check: str, payment: Payment, expected: str, found: str) -> None:
        finding = Finding(
            table="Payments",
            row_id=payment.id,
            model_id=self.model_id,
            at=aware(payment.at),
            expected=expected,
            found=found,
        )
        self.tally.fail(check, finding)


def _adopted_trades(orders: Mapping[str, Order], fills: Iterable[Fill]) -> frozenset[str]:
    """Return the CLOSED orders that have adopted fills only."""
    adopted: dict[str, bool] = {}
    for fill in fills:
        adopted[fill.order_id] = adopted.get(fill.order_id, True) and fill.liquidity == ADOPTED
    return frozenset(
        order_id
        for order_id, is_adopted in adopted.items()
        if is_adopted and order_id in orders and orders[order_id].status == "CLOSED"
    )


def _described(order: Order | None) -> str:
    if order is None:
        return "no order of this model"
    return f"order {order.id}, {order.status} {order.side} opened at {aware(order.opened_at)}"
