"""Rule agents of the benchmarks: crosses of two averages, by the public way of writing rules."""

from __future__ import annotations

from decimal import Decimal

from autonome.agents.rules import (
    Entries,
    Frame,
    RuleAgent,
    Signals,
    atr,
    crosses_above,
    crosses_below,
    ema,
)

__all__ = ["EmaCross", "StoppedCross"]


class EmaCross(RuleAgent):
    """Long while the fast average is above the slow one, short while it is below."""

    exposure = Decimal("0.9")
    fast_bars = 50
    slow_bars = 200

    def signals(self, frame: Frame) -> Signals:
        """Return a turn at every cross."""
        fast, slow = ema(frame.close, self.fast_bars), ema(frame.close, self.slow_bars)
        return Signals(
            long=Entries(enter=crosses_above(fast, slow)),
            short=Entries(enter=crosses_below(fast, slow)),
        )


class StoppedCross(EmaCross):
    """Turn at every cross, and stop out three ranges away."""

    exposure = Decimal("0.4")

    def signals(self, frame: Frame) -> Signals:
        """Return a turn at every cross, with a stop."""
        fast, slow = ema(frame.close, self.fast_bars), ema(frame.close, self.slow_bars)
        room = 3 * atr(frame, 14)
        return Signals(
            long=Entries(enter=crosses_above(fast, slow), stop=frame.close - room),
            short=Entries(enter=crosses_below(fast, slow), stop=frame.close + room),
        )
