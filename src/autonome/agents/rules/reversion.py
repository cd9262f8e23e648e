"""Mean reversion: fade a rejected extreme of a quiet market back to VWAP."""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from autonome.agents.rules.agent import RuleAgent
from autonome.agents.rules.signals import Entries, Signals
from autonome.market.frame import Floats, Frame
from autonome.market.indicators import adx, atr, bollinger, relative_volume, session_vwap

__all__ = ["FadeExtremes"]


class FadeExtremes(RuleAgent):
    """No trend, and a wick rejects the price beyond a Bollinger band: fade it to VWAP."""

    leverage = Decimal(5)
    risk = Decimal("0.01")
    time_exit_minutes = 12 * 60
    cooldown_minutes = 30
    band_minutes: int = 60
    """Length of the bars of the band, ADX and ATR."""
    band_bars: int = 20
    deviations: float = 2.0
    adx_bars: int = 14
    most_adx: float = 25.0
    atr_bars: int = 14
    stop_ranges: float = 1.0
    """Distance of the stop beyond the band, in average true ranges."""
    least_wick: float = 0.5
    """Least part of the bar's range that its wick beyond the body takes."""
    volume_bars: int = 30
    most_volume: float = 1.5
    """Most volume of the bar, in means: more of it is no extreme but a move."""
    least_gain: float = 0.004
    """Least distance from close to VWAP, as a fraction: what pays for spread and fees."""
    least_bandwidth: float = 0.008
    """Least width of the band, as a fraction of its middle, likewise."""

    def signals(self, frame: Frame) -> Signals:
        """Return the rejections at the band of the last closed hour."""
        hour = frame.at(self.band_minutes)
        band = bollinger(hour.close, self.band_bars, self.deviations)
        upper, lower = frame.latest(hour, band.upper), frame.latest(hour, band.lower)
        margin = self.stop_ranges * frame.latest(hour, atr(hour, self.atr_bars))
        vwap = session_vwap(frame)
        gain = (vwap - frame.close) / frame.close
        quiet = (
            (frame.latest(hour, adx(hour, self.adx_bars)) < self.most_adx)
            & (frame.latest(hour, band.bandwidth) > self.least_bandwidth)
            & (relative_volume(frame, self.volume_bars) <= self.most_volume)
        )
        wick_below = np.minimum(frame.open, frame.close) - frame.low
        wick_above = frame.high - np.maximum(frame.open, frame.close)
        return Signals(
            long=Entries(
                enter=quiet
                & (frame.low < lower)
                & (frame.close > lower)
                & (_part(wick_below, frame) >= self.least_wick)
                & (gain > self.least_gain),
                stop=lower - margin,
                target=vwap,
                reason="A wick rejects the lower band of a quiet market: back to VWAP.",
            ),
            short=Entries(
                enter=quiet
                & (frame.high > upper)
                & (frame.close < upper)
                & (_part(wick_above, frame) >= self.least_wick)
                & (-gain > self.least_gain),
                stop=upper + margin,
                target=vwap,
                reason="A wick rejects the upper band of a quiet market: back to VWAP.",
            ),
        )


def _part(wick: Floats, frame: Frame) -> Floats:
    """Return a wick as a part of its bar's range; 0 where the bar has none."""
    length = frame.high - frame.low
    return np.divide(wick, length, out=np.zeros(len(frame)), where=length > 0)
