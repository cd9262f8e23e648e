"""Positions: scale-in, partial closes to the last, funding's sign and rounding."""

from __future__ import annotations

import decimal
from decimal import Decimal

import pytest

from autonome.domain.choices import Side
from autonome.domain.position import (
    Execution,
    Position,
    apply_execution,
    first_part,
    funding_payment,
)


def trade(side: Side, quantity: str, price: str, fee: str = "0") -> Execution:
    return Execution(side=side, quantity=Decimal(quantity), price=Decimal(price), fee=Decimal(fee))


@pytest.mark.parametrize("side", [Side.BUY, Side.SELL])
def test_a_fill_of_the_same_sign_adds_quantity_notional_and_fee(side: Side) -> None:
    held = Position()
    for quantity, price in (("0.1", "100"), ("0.2", "103"), ("0.4", "99.5")):
        effect = apply_execution(held, trade(side, quantity, price, "0.01"))
        assert effect.closed is None
        assert effect.opened == trade(side, quantity, price, "0.01")
        held = effect.position
    # 10 + 20.6 + 39.8 = 70.4 over 0.7 = 100.571428571...
    assert held.size == side.sign * Decimal("0.7")
    assert held.entry_notional == side.sign * Decimal("70.4")
    assert held.average_entry_price == Decimal("100.57142857")
    assert held.entry_fees == Decimal("0.03")


def test_thirds_of_a_position_share_to_the_last_unit() -> None:
    # 100.00 / 3 = 33.33333333; what is left, 66.66666667, halves to 33.33333334 (a tie, to even),
    # and the last close takes 33.33333333: nothing is lost.
    held = Position(
        size=Decimal(3), entry_notional=Decimal(100), entry_fees=Decimal("0.1"), funding=Decimal(-1)
    )
    released = []
    for _ in range(3):
        effect = apply_execution(held, trade(Side.SELL, "1", "40"))
        assert effect.closed is not None
        released.append(
            (effect.closed.entry_notional, effect.closed.entry_fees, effect.closed.funding)
        )
        held = effect.position
    assert released == [
        (Decimal("33.33333333"), Decimal("0.03333333"), Decimal("-0.33333333")),
        (Decimal("33.33333334"), Decimal("0.03333334"), Decimal("-0.33333334")),
        (Decimal("33.33333333"), Decimal("0.03333333"), Decimal("-0.33333333")),
    ]
    assert held == Position()


def test_a_flip_splits_the_fee_by_quantity_and_loses_none_of_it() -> None:
    held = apply_execution(Position(), trade(Side.BUY, "1", "10")).position
    effect = apply_execution(held, trade(Side.SELL, "3", "10", "0.00000010"))
    assert effect.closed is not None
    assert effect.opened is not None
    assert effect.closed.execution.fee == Decimal("0.00000003")  # A third of 10 units is 3.33.
    assert effect.opened.fee == Decimal("0.00000007")
    assert effect.opened.quantity == Decimal(2)


def test_a_rebate_raises_the_realized_gain() -> None:
    held = apply_execution(Position(), trade(Side.SELL, "2", "10", "-0.01")).position
    effect = apply_execution(held, trade(Side.BUY, "2", "9", "-0.02"))
    assert effect.closed is not None
    assert effect.closed.gross_pnl == Decimal(2)
    assert effect.closed.realized_pnl == Decimal("2.03")


@pytest.mark.parametrize(
    ("size", "rate", "payment"),
    [
        ("0.3", "0.0001", "-1.56"),  # Worked example: a long pays.
        ("-0.3", "0.0001", "1.56"),
        ("0.3", "-0.0001", "1.56"),
        ("-0.3", "-0.0001", "-1.56"),
        ("0.3", "0", "0"),
    ],
)
def test_longs_pay_positive_funding_and_shorts_receive_it(
    size: str, rate: str, payment: str
) -> None:
    paid = funding_payment(size=Decimal(size), mark_price=Decimal(52_000), rate=Decimal(rate))
    assert paid == Decimal(payment)


@pytest.mark.parametrize(
    ("size", "payment"),
    [
        ("1", "-0.00000002"),  # 0.000000025: a tie goes to the even digit.
        ("3", "-0.00000008"),  # 0.000000075
        ("-3", "0.00000008"),
        ("0.1", "0"),  # 0.0000000025
    ],
)
def test_funding_is_rounded_half_even_to_eight_places(size: str, payment: str) -> None:
    paid = funding_payment(
        size=Decimal(size), mark_price=Decimal("0.25"), rate=Decimal("0.0000001")
    )
    assert paid == Decimal(payment)


def test_position_arithmetic_ignores_the_callers_context() -> None:
    with decimal.localcontext(decimal.Context(prec=3, traps=[])):
        effect = apply_execution(Position(), trade(Side.BUY, "0.123", "94230.7", "5.79518805"))
        gain = effect.position.open_pnl(mark_price=Decimal("94231.7"))
        notional = trade(Side.BUY, "0.123", "94230.7").notional
    assert effect.position.entry_notional == Decimal("11590.3761")
    assert notional == Decimal("11590.3761")
    assert gain == Decimal("-5.67218805")  # 0.123 - 5.79518805


def test_the_first_part_of_an_execution_is_at_most_all_of_it() -> None:
    whole = trade(Side.BUY, "0.8", "2900", "1.16")
    assert first_part(whole, quantity=Decimal("0.5")) == trade(Side.BUY, "0.5", "2900", "0.725")
    assert first_part(whole, quantity=Decimal("0.9")) == whole


@pytest.mark.parametrize(("quantity", "price"), [("0", "1"), ("-1", "1"), ("1", "0"), ("1", "-1")])
def test_an_execution_of_nothing_is_refused(quantity: str, price: str) -> None:
    with pytest.raises(ValueError, match="expected quantity and price > 0"):
        trade(Side.BUY, quantity, price)


def test_a_flat_position_has_no_side() -> None:
    assert Position().side is None
