"""Volatility squeeze: enter when the price breaks out of a quiet hour's bands."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import numpy as np

from autonome.agents.port import AccountView, TradeResult
from autonome.agents.rules.agent import RuleAgent
from autonome.agents.rules.entry import Entry
from autonome.agents.rules.ratchet import Ratchet, RatchetStep
from autonome.agents.rules.signals import Entries, Signals
from autonome.domain.money import exact
from autonome.market.frame import Frame
from autonome.market.indicators import (
    bollinger,
    crosses_above,
    crosses_below,
    keltner,
    session_vwap,
)

__all__ = ["SqueezeBreak", "kelly_fraction"]


class SqueezeBreak(RuleAgent):
    """Bollinger lies inside Keltner, and the price breaks out of it in the direction of VWAP."""

    leverage = Decimal(10)
    exposure = Decimal(2)
    time_exit_minutes = 120
    cooldown_minutes = 60
    ratchet = Ratchet(
        steps=(
            RatchetStep(profit=Decimal("0.15"), locked=Decimal(0)),
            RatchetStep(profit=Decimal("0.30"), locked=Decimal("0.15")),
        )
    )
    band_minutes: int = 60
    """Length of the bars of both bands."""
    band_bars: int = 20
    deviations: float = 2.0
    """Of Bollinger's bands."""
    ranges: float = 1.5
    """Of Keltner's channel, in average true ranges."""
    first_risk: Decimal = Decimal("0.01")
    """Fraction of NAV lost at the stop while there is too little history for Kelly's formula."""
    kelly_history: int = 20
    """Completed trades before Kelly's formula is used; as many of the latest are looked at."""
    kelly_share: Decimal = Decimal("0.5")
    """Part of Kelly's fraction that is risked: half Kelly."""
    least_risk: Decimal = Decimal("0.0025")
    """Risk where the formula says to stay away: an arm that stopped would learn nothing more."""
    most_risk: Decimal = Decimal("0.02")

    def signals(self, frame: Frame) -> Signals:
        """Return the breaks out of the band of the last closed hour, while it is squeezed."""
        hour = frame.at(self.band_minutes)
        band = bollinger(hour.close, self.band_bars, self.deviations)
        channel = keltner(hour, self.band_bars, self.ranges)
        inside = (band.upper < channel.upper) & (band.lower > channel.lower)
        squeezed = frame.latest(hour, inside) == 1
        upper, lower = frame.latest(hour, band.upper), frame.latest(hour, band.lower)
        vwap = session_vwap(frame)
        return Signals(
            long=Entries(
                enter=squeezed & crosses_above(frame.close, upper) & (frame.close > vwap),
                stop=lower,
                reason="Breaks out of a squeeze upwards, above VWAP.",
            ),
            short=Entries(
                enter=squeezed & crosses_below(frame.close, lower) & (frame.close < vwap),
                stop=upper,
                reason="Breaks out of a squeeze downwards, below VWAP.",
            ),
        )

    @exact
    def notional(self, entry: Entry, account: AccountView) -> Decimal:
        """Return the size (quote) that risks Kelly's share of NAV, within the bounds."""
        risk = self._risk(account.trades)
        losing = entry.notional_losing(account.nav * risk)
        most = account.nav * self.exposure
        return most if losing is None else min(most, losing)

    def _risk(self, trades: Sequence[TradeResult]) -> Decimal:
        if len(trades) < self.kelly_history:
            return self.first_risk
        wanted = self.kelly_share * kelly_fraction(trades[-self.kelly_history :])
        return min(max(wanted, self.least_risk), self.most_risk)


def kelly_fraction(trades: Sequence[TradeResult]) -> Decimal:
    """Return the fraction of NAV to risk that made these trades grow fastest, to four places.

    Formula: p - (1 - p) / b, with p the share of winning trades and b the mean gain of a winner
    over the mean loss of a loser, both as fractions of the entry notional. 1 without a loser,
    -1 without a winner. Source: J. L. Kelly, "A New Interpretation of Information Rate" (1956),
    in the form of E. O. Thorp for two outcomes.
    """
    # The ratio is a statistic, not money: binary numbers serve it well.
    returns = np.array([float(each.realized_pnl) / float(each.entry_notional) for each in trades])
    wins, losses = returns[returns > 0], returns[returns <= 0]
    if not len(losses):
        return Decimal(1)
    if not len(wins):
        return Decimal(-1)
    won = len(wins) / len(returns)
    odds = wins.mean() / -losses.mean() if losses.mean() else np.inf
    return Decimal(f"{won - (1 - won) / odds:.4f}")
