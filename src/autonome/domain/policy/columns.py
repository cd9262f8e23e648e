"""What the columns of the contract can hold: a value that they cannot is denied."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final, NamedTuple

from autonome.domain.money import MONEY_UNIT, ZERO
from autonome.domain.refusals import Denied

__all__ = ["out_of_range"]


class _Range(NamedTuple):
    """The numbers of one column, ends included."""

    least: Decimal
    most: Decimal
    step: Decimal | None
    """``None`` holds every digit, as a number in JSON does."""


_PRICE: Final = _Range(least=MONEY_UNIT, most=Decimal("9999999999.99999999"), step=MONEY_UNIT)
"""``numeric(18, 8)``; the prices of an exit plan stand in such columns as triggers."""
_RANGES: Final = {
    "quantity": _Range(least=ZERO, most=_PRICE.most, step=MONEY_UNIT),
    "leverage": _Range(
        least=Decimal("0.01"), most=Decimal("99999999.99"), step=Decimal("0.01")
    ),  # numeric(10, 2)
    "entryPrice": _PRICE,
    "stop": _PRICE,
    "target": _PRICE,
    "invalidationPrice": _PRICE,
    "confidence": _Range(least=ZERO, most=Decimal(1), step=None),
}


def out_of_range(values: Mapping[str, Decimal | None]) -> Denied | None:
    """Return why one of ``values`` cannot be stored, ``None`` when all can.

    The keys are columns of ``"Orders"`` or keys of its ``exitPlan``; an absent value is ``None``.
    """
    for name, number in values.items():
        if number is None:
            continue
        least, most, step = _RANGES[name]
        if number.is_finite() and least <= number <= most and not (step and number % step):
            continue
        return Denied(rule="column-range", reason=_reason(name, number))
    return None


def _reason(name: str, number: Decimal) -> str:
    least, most, step = _RANGES[name]
    steps = "" if step is None else f" in steps of {step:f}"
    return f"expected {name} from {least:f} to {most:f}{steps}, found {number}"
