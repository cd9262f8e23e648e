"""Candles of one symbol as int64 arrays: exact, and cheap to slice."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["MINUTE_MS", "Candles", "FundingRates"]

MINUTE_MS: Final = 60_000

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candles:
    """One-minute bars of one symbol without gaps; every array has shape (n,)."""

    symbol: str
    tick: Decimal
    """Quote; the unit of the four prices."""
    open_ms: Ints
    """When each bar opens, milliseconds since 1970 UTC; it closes one minute later."""
    open: Ints
    high: Ints
    low: Ints
    close: Ints
    volume: NDArray[np.float64]
    """Base units; a statistic, no money is computed from it."""

    def __len__(self) -> int:
        return len(self.open_ms)

    @property
    def close_ms(self) -> Ints:
        """Return when each bar closes."""
        return self.open_ms + MINUTE_MS

    def frozen(self) -> Candles:
        """Return the same bars with arrays that cannot be written: agents share them."""
        for array in (self.open_ms, self.open, self.high, self.low, self.close, self.volume):
            array.setflags(write=False)
        return self

    def until(self, bars: int) -> Candles:
        """Return the first ``bars`` bars."""
        return self.between(0, bars)

    def between(self, first: int, end: int) -> Candles:
        """Return the bars ``first`` to ``end``, the latter not included."""
        return Candles(
            symbol=self.symbol,
            tick=self.tick,
            open_ms=self.open_ms[first:end],
            open=self.open[first:end],
            high=self.high[first:end],
            low=self.low[first:end],
            close=self.close[first:end],
            volume=self.volume[first:end],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FundingRates:
    """Funding settlements of one symbol."""

    symbol: str
    at_ms: tuple[int, ...]
    """When each is settled, milliseconds since 1970 UTC, ascending."""
    rate: tuple[Decimal, ...]
    """Fraction of the notional for the whole settlement interval; positive: longs pay."""
