"""Prices weighted by what traded, and volume against its own mean."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import numpy as np

from autonome.market.frame import Floats, Frame
from autonome.market.indicators.averages import sma

__all__ = ["relative_volume", "session_vwap", "vwap_distance"]

_DAY_MS: Final = 24 * 60 * 60_000


def session_vwap(frame: Frame) -> Floats:
    """Return the volume-weighted average price (quote) since 00:00 UTC, (n,).

    The price of a bar is (high + low + close) / 3; NaN until something has traded on the day.
    Source: S. A. Berkowitz, D. E. Logue, E. A. Noser, "The Total Cost of Transactions on the
    NYSE" (1988), with the typical price of a bar in place of each trade's.
    """
    price = (frame.high + frame.low + frame.close) / 3
    traded = price * frame.volume
    vwap = np.full(len(frame), np.nan)
    # A bar that closes at midnight belongs to the day that ends there.
    days = (frame.close_ms - 1) // _DAY_MS
    bounds = [0, *(np.flatnonzero(np.diff(days)) + 1).tolist(), len(frame)]
    for first, end in pairwise(bounds):
        day = slice(first, end)
        volume = np.cumsum(frame.volume[day])
        np.divide(np.cumsum(traded[day]), volume, out=vwap[day], where=volume > 0)
    return vwap


def vwap_distance(frame: Frame) -> Floats:
    """Return how far the close lies from the session's VWAP, as a fraction of it; above > 0."""
    vwap = session_vwap(frame)
    return (frame.close - vwap) / vwap


def relative_volume(frame: Frame, bars: int = 30) -> Floats:
    """Return the volume of each bar over the mean of the last ``bars`` volumes, itself included.

    NaN where nothing traded in any of them.
    """
    mean = sma(frame.volume, bars)
    ratio = np.full(len(frame), np.nan)
    np.divide(frame.volume, mean, out=ratio, where=mean > 0)
    return ratio
