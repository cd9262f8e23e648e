"""Where a stop and a target may stand, when a position opens and when its plan is updated."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from autonome.domain.choices import OrderSide
from autonome.domain.refusals import Denied

__all__ = ["looser_stop", "misplaced_exit", "missing_stop"]

_STOP_SIDE: Final = {OrderSide.LONG: "below", OrderSide.SHORT: "above"}
_TARGET_SIDE: Final = {OrderSide.LONG: "above", OrderSide.SHORT: "below"}


def missing_stop(*, side: OrderSide, mark_price: Decimal) -> Denied:
    """Return the refusal of a position without a stop."""
    reason = f"expected a stop {_STOP_SIDE[side]} the mark {mark_price}, found none"
    return Denied(rule="stop-required", reason=reason)


def misplaced_exit(
    *, side: OrderSide, stop: Decimal | None, target: Decimal | None, mark_price: Decimal
) -> Denied | None:
    """Return why a trigger is on the wrong side of the mark, or on it; ``None`` if none is."""
    sign = side.sign
    if stop is not None and (mark_price - stop) * sign <= 0:
        reason = f"expected a stop {_STOP_SIDE[side]} the mark {mark_price}, found {stop}"
        return Denied(rule="stop-required", reason=reason)
    if target is not None and (target - mark_price) * sign <= 0:
        reason = f"expected a target {_TARGET_SIDE[side]} the mark {mark_price}, found {target}"
        return Denied(rule="stop-required", reason=reason)
    return None


def looser_stop(
    *, side: OrderSide, present: Decimal | None, asked: Decimal | None
) -> Denied | None:
    """Return why ``asked`` is further away than the present stop; ``None`` if it is not."""
    if present is None or asked is None or (asked - present) * side.sign >= 0:
        return None
    reason = f"expected a stop that is no looser than the present {present}, found {asked}"
    return Denied(rule="stop-tightens", reason=reason)
