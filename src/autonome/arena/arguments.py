"""Whether the arguments of an action can be computed with at all, before any rule looks at them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, Inexact
from typing import Final

from autonome.agents.actions import ClosePosition, CreatePosition, UpdateExitPlan
from autonome.domain.exit_plan import ExitPlan
from autonome.domain.money import EXACT
from autonome.domain.refusals import Denied

__all__ = ["unusable_entry", "unusable_fraction", "unusable_update"]

_TOO_LARGE: Final = Decimal(10**10)
"""Beyond what the columns of the contract hold, and far within what arithmetic can."""
_MOST_DECIMALS: Final = 34
_FINEST: Final = Decimal(1).scaleb(-_MOST_DECIMALS)


def unusable_entry(action: CreatePosition) -> Denied | None:
    """Return why an entry is no use, ``None`` when its arguments can be computed with."""
    if (action.quantity is None) is (action.notional is None):
        reason = "expected either a quantity or a notional, found both or neither"
        return Denied(rule="quantity-or-notional", reason=reason)
    numbers = {
        "quantity": action.quantity,
        "notional": action.notional,
        "leverage": action.leverage,
    }
    return _bad_number(numbers) or _bad_plan(action.exit_plan)


def unusable_fraction(action: ClosePosition) -> Denied | None:
    """Return why a fraction is no use, ``None`` when it can be computed with."""
    fraction = action.fraction
    if fraction.is_finite() and 0 < fraction <= 1 and _is_short(fraction):
        return None
    reason = (
        f"expected a fraction above 0 and at most 1, of at most {_MOST_DECIMALS} decimals, found"
        f" {fraction}"
    )
    return Denied(rule="fraction", reason=reason)


def unusable_update(action: UpdateExitPlan) -> Denied | None:
    """Return why an update is no use, ``None`` when its arguments can be computed with."""
    asked = ExitPlan(
        stop=action.stop,
        target=action.target,
        invalidation_price=action.invalidation_price,
        time_exit=action.time_exit,
    )
    return _bad_plan(asked)


def _bad_plan(plan: ExitPlan) -> Denied | None:
    confidence = plan.confidence
    if confidence is not None and not (confidence.is_finite() and 0 <= confidence <= 1):
        reason = f"expected a confidence from 0 to 1, found {confidence}"
        return Denied(rule="column-range", reason=reason)
    if plan.time_exit is not None:
        try:
            _ = plan.ends_at
        except (ValueError, OverflowError):
            reason = f"expected a time exit as a date or an instant, found {plan.time_exit!r}"
            return Denied(rule="time-exit", reason=reason)
    if plan.stop is plan.target is plan.invalidation_price is None:
        return None
    return _bad_number(
        {
            "stop": plan.stop,
            "target": plan.target,
            "invalidation price": plan.invalidation_price,
        }
    )


def _bad_number(numbers: Mapping[str, Decimal | None]) -> Denied | None:
    """Return why the first of some numbers is no use that is none; ``None`` is absent."""
    for name, number in numbers.items():
        if number is None:
            continue
        if number.is_finite() and 0 < number < _TOO_LARGE and _is_short(number):
            continue
        reason = (
            f"expected a {name} above 0 and below {_TOO_LARGE}, of at most {_MOST_DECIMALS}"
            f" decimals, found {number}"
        )
        return Denied(rule="column-range", reason=reason)
    return None


def _is_short(number: Decimal) -> bool:
    """Say whether products of a number with prices and quantities stay exact."""
    try:
        number.quantize(_FINEST, context=EXACT)
    except Inexact:
        return False
    return True
