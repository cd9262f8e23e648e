"""Regime: fade quiet markets to VWAP, follow trending ones, and stay out of the cloud."""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from autonome.agents.rules.agent import RuleAgent
from autonome.agents.rules.signals import Entries, Signals
from autonome.market.frame import Floats, Frame
from autonome.market.indicators import (
    Bools,
    adx,
    atr,
    crosses_above,
    crosses_below,
    ema,
    highest,
    ichimoku,
    lowest,
    previous,
    session_vwap,
    supertrend,
)

__all__ = ["AdaptToRegime"]


class AdaptToRegime(RuleAgent):
    """ADX says whether to fade or to follow; never inside the cloud nor against Supertrend."""

    leverage = Decimal(5)
    risk = Decimal("0.02")
    cooldown_minutes = 240
    patience_minutes = 24 * 60
    patience_r = Decimal(1)
    warm_up_bars = 1_000
    """Until the cloud of one-hour bars is there: 78 hours, in bars of five minutes."""
    trend_minutes: int = 60
    """Length of the bars of ADX, ATR, Supertrend, Ichimoku, the average and the breakout."""
    adx_bars: int = 14
    most_quiet_adx: float = 20.0
    least_trend_adx: float = 25.0
    supertrend_bars: int = 10
    supertrend_ranges: float = 3.0
    atr_bars: int = 14
    fade_ranges: float = 2.0
    """Distance from VWAP, in average true ranges, at which a quiet market is faded."""
    ema_bars: int = 20
    pullback_bars: int = 12
    """Bars that stayed on the trend's side of EMA or VWAP before one touches it and holds."""
    breakout_bars: int = 20
    stop_ranges: float = 2.5
    """Distance of the stop from the close, in average true ranges."""
    trend_target_r: float = 2.0
    """Target of what follows the trend, in multiples of the distance to the stop."""

    def signals(self, frame: Frame) -> Signals:
        """Return fades and trend entries of both sides, by the regime of the last closed hour."""
        hour = frame.at(self.trend_minutes)
        cloud = ichimoku(hour)
        strength = frame.latest(hour, adx(hour, self.adx_bars))
        trend = supertrend(hour, self.supertrend_bars, self.supertrend_ranges)
        direction = frame.latest(hour, trend.direction)
        top, bottom = frame.latest(hour, cloud.cloud_top), frame.latest(hour, cloud.cloud_bottom)
        outside = (frame.close > top) | (frame.close < bottom)
        quiet = outside & (strength < self.most_quiet_adx)
        strong = outside & (strength > self.least_trend_adx)

        close, vwap = frame.close, session_vwap(frame)
        average = frame.latest(hour, ema(hour.close, self.ema_bars))
        highs = frame.latest(hour, highest(hour.high, self.breakout_bars))
        lows = frame.latest(hour, lowest(hour.low, self.breakout_bars))
        unit = frame.latest(hour, atr(hour, self.atr_bars))
        stop_distance = self.stop_ranges * unit
        fade_distance = self.fade_ranges * unit
        fades_up = crosses_above(close, vwap - fade_distance) & (close < vwap)
        fades_down = crosses_below(close, vwap + fade_distance) & (close > vwap)
        bars = self.pullback_bars
        follows_up = crosses_above(close, highs)
        follows_down = crosses_below(close, lows)
        for level in (average, vwap):
            follows_up |= _holds(frame.low - level, close - level, bars)
            follows_down |= _holds(level - frame.high, level - close, bars)
        return Signals(
            long=Entries(
                enter=(direction > 0) & ((quiet & fades_up) | (strong & follows_up)),
                stop=close - stop_distance,
                target=np.where(quiet, vwap, close + self.trend_target_r * stop_distance),
                reason="With Supertrend up: fades to VWAP while quiet, follows while trending.",
            ),
            short=Entries(
                enter=(direction < 0) & ((quiet & fades_down) | (strong & follows_down)),
                stop=close + stop_distance,
                target=np.where(quiet, vwap, close - self.trend_target_r * stop_distance),
                reason="With Supertrend down: fades to VWAP while quiet, follows while trending.",
            ),
        )


def _holds(nearest: Floats, close: Floats, bars: int) -> Bools:
    """Return where a bar comes back to a level, closes away from it, and those before did not.

    ``nearest`` and ``close`` are distances from the level, > 0 on the side of the trend.
    """
    return (nearest <= 0) & (close > 0) & (previous(lowest(nearest, bars)) > 0)
