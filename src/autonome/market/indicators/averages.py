"""Averages of one series, and what is made of two of them."""

from __future__ import annotations

from typing import NamedTuple

import talib

from autonome.market.frame import Floats
from autonome.market.indicators.series import continued

__all__ = ["Macd", "ema", "macd", "sma"]


def sma(values: Floats, bars: int) -> Floats:
    """Return the mean of the last ``bars`` values, (n,); NaN until there are as many."""
    return talib.SMA(continued(values), bars)


def ema(values: Floats, bars: int) -> Floats:
    """Return the exponential average with weight 2 / (bars + 1), (n,), begun by a mean.

    Source: TA-Lib, EMA; e(t) = e(t-1) + 2 / (bars + 1) x (v(t) - e(t-1)), e = SMA at first.
    """
    return talib.EMA(continued(values), bars)


class Macd(NamedTuple):
    """Moving average convergence and divergence, in the unit of the values."""

    line: Floats
    """Fast average less slow average."""
    signal: Floats
    """Exponential average of the line."""
    histogram: Floats
    """Line less signal."""


def macd(values: Floats, *, fast: int = 12, slow: int = 26, signal: int = 9) -> Macd:
    """Return fast EMA - slow EMA, its own EMA, and the difference of the two.

    Source: G. Appel, "Technical Analysis: Power Tools for Active Investors" (2005); TA-Lib, MACD,
    whose fast average begins with the mean of the ``fast`` values that end where the slow one's do.
    """
    return Macd(*talib.MACD(continued(values), fast, slow, signal))
