"""The door for numbers, and every rounding that has a name."""

from __future__ import annotations

import decimal
from decimal import Decimal

import pytest

from autonome.domain.money import (
    EXACT,
    bps_of,
    decimal_of,
    exact,
    round_cents,
    round_down,
    round_money,
    round_nearest,
    round_up,
    share,
)

CARELESS = decimal.Context(prec=5, rounding=decimal.ROUND_UP, traps=[])
"""What a caller may have left behind: five digits, the wrong rounding, no trap."""


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("50000.12345678", Decimal("50000.12345678")),
        ("-0.1", Decimal("-0.1")),
        ("1e-8", Decimal("0.00000001")),
        (7, Decimal(7)),
        (Decimal("0.30"), Decimal("0.3")),
    ],
)
def test_the_door_lets_exact_numbers_in(value: str | int | Decimal, number: Decimal) -> None:
    assert decimal_of(value) == number


@pytest.mark.parametrize("value", [0.1, 1.0, True, False, None, b"1", [1]])
def test_the_door_refuses_what_is_no_exact_number(value: object) -> None:
    with pytest.raises(TypeError, match="expected a Decimal, an int or text"):
        decimal_of(value)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", ["NaN", "sNaN", "Infinity", "-inf", Decimal("NaN"), "ten", ""])
@pytest.mark.parametrize("context", [decimal.Context(), CARELESS], ids=["usual", "careless"])
def test_the_door_refuses_what_is_not_finite(
    value: str | Decimal, context: decimal.Context
) -> None:
    with decimal.localcontext(context), pytest.raises(ValueError, match="expected a"):
        decimal_of(value)


def test_the_door_keeps_every_digit_in_a_careless_context() -> None:
    with decimal.localcontext(CARELESS):
        number = decimal_of("123456789.12345678")
    assert number == Decimal("123456789.12345678")


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [
        ("0.000000005", "0.00000000"),  # A tie goes to the even digit: 0.
        ("0.000000015", "0.00000002"),
        ("0.000000025", "0.00000002"),
        ("-0.000000015", "-0.00000002"),
        ("0.0000000250000001", "0.00000003"),  # No tie any more.
        ("48.525", "48.52500000"),
    ],
)
def test_money_is_rounded_half_even_to_eight_places(amount: str, rounded: str) -> None:
    assert f"{round_money(Decimal(amount)):f}" == rounded


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [
        ("353.076", "353.08"),  # Worked example.
        ("-118.062", "-118.06"),  # Worked example.
        ("48.525", "48.52"),  # Flip example: a tie.
        ("48.535", "48.54"),
        ("-48.525", "-48.52"),
        ("48.52500001", "48.53"),
    ],
)
def test_cents_are_rounded_half_even(amount: str, rounded: str) -> None:
    assert str(round_cents(Decimal(amount))) == rounded


@pytest.mark.parametrize(
    ("value", "step", "down", "nearest", "up"),
    [
        ("0.19", "0.1", "0.1", "0.2", "0.2"),
        ("0.15", "0.1", "0.1", "0.2", "0.2"),  # A tie goes to the even multiple: 2.
        ("0.25", "0.1", "0.2", "0.2", "0.3"),
        ("0.3", "0.1", "0.3", "0.3", "0.3"),
        ("-0.15", "0.1", "-0.2", "-0.2", "-0.1"),
        ("7", "5", "5", "5", "10"),
        ("1.0", "0.3", "0.9", "0.9", "1.2"),  # A step that 1 is no multiple of.
        ("94230.24999", "0.1", "94230.2", "94230.2", "94230.3"),
    ],
)
def test_steps_are_rounded_in_the_direction_that_the_name_says(
    value: str, step: str, down: str, nearest: str, up: str
) -> None:
    number, width = Decimal(value), Decimal(step)
    assert round_down(number, step=width) == Decimal(down)
    assert round_nearest(number, step=width) == Decimal(nearest)
    assert round_up(number, step=width) == Decimal(up)


def test_roundings_are_the_same_in_a_careless_context() -> None:
    with decimal.localcontext(CARELESS):
        found = (
            round_money(Decimal("123456.123456785")),
            round_cents(Decimal("123456.785")),
            round_down(Decimal("123456.79"), step=Decimal("0.1")),
            round_up(Decimal("123456.71"), step=Decimal("0.1")),
            round_nearest(Decimal("123456.75"), step=Decimal("0.1")),
            share(Decimal("123456.1"), part=Decimal(1), whole=Decimal(3)),
            bps_of(Decimal("123456.7"), Decimal("2.8")),
        )
    assert found == (
        Decimal("123456.12345678"),
        Decimal("123456.78"),
        Decimal("123456.7"),
        Decimal("123456.8"),
        Decimal("123456.8"),
        Decimal("41152.03333333"),
        Decimal("34.567876"),
    )


@exact
def _third(value: Decimal) -> Decimal:
    return value / 3


@exact
def _product(left: Decimal, right: Decimal) -> Decimal:
    return left * right


def test_exact_arithmetic_refuses_to_lose_a_digit_whatever_the_callers_context() -> None:
    with decimal.localcontext(CARELESS):
        with pytest.raises(decimal.Inexact):
            _third(Decimal(1))
        # 1,234,567,800,000 + 123,456.78
        assert _product(Decimal("1234567.8"), Decimal("1000000.1")) == Decimal("1234567923456.78")


def test_exact_arithmetic_gives_the_callers_context_back() -> None:
    with decimal.localcontext(CARELESS) as context:
        with pytest.raises(decimal.Inexact):
            _third(Decimal(1))
        assert decimal.getcontext() is context
        assert decimal.getcontext().prec == 5


def test_exact_arithmetic_holds_the_widest_product_of_two_columns() -> None:
    widest = Decimal("9999999999.99999999")
    # (10^10 - 10^-8)^2 = 10^20 - 200 + 10^-16.
    assert _product(widest, widest) == Decimal("99999999999999999800.0000000000000001")


def test_exact_arithmetic_refuses_binary_numbers() -> None:
    with decimal.localcontext(EXACT), pytest.raises(decimal.FloatOperation):
        Decimal(1) < 0.5  # noqa: B015


@pytest.mark.parametrize(
    ("total", "part", "whole", "expected"),
    [
        ("15300", "0.12", "0.3", "6120"),  # Worked example: the released notional.
        ("7.65", "0.12", "0.3", "3.06"),  # Worked example: entry fees.
        ("-1.56", "0.12", "0.3", "-0.624"),  # Worked example: funding.
        ("1.16", "0.5", "0.8", "0.725"),  # Flip example: the fee of the closing part.
        ("1", "1", "3", "0.33333333"),
        ("0.00000001", "1", "2", "0"),  # A tie goes to the even digit.
        ("0.00000003", "1", "2", "0.00000002"),
        ("0.123456789123", "2", "2", "0.123456789123"),  # The last part takes all that is left.
    ],
)
def test_a_share_is_rounded_half_even_to_eight_places(
    total: str, part: str, whole: str, expected: str
) -> None:
    assert share(Decimal(total), part=Decimal(part), whole=Decimal(whole)) == Decimal(expected)


def test_basis_points_are_exact() -> None:
    assert bps_of(Decimal("10819.94946"), Decimal("2.5")) == Decimal("2.704987365")
