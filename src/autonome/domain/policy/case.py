"""A request beside the account that it would change: the figures that several rules need."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from autonome.domain.margin import unit_cost
from autonome.domain.money import ZERO
from autonome.domain.policy.limits import Limits
from autonome.domain.policy.request import Exposure, Request, Standing
from autonome.domain.value import value

__all__ = ["Case", "case_of"]

_BPS: Final = Decimal("0.0001")


@value
class Case:
    """One request to be judged; every figure is exact."""

    limits: Limits
    request: Request
    standing: Standing
    opening: Decimal
    """Base units that would open, as far as earlier rules left them."""
    sign: int
    """+1 for LONG, -1 for SHORT."""
    present: Exposure | None
    """The position of the same side that the order would add to."""
    held: Decimal
    """Base units of ``present``, >= 0."""
    closing: Decimal
    """Base units of an opposite position, which the order closes before it opens, >= 0."""
    cost: Decimal
    """Quote per base unit traded: fee and slippage; a fill better than the mark is no gain."""
    nav: Decimal
    """Quote: NAV once an opposite position is closed, its costs paid."""


def case_of(limits: Limits, request: Request, standing: Standing) -> Case:
    """Return the case; a flip closes first, so the opposite position is gone but for its costs."""
    sign = request.side.sign
    cost = unit_cost(
        sign=sign,
        entry_price=request.entry_price,
        mark_price=request.mark_price,
        fee_rate=request.taker_fee_bps * _BPS,
    )
    held = closing = ZERO
    present = standing.exposures.get(request.symbol)
    if present is not None:
        size = present.size * sign
        if size > ZERO:
            held = size
        else:
            closing = -size
            present = None
    return Case(
        limits=limits,
        request=request,
        standing=standing,
        opening=request.opening,
        sign=sign,
        present=present,
        held=held,
        closing=closing,
        cost=cost,
        nav=standing.nav - closing * cost,
    )
