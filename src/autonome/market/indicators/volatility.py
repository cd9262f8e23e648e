"""How far prices move: true range, and the bands around an average."""

from __future__ import annotations

from typing import NamedTuple

import talib

from autonome.market.frame import Floats, Frame
from autonome.market.indicators.averages import ema
from autonome.market.indicators.series import continued

__all__ = ["Bollinger", "Channel", "atr", "bollinger", "keltner"]


def atr(frame: Frame, bars: int = 14) -> Floats:
    """Return the average true range (quote), (n,), smoothed with weight 1 / bars.

    Source: J. W. Wilder, "New Concepts in Technical Trading Systems" (1978); TA-Lib, ATR.
    """
    return talib.ATR(frame.high, frame.low, frame.close, bars)


class Channel(NamedTuple):
    """A band around an average, in the unit of the values."""

    upper: Floats
    middle: Floats
    lower: Floats


class Bollinger(NamedTuple):
    """Bollinger's bands, in the unit of the values."""

    upper: Floats
    middle: Floats
    lower: Floats
    bandwidth: Floats
    """(upper - lower) / middle, a fraction."""


def bollinger(values: Floats, bars: int = 20, deviations: float = 2) -> Bollinger:
    """Return mean +- ``deviations`` population standard deviations of the last ``bars`` values.

    Source: J. Bollinger, "Bollinger on Bollinger Bands" (2001); TA-Lib, BBANDS.
    """
    upper, middle, lower = talib.BBANDS(continued(values), bars, deviations, deviations)
    return Bollinger(upper, middle, lower, (upper - lower) / middle)


def keltner(frame: Frame, bars: int = 20, ranges: float = 1.5) -> Channel:
    """Return the EMA of the closes +- ``ranges`` average true ranges, both over ``bars`` bars.

    Source: C. Keltner (1960) as changed by L. B. Raschke: an EMA, and Wilder's true range.
    """
    middle = ema(frame.close, bars)
    width = ranges * atr(frame, bars)
    return Channel(middle + width, middle, middle - width)
