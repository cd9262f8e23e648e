"""Liquidation the slow way: bar after bar in fractions, from the words of the rules."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

__all__ = ["SlowLeg", "SlowLiquidation", "slow_liquidation"]


class SlowLeg(NamedTuple):
    """A position: signed size, maintenance rate, and bars in quote."""

    size: Fraction
    rate: Fraction
    bars: Sequence[tuple[Fraction, Fraction, Fraction]]
    """Open, high, low."""


class SlowLiquidation(NamedTuple):
    """Where everything is closed."""

    bar: int
    prices: tuple[Fraction, ...]


def slow_liquidation(
    legs: Sequence[SlowLeg], *, base: Fraction, first_bar: int, end_bar: int
) -> SlowLiquidation | None:
    """Return the first point of a bar's path at which NAV is the maintenance margin or less."""
    for bar in range(first_bar, end_bar):
        opens = [leg.bars[bar][0] for leg in legs]
        adverse = [leg.bars[bar][2 if leg.size > 0 else 1] for leg in legs]
        start, end = _surplus(legs, base, opens), _surplus(legs, base, adverse)
        if start <= 0:
            return SlowLiquidation(bar, tuple(opens))
        if end <= 0:
            way = start / (start - end)
            prices = [a + way * (b - a) for a, b in zip(opens, adverse, strict=True)]
            return SlowLiquidation(bar, tuple(prices))
    return None


def _surplus(legs: Sequence[SlowLeg], base: Fraction, marks: Sequence[Fraction]) -> Fraction:
    nav = base + sum(leg.size * mark for leg, mark in zip(legs, marks, strict=True))
    margin = sum(
        (abs(leg.size) * mark * leg.rate for leg, mark in zip(legs, marks, strict=True)),
        Fraction(0),
    )
    return nav - margin
