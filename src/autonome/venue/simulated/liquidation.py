"""Where an account of several positions is liquidated, found without walking every bar."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

import numpy as np

from autonome.domain.margin import Leg, liquidation_prices
from autonome.domain.value import value
from autonome.market.candles import Candles

__all__ = ["Exposed", "Liquidation", "first_liquidation"]

_SLACK: Final = 1e-9
"""Relative: bars this close to the bound are looked at exactly."""


@value
class Exposed:
    """A position, as the test sees it."""

    candles: Candles
    size: Decimal
    """Base units, signed."""
    maintenance_rate: Decimal
    highest: int
    """Ticks; the highest high of all the candles."""


@value
class Liquidation:
    """The bar in which NAV falls to the maintenance margin."""

    bar: int
    prices: tuple[Decimal, ...]
    """Quote, unrounded; one for each position, at the same point of the bar's path."""
    at_open: bool


def first_liquidation(
    exposed: Sequence[Exposed], *, base: Decimal, first_bar: int, end_bar: int
) -> Liquidation | None:
    """Return the first liquidation in the bars from ``first_bar`` to ``end_bar``, exclusive.

    ``base`` is NAV less the value of the positions (quote). The bars' adverse extremes are taken
    together, which is pessimistic. A float64 bound picks the bars; exact arithmetic decides.
    """
    if first_bar >= end_bar:
        return None
    left = np.full(end_bar - first_bar, float(base))
    scale = abs(float(base))
    for each in exposed:
        prices = each.candles.low if each.size > 0 else each.candles.high
        weight = _weight(each)
        left += weight * prices[first_bar:end_bar]
        scale += abs(weight) * each.highest
    for place in np.flatnonzero(left <= scale * _SLACK).tolist():
        found = _at(exposed, base, first_bar + place)
        if found is not None:
            return found
    return None


def _weight(each: Exposed) -> float:
    """Return what one tick adds to NAV less maintenance margin."""
    rate = float(each.maintenance_rate)
    size = float(each.size)
    return (size - abs(size) * rate) * float(each.candles.tick)


def _at(exposed: Sequence[Exposed], base: Decimal, bar: int) -> Liquidation | None:
    legs = []
    for each in exposed:
        candles = each.candles
        adverse = candles.low if each.size > 0 else candles.high
        legs.append(
            Leg(
                size=each.size,
                open_price=candles.tick * int(candles.open[bar]),
                adverse_price=candles.tick * int(adverse[bar]),
                maintenance_rate=each.maintenance_rate,
            )
        )
    prices = liquidation_prices(base=base, legs=legs)
    if prices is None:
        return None
    opens = tuple(leg.open_price for leg in legs)
    return Liquidation(bar=bar, prices=prices, at_open=prices == opens)
