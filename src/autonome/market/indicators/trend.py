"""Strength and direction: RSI, ADX, Supertrend, Ichimoku."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import talib
from numpy.typing import NDArray

from autonome.market.frame import Floats, Frame
from autonome.market.indicators.series import continued
from autonome.market.indicators.volatility import atr

__all__ = ["Ichimoku", "Supertrend", "adx", "ichimoku", "rsi", "supertrend"]


def rsi(values: Floats, bars: int = 14) -> Floats:
    """Return the relative strength index, 0 to 100, (n,).

    Source: J. W. Wilder, "New Concepts in Technical Trading Systems" (1978); TA-Lib, RSI.
    """
    return talib.RSI(continued(values), bars)


def adx(frame: Frame, bars: int = 14) -> Floats:
    """Return the average directional index, 0 to 100: how strong a trend is, whichever its way.

    Source: J. W. Wilder, "New Concepts in Technical Trading Systems" (1978); TA-Lib, ADX.
    """
    return talib.ADX(frame.high, frame.low, frame.close, bars)


class Supertrend(NamedTuple):
    """The line that trails a trend, and the trend's way."""

    line: Floats
    """Quote: below the price while the trend is up, above it while it is down."""
    direction: Floats
    """+1 up, -1 down, NaN before the first average true range."""


def supertrend(frame: Frame, bars: int = 10, ranges: float = 3) -> Supertrend:
    """Return the line ``ranges`` average true ranges off (high + low) / 2 that the price respects.

    A band only moves towards the price, until a close lies beyond it: then the trend turns. The
    first trend is up. About 0.3 us a bar: meant for bars of an hour rather than of a minute.
    Source: O. Seban's Supertrend, with Wilder's true range.
    """
    middle = (frame.high + frame.low) / 2
    width = ranges * atr(frame, bars)
    known = int(np.isnan(width).sum())
    line = np.full(len(frame), np.nan)
    direction = np.full(len(frame), np.nan)
    line[known:], direction[known:] = _follow(
        (middle + width)[known:], (middle - width)[known:], frame.close[known:]
    )
    return Supertrend(line, direction)


def _follow(uppers: Floats, lowers: Floats, closes: Floats) -> tuple[list[float], list[float]]:
    """Follow the two bands bar by bar: each depends on where the one before it stood."""
    line: list[float] = []
    direction: list[float] = []
    upper, lower, close_before, way = np.inf, -np.inf, np.nan, 1.0
    rows = zip(uppers.tolist(), lowers.tolist(), closes.tolist(), strict=True)
    for upper_now, lower_now, close in rows:
        if upper_now < upper or close_before > upper:
            upper = upper_now
        if lower_now > lower or close_before < lower:
            lower = lower_now
        if close > upper:
            way = 1.0
        elif close < lower:
            way = -1.0
        line.append(lower if way > 0 else upper)
        direction.append(way)
        close_before = close
    return line, direction


class Ichimoku(NamedTuple):
    """The lines of Ichimoku that are known when a bar closes (quote)."""

    conversion: Floats
    """Tenkan: the middle of the range of 9 bars."""
    base: Floats
    """Kijun: the middle of the range of 26 bars."""
    cloud_top: Floats
    """The higher edge of the cloud that stands at this bar."""
    cloud_bottom: Floats


def ichimoku(
    frame: Frame, *, conversion: int = 9, base: int = 26, span: int = 52, displacement: int = 26
) -> Ichimoku:
    """Return conversion and base line, and the cloud that was drawn ahead to each bar.

    The cloud at a bar was computed ``displacement`` bars earlier: nothing is moved back from the
    future, and the lagging line, which would be, is left out.
    Source: G. Hosoda's Ichimoku Kinko Hyo; middles of ranges by TA-Lib, MIDPRICE.
    """
    fast = talib.MIDPRICE(frame.high, frame.low, conversion)
    slow = talib.MIDPRICE(frame.high, frame.low, base)
    first = _displaced((fast + slow) / 2, displacement)
    second = _displaced(talib.MIDPRICE(frame.high, frame.low, span), displacement)
    return Ichimoku(fast, slow, np.maximum(first, second), np.minimum(first, second))


def _displaced(values: NDArray[np.float64], rows: int) -> Floats:
    displaced = np.full(len(values), np.nan)
    displaced[rows:] = values[: max(len(values) - rows, 0)]
    return displaced
