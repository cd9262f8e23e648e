"""Money as whole numbers: units of 1e-8, products of two as units of 1e-16, halves to even."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

__all__ = ["CENT", "UNIT", "decimal_text", "half_even", "share"]

UNIT: Final = 10**8
"""Units of 1e-8 in one; a quantity or price times this is a whole number."""
CENT: Final = 10**14
"""Units of 1e-16 in one cent."""


def half_even(numerator: int, denominator: int) -> int:
    """Return numerator / denominator (> 0) as the nearest whole number, a tie to the even one."""
    quotient, rest = divmod(numerator, denominator)
    twice = 2 * rest
    if twice > denominator or (twice == denominator and quotient % 2):
        quotient += 1
    return quotient


def share(total: int, *, part: int, whole: int) -> int:
    """Return total x part / whole, all in 1e-16, rounded to 1e-8; all of it when part is whole.

    What is left is the caller's total less the share, so the last part takes the rest.
    """
    if part == whole:
        return total
    return half_even(total * part, whole * UNIT) * UNIT


def decimal_text(amount: int, *, places: int) -> str:
    """Return an amount of 1e-``places`` as people read it, every digit kept."""
    digits = Decimal((int(amount < 0), tuple(map(int, str(abs(amount)))), -places))
    return f"{digits:f}"
