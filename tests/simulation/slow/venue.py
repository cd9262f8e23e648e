"""What trading costs, how much may trade, and how long an order is on its way."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

__all__ = ["Contract", "SlowVenue"]

_NEGLIGIBLE_LATENCY_MS: Final = 1_000
_BINARY_NOISE: Final = Fraction(1, 1_000_000)
"""Lots: by convention, a volume this little below a whole lot is that lot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """The grid and the margin terms of one symbol."""

    tick: Fraction
    """Quote."""
    lot: Fraction
    """Base units."""
    maintenance_rate: Fraction
    """Fraction of the notional at mark."""
    liquidation_fee_rate: Fraction
    """Fraction of the notional taken over."""

    def against(self, sign: int, price: Fraction) -> Fraction:
        """Return a price on the tick, rounded against the trader (+1 buys, -1 sells)."""
        ticks = math.ceil(price / self.tick) if sign > 0 else max(price // self.tick, 1)
        return ticks * self.tick

    def triggers_at(self, price: Fraction) -> Fraction:
        """Return a price on the nearest tick, half-even."""
        return round(price / self.tick) * self.tick


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowVenue:
    """The terms that hold for every order."""

    contracts: Mapping[str, Contract]
    """By symbol."""
    fee_rate: Fraction
    """Fraction of the notional."""
    cost_rate: Fraction
    """Fraction of the price by which a fill is worse than the quote."""
    volume_share: Fraction
    """Most of a bar's volume that may be taken."""
    latency_ms: int

    @property
    def delay_ms(self) -> int:
        """Return how long an order is on its way, as far as it counts."""
        return self.latency_ms if self.latency_ms > _NEGLIGIBLE_LATENCY_MS else 0

    def price(self, symbol: str, sign: int, quoted: Fraction) -> Fraction:
        """Return what a market order gets (+1 buys, -1 sells)."""
        return self.contracts[symbol].against(sign, quoted * (1 + sign * self.cost_rate))

    def capacity(self, symbol: str, volume: Fraction) -> Fraction:
        """Return how much (base units, whole lots) may trade in a bar of this volume."""
        lot = self.contracts[symbol].lot
        return math.floor(volume * self.volume_share / lot + _BINARY_NOISE) * lot
