"""An entry that is about to become a position, in exact numbers."""

from __future__ import annotations

from decimal import Decimal

from autonome.domain.choices import OrderSide
from autonome.domain.money import exact, share
from autonome.domain.value import value

__all__ = ["Entry"]


@value
class Entry:
    """What a rule wants to open."""

    symbol: str
    side: OrderSide
    close: Decimal
    """Closing price (quote) of the bar of the edge."""
    stop: Decimal | None
    """Quote; on the losing side of ``close``."""
    target: Decimal | None
    """Quote."""

    @exact
    def notional_losing(self, loss: Decimal) -> Decimal | None:
        """Return the notional (quote) that loses ``loss`` (quote) at the stop, before costs.

        Formula: loss x close / |close - stop|, half-even to 1e-8; ``None`` without a stop.
        """
        if self.stop is None:
            return None
        return share(loss, part=self.close, whole=abs(self.close - self.stop))
