"""A contract that can be traded, and the grid on which its prices and quantities lie."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from autonome.domain.choices import Side
from autonome.domain.money import MONEY_UNIT, exact, round_down, round_nearest, round_up

__all__ = ["Instrument"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """One perpetual contract of a venue."""

    symbol: str
    """Name within the arena, such as ``BTC``."""
    tick: Decimal
    """Quote; the step of prices."""
    lot: Decimal
    """Base units; the step of quantities."""
    min_quantity: Decimal
    """Base units; the smallest order."""
    min_notional: Decimal
    """Quote; the smallest quantity x price of an order that opens."""
    max_leverage: Decimal
    """The highest leverage that the venue grants."""
    maintenance_rate: Decimal
    """Maintenance margin as a fraction of the notional at mark, in (0, 1)."""
    liquidation_fee_rate: Decimal
    """Most that a liquidation costs, as a fraction of the notional, in [0, 1)."""

    def __post_init__(self) -> None:
        for name in ("tick", "lot", "min_quantity", "max_leverage"):
            if getattr(self, name) <= 0:
                raise ValueError(f"{self.symbol}: expected {name} > 0, found {getattr(self, name)}")
        if not 0 < self.maintenance_rate < 1 or not 0 <= self.liquidation_fee_rate < 1:
            raise ValueError(f"{self.symbol}: expected margin rates that are fractions below 1")
        if self.lot * self.tick % MONEY_UNIT:
            # Notionals must be whole units of 1e-8, or NAV could not be kept in integers.
            raise ValueError(f"{self.symbol}: expected lot x tick to be a multiple of {MONEY_UNIT}")

    def price_against_trader(self, price: Decimal, side: Side) -> Decimal:
        """Return ``price`` on the tick, rounded up for a BUY and down for a SELL, never to zero."""
        rounding = round_up if side is Side.BUY else round_down
        return max(rounding(price, step=self.tick), self.tick)

    def trigger_price(self, price: Decimal) -> Decimal:
        """Return ``price`` on the nearest tick, as a stop or target stands at the venue."""
        return round_nearest(price, step=self.tick)

    @exact
    def lots_worth(self, notional: Decimal, *, price: Decimal) -> Decimal:
        """Return the largest quantity (base, whole lots) that costs at most ``notional``."""
        return notional // (price * self.lot) * self.lot
