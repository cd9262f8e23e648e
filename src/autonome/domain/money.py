"""Exact decimal arithmetic: the door for numbers, and every rounding that has a name.

Money is computed under ``EXACT``, a context that raises ``decimal.Inexact`` instead of rounding;
the functions below are the only places where a digit may be lost, each in a stated direction.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from decimal import (
    ROUND_CEILING,
    ROUND_FLOOR,
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DivisionByZero,
    FloatOperation,
    Inexact,
    InvalidOperation,
    Overflow,
    getcontext,
    localcontext,
    setcontext,
)
from typing import Final, ParamSpec, TypeVar

__all__ = [
    "CENT",
    "EXACT",
    "MONEY_UNIT",
    "ZERO",
    "bps_of",
    "decimal_of",
    "exact",
    "round_cents",
    "round_down",
    "round_money",
    "round_nearest",
    "round_up",
    "share",
]

ZERO: Final = Decimal(0)
CENT: Final = Decimal("0.01")
MONEY_UNIT: Final = Decimal("0.00000001")
"""Quote; the step of fees, payments and shares."""
_BPS_PER_UNIT: Final = 10_000

_PRECISION: Final = 72
"""Twice the widest product of two ``numeric(18, 8)`` columns: room for every exact sum."""
EXACT: Final = Context(
    prec=_PRECISION,
    rounding=ROUND_HALF_EVEN,
    traps=[Inexact, InvalidOperation, DivisionByZero, Overflow, FloatOperation],
)
_ROUNDING: Final = Context(
    prec=_PRECISION,
    rounding=ROUND_HALF_EVEN,
    traps=[InvalidOperation, DivisionByZero, Overflow, FloatOperation],
)

_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")


def exact(function: Callable[_Parameters, _Result]) -> Callable[_Parameters, _Result]:
    """Run ``function`` under ``EXACT``, whatever context its caller has."""

    @functools.wraps(function)
    def wrapper(*args: _Parameters.args, **kwargs: _Parameters.kwargs) -> _Result:
        present = getcontext()
        if present is EXACT:
            return function(*args, **kwargs)
        setcontext(EXACT)
        try:
            return function(*args, **kwargs)
        finally:
            setcontext(present)

    return wrapper


def decimal_of(value: str | int | Decimal) -> Decimal:
    """Return ``value`` as a finite Decimal.

    Raises:
        TypeError: ``value`` is a binary floating-point number, a bool or no number at all.
        ValueError: ``value`` is no number, or not a finite one.
    """
    if isinstance(value, bool) or not isinstance(value, (str, int, Decimal)):
        raise TypeError(f"expected a Decimal, an int or text, found {value!r}")
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise ValueError(f"expected a decimal number, found {value!r}") from None
    if not number.is_finite():
        raise ValueError(f"expected a finite number, found {value!r}")
    return number


def round_money(amount: Decimal) -> Decimal:
    """Return ``amount`` (quote) rounded half-even to 1e-8: fees, payments, shares."""
    return amount.quantize(MONEY_UNIT, context=_ROUNDING)


def round_cents(amount: Decimal) -> Decimal:
    """Return ``amount`` (quote) rounded half-even to cents: stored P&L and NAV."""
    return amount.quantize(CENT, context=_ROUNDING)


def round_down(value: Decimal, *, step: Decimal) -> Decimal:
    """Return the largest multiple of ``step`` that is not above ``value``."""
    return _to_step(value, step, ROUND_FLOOR)


def round_up(value: Decimal, *, step: Decimal) -> Decimal:
    """Return the smallest multiple of ``step`` that is not below ``value``."""
    return _to_step(value, step, ROUND_CEILING)


def round_nearest(value: Decimal, *, step: Decimal) -> Decimal:
    """Return the multiple of ``step`` nearest to ``value``; a tie goes to the even multiple."""
    return _to_step(value, step, ROUND_HALF_EVEN)


def _to_step(value: Decimal, step: Decimal, rounding: str) -> Decimal:
    with localcontext(_ROUNDING):
        return (value / step).quantize(Decimal(1), rounding=rounding) * step


def share(total: Decimal, *, part: Decimal, whole: Decimal) -> Decimal:
    """Return ``total x part / whole`` rounded half-even to 1e-8; all of it when ``part`` is all.

    What remains is the caller's ``total - share(...)``, so that nothing is created or lost.
    """
    if part == whole:
        return total
    shared = _ROUNDING.divide(_ROUNDING.multiply(total, part), whole)
    return shared.quantize(MONEY_UNIT, context=_ROUNDING)


@exact
def bps_of(value: Decimal, bps: Decimal) -> Decimal:
    """Return ``bps`` basis points of ``value``, exactly."""
    return value * bps / _BPS_PER_UNIT
