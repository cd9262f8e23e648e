"""Rule agents that trade every few minutes: whatever an arm can do, a short run has it."""

from __future__ import annotations

from decimal import Decimal

from autonome.agents.rules import (
    Entries,
    Frame,
    Ratchet,
    RatchetStep,
    RuleAgent,
    Signals,
    crosses_above,
    crosses_below,
    ema,
)

__all__ = ["Busy", "Ratcheted", "Trailing"]


class Busy(RuleAgent):
    """Averages cross: in with a near stop and a near target, out after some minutes."""

    warm_up_bars = 10
    time_exit_minutes: int | None = 47
    exposure = Decimal("0.4")

    def signals(self, frame: Frame) -> Signals:
        """Return an entry wherever a fast average crosses a slow one."""
        fast, slow = ema(frame.close, 2), ema(frame.close, 4)
        return Signals(
            long=Entries(
                enter=crosses_above(fast, slow),
                stop=frame.close * 0.997,
                target=frame.close * 1.003,
            ),
            short=Entries(
                enter=crosses_below(fast, slow),
                stop=frame.close * 1.003,
                target=frame.close * 0.997,
            ),
        )


class Trailing(Busy):
    """The same, with a stop that trails, and a pause after each trade."""

    time_exit_minutes = None
    cooldown_minutes = 20

    def signals(self, frame: Frame) -> Signals:
        """Return the crossings; the stop follows the price, and positions end at crossings."""
        fast, slow = ema(frame.close, 3), ema(frame.close, 6)
        up, down = crosses_above(fast, slow), crosses_below(fast, slow)
        below, above = frame.close * 0.996, frame.close * 1.004
        return Signals(
            long=Entries(enter=up, exit=down, stop=below, trail=below),
            short=Entries(enter=down, exit=up, stop=above, trail=above),
        )


class Ratcheted(Busy):
    """The same, with profits that are locked on the way, and little patience."""

    time_exit_minutes = None
    patience_minutes = 33
    risk = Decimal("0.002")
    ratchet = Ratchet(
        steps=(
            RatchetStep(profit=Decimal("0.002"), locked=Decimal(0)),
            RatchetStep(profit=Decimal("0.005"), locked=Decimal("0.002")),
        )
    )
