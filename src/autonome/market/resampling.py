"""Bars of five minutes, an hour or any other length, made of one-minute candles."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from autonome.market.candles import MINUTE_MS, Candles, Ints

__all__ = ["Bars", "resample"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """Closed bars of one symbol and one length, ascending; arrays of shape (n,), read only."""

    symbol: str
    tick: Decimal
    """Quote; the unit of the four prices."""
    open_ms: Ints
    """When each bar opens, milliseconds since 1970 UTC; a whole multiple of the length."""
    close_ms: Ints
    """When each bar closes and may first be seen: its opening plus the length."""
    open: Ints
    high: Ints
    low: Ints
    close: Ints
    volume: NDArray[np.float64]
    """Base units, the sum over the bar's minutes."""

    def __post_init__(self) -> None:
        for array in (self.open_ms, self.close_ms, self.open, self.high, self.low, self.close):
            array.setflags(write=False)
        self.volume.setflags(write=False)

    def __len__(self) -> int:
        return len(self.open_ms)


def resample(candles: Candles, minutes: int) -> Bars:
    """Return the closed bars of ``minutes`` minutes each, on boundaries counted from 1970 UTC.

    A bar is there if at least one of its minutes is; minutes that the data lacks change nothing
    else about it. A bar that would close after the last candle is still forming and is left out.

    Raises:
        ValueError: ``minutes`` is below one.
    """
    if minutes < 1:
        raise ValueError(f"expected a length of at least one minute, found {minutes!r}")
    length_ms = minutes * MINUTE_MS
    opens_ms = candles.open_ms // length_ms * length_ms
    if len(candles):
        closed = int(np.searchsorted(opens_ms, candles.close_ms[-1] - length_ms, side="right"))
        candles, opens_ms = candles.until(closed), opens_ms[:closed]
    firsts = np.flatnonzero(np.diff(opens_ms, prepend=-1))
    lasts = np.flatnonzero(np.diff(opens_ms, append=-1))
    return Bars(
        symbol=candles.symbol,
        tick=candles.tick,
        open_ms=opens_ms[firsts],
        close_ms=opens_ms[firsts] + length_ms,
        open=candles.open[firsts],
        high=np.maximum.reduceat(candles.high, firsts) if len(firsts) else candles.high,
        low=np.minimum.reduceat(candles.low, firsts) if len(firsts) else candles.low,
        close=candles.close[lasts],
        volume=np.add.reduceat(candles.volume, firsts) if len(firsts) else candles.volume,
    )
