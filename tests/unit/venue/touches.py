"""The search for the first touch, with the extremes that it needs."""

from __future__ import annotations

from autonome.market.candles import Candles
from autonome.venue.simulated.exits import Extremes, Touch, Triggers, first_touch

__all__ = ["touch_in"]


def touch_in(candles: Candles, triggers: Triggers, *, first_bar: int) -> Touch | None:
    """Return the first touch in ``first_bar`` or later."""
    return first_touch(candles, Extremes.of(candles), triggers, first_bar=first_bar)
