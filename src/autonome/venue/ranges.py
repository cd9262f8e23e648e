"""A number that is fixed, or drawn uniformly from a range: latency and slippage."""

from __future__ import annotations

import random as randomness
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from autonome.domain.money import exact

__all__ = ["Range"]


@dataclass(frozen=True, kw_only=True)
class Range:
    """The numbers ``low``, ``low + step``, ... ``high``, each as likely as the others."""

    low: Decimal
    """The smallest, >= 0."""
    high: Decimal
    """The largest; the same as ``low`` for a fixed number."""
    step: Decimal = Decimal("0.01")
    """How far apart neighbours lie, so that every draw is an exact decimal."""

    def __post_init__(self) -> None:
        if not 0 <= self.low <= self.high:
            raise ValueError(
                f"expected a range from 0 upwards, low before high, found {self.low}..{self.high}"
            )
        for end in (self.low, self.high):
            if end % self.step:
                raise ValueError(f"expected multiples of {self.step}, found {end}")

    @cached_property
    def is_fixed(self) -> bool:
        """Return whether every draw is the same number."""
        return self.low == self.high

    @exact
    def draw(self, random: randomness.Random) -> Decimal:
        """Return one of the numbers; a fixed one takes nothing from ``random``."""
        if self.is_fixed:
            return self.low
        return self.low + self.step * random.randint(0, int((self.high - self.low) / self.step))
