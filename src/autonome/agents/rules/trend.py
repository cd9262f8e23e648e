"""Trend following: enter on breakouts of a strong trend, and let the stop trail."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from autonome.agents.rules.agent import RuleAgent
from autonome.agents.rules.signals import Entries, Signals
from autonome.market.frame import Frame
from autonome.market.indicators import (
    adx,
    crosses_above,
    crosses_below,
    ema,
    highest,
    ichimoku,
    lowest,
)

__all__ = ["TrendBreakout"]


class TrendBreakout(RuleAgent):
    """The trend is strong, the price on the right side of the cloud, and it breaks out."""

    leverage = Decimal(5)
    risk = Decimal("0.01")
    cooldown_minutes = 60
    warm_up_bars = 1_000
    """Until the cloud of one-hour bars is there: 78 hours, in bars of five minutes."""
    trend_minutes: int = 60
    """Length of the bars of ADX, Ichimoku, the breakout and the trail."""
    adx_bars: int = 14
    least_adx: float = 25.0
    breakout_bars: int = 20
    trail_by: Literal["kijun", "ema"] = "kijun"
    """What the stop follows: Ichimoku's base line, or an exponential average."""
    ema_bars: int = 20

    def signals(self, frame: Frame) -> Signals:
        """Return the breakouts out of the range of the last closed hours."""
        hour = frame.at(self.trend_minutes)
        cloud = ichimoku(hour)
        strong = frame.latest(hour, adx(hour, self.adx_bars)) > self.least_adx
        above = frame.close > frame.latest(hour, cloud.cloud_top)
        below = frame.close < frame.latest(hour, cloud.cloud_bottom)
        top = frame.latest(hour, highest(hour.high, self.breakout_bars))
        bottom = frame.latest(hour, lowest(hour.low, self.breakout_bars))
        followed = cloud.base if self.trail_by == "kijun" else ema(hour.close, self.ema_bars)
        trail = frame.latest(hour, followed)
        return Signals(
            long=Entries(
                enter=strong & above & crosses_above(frame.close, top),
                stop=trail,
                trail=trail,
                reason="Breaks out upwards, above the cloud, in a strong trend.",
            ),
            short=Entries(
                enter=strong & below & crosses_below(frame.close, bottom),
                stop=trail,
                trail=trail,
                reason="Breaks out downwards, below the cloud, in a strong trend.",
            ),
        )
