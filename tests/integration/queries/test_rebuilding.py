"""Positions and cash, rebuilt exactly from fills and payments; figures worked out by hand."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from autonome.domain.choices import (
    OrderSide,
    OrderStatus,
    PaymentKind,
    Side,
)
from autonome.domain.errors import InvariantBroken
from autonome.domain.position import Position
from autonome.domain.value import changed
from autonome.testing.bookings import NOW
from integration.queries.desk import Desk, closed_part


def test_the_worked_example_comes_back_after_its_partial_close(desk: Desk) -> None:
    """Buy 0.2 at 50,000 and 0.1 at 53,000, pay 1.56 funding, sell 0.12 at 54,000 (5 bps)."""
    first, second, third = (NOW + timedelta(hours=hours) for hours in (1, 2, 3))
    order = desk.opened("0.2", at=NOW)
    desk.book(orders=(order,), fills=(desk.fill(order, Side.BUY, "0.2", "50000", "5.00", at=NOW),))
    desk.book(
        orders=(changed(order, quantity=Decimal("0.3")),),
        fills=(desk.fill(order, Side.BUY, "0.1", "53000", "2.65", at=first),),
    )
    desk.book(payments=(desk.payment(PaymentKind.FUNDING, "-1.56", at=second, order=order),))
    part, rest = closed_part(order, "0.12", at=third), changed(order, quantity=Decimal("0.18"))
    desk.book(
        orders=(part, rest),
        fills=(desk.fill(part, Side.SELL, "0.12", "54000", "3.24", at=third),),
    )
    arm = desk.only()
    assert arm.positions == (
        (
            rest,
            Position(
                size=Decimal("0.18"),
                entry_notional=Decimal(9_180),
                # 7.65 less its share 0.4; -1.56 less its share 0.4.
                entry_fees=Decimal("4.59"),
                funding=Decimal("-0.936"),
            ),
        ),
    )
    # 10,000 - 10,000 - 5 - 5,300 - 2.65 - 1.56 + 6,480 - 3.24; with 0.18 at 51,500 the NAV of
    # the published example, 10,437.55.
    assert arm.figures.cash_flow == Decimal("1167.55")
    assert arm.trades == (part,)


def test_funding_of_the_instant_of_a_fill_came_before_it(desk: Desk) -> None:
    order, later = desk.opened("0.2", at=NOW), NOW + timedelta(hours=1)
    desk.book(orders=(order,), fills=(desk.fill(order, Side.BUY, "0.2", "100", "0", at=NOW),))
    part, rest = closed_part(order, "0.1", at=later), changed(order, quantity=Decimal("0.1"))
    desk.book(orders=(part, rest), fills=(desk.fill(part, Side.SELL, "0.1", "100", "0", at=later),))
    desk.book(payments=(desk.payment(PaymentKind.FUNDING, "-1", at=later, order=order),))
    ((_, position),) = desk.only().positions
    assert position.funding == Decimal("-0.5")


def test_fills_of_one_instant_count_by_number_and_what_a_flip_closed_is_not_counted(
    desk: Desk,
) -> None:
    """Of numbers 9 and 10 the former came first, though 10 is first among words."""
    long = desk.opened("1", at=NOW)
    desk.book(orders=(long,), fills=(desk.fill(long, Side.BUY, "1", "100", "0", at=NOW),))
    turned = NOW + timedelta(hours=1)
    short = desk.opened("2", side=OrderSide.SHORT, at=turned)
    desk.book(
        orders=(changed(long, status=OrderStatus.CLOSED, closed_at=turned), short),
        fills=(
            desk.fill(long, Side.SELL, "1", "100", "0", at=turned, number="8", part=0),
            desk.fill(short, Side.SELL, "2", "100", "0", at=turned, number="8", part=1),
        ),
    )
    part = changed(closed_part(short, "1", at=turned), side=OrderSide.SHORT, quantity=Decimal(1))
    grown = changed(short, quantity=Decimal("2"))
    desk.book(
        orders=(part, grown),
        fills=(
            desk.fill(part, Side.BUY, "1", "90", "0", at=turned, number="9"),
            desk.fill(short, Side.SELL, "1", "130", "0", at=turned, number="10"),
        ),
    )
    ((row, position),) = desk.only().positions
    # 2 at 100, half of it closed, then 1 at 130; the other way round half of 330 were released.
    assert row == grown
    assert (position.size, position.entry_notional) == (Decimal(-2), Decimal(-230))


def test_a_row_that_its_fills_do_not_add_up_to_is_refused(desk: Desk) -> None:
    order = desk.opened("0.2", at=NOW)
    desk.book(orders=(order,), fills=(desk.fill(order, Side.BUY, "0.1", "100", "0", at=NOW),))
    with pytest.raises(InvariantBroken, match=r"LONG 0\.20000000 BTC"):
        desk.restored()


def test_cash_counts_every_payment_but_inference(desk: Desk) -> None:
    kinds = {
        PaymentKind.INFERENCE: "-3.00000001",
        PaymentKind.LIQUIDATION_FEE: "-0.00000007",
        PaymentKind.SHORTFALL: "0.5",
        PaymentKind.FUNDING: "-0.1",
    }
    payments = tuple(desk.payment(kind, amount, at=NOW) for kind, amount in kinds.items())
    desk.book(payments=payments)
    assert desk.only().figures.cash_flow == Decimal("10000.39999993")
