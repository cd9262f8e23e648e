"""Whole numbers: halves to even, shares that lose nothing, amounts that people can read."""

from __future__ import annotations

from decimal import Decimal

import pytest

from autonome.audit.arithmetic import CENT, UNIT, decimal_text, half_even, share


@pytest.mark.parametrize(
    ("numerator", "denominator", "quotient"),
    [
        (5, 2, 2),  # 2.5, a tie to the even number
        (7, 2, 4),  # 3.5
        (-5, 2, -2),
        (-7, 2, -4),
        (8, 3, 3),
        (-8, 3, -3),
        (7, 3, 2),
        (-7, 3, -2),
        (0, 3, 0),
    ],
)
def test_a_quotient_is_the_nearest_number_and_a_tie_the_even_one(
    numerator: int, denominator: int, quotient: int
) -> None:
    assert half_even(numerator, denominator) == quotient


@pytest.mark.parametrize(
    ("amount", "cents"),
    [
        ("48.525", 4852),  # The flip of the accounting rules is stored as 48.52.
        ("48.535", 4854),
        ("-48.525", -4852),
        ("353.076", 35308),
        ("-118.062", -11806),
        ("44.9750000000000001", 4498),
    ],
)
def test_cents_are_half_even(amount: str, cents: int) -> None:
    assert half_even(int(Decimal(amount).scaleb(16)), CENT) == cents


def test_thirds_share_to_the_last_unit() -> None:
    # 100 / 3 = 33.33333333; half of the 66.66666667 left is a tie, to 33.33333334; then the rest.
    total, whole, shares = 100 * UNIT * UNIT, 3, []
    for _ in range(3):
        part = share(total, part=1, whole=whole)
        shares.append(Decimal(decimal_text(part, places=16)))
        total, whole = total - part, whole - 1
    assert shares == [Decimal("33.33333333"), Decimal("33.33333334"), Decimal("33.33333333")]
    assert total == 0


def test_all_of_a_total_is_not_rounded() -> None:
    assert share(123_456_789, part=7, whole=7) == 123_456_789


@pytest.mark.parametrize(
    ("amount", "places", "text"),
    [
        (150, 2, "1.50"),
        (-5, 2, "-0.05"),
        (0, 8, "0.00000000"),
        (10**27, 16, "100000000000.0000000000000000"),
    ],
)
def test_amounts_keep_every_digit(amount: int, places: int, text: str) -> None:
    assert decimal_text(amount, places=places) == text
