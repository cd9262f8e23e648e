"""How fast the arena's time goes by, beside the wall clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Pace"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Arena time from a point on: ``speed`` seconds of it in each second of the clock."""

    begin_ms: int
    """Arena time at which it begins, milliseconds since 1970 UTC."""
    speed: float
    clock: Callable[[], float]
    """Seconds, monotonous."""
    begun: float
    """What ``clock`` said at ``begin_ms``."""

    def now_ms(self) -> int:
        """Return the arena's time."""
        return self.begin_ms + int((self.clock() - self.begun) * self.speed * 1000)

    def seconds_until(self, at_ms: int) -> float:
        """Return how long the clock takes until an instant of the arena; 0 when it has passed."""
        seconds = (at_ms - self.begin_ms) / (self.speed * 1000) - (self.clock() - self.begun)
        return max(seconds, 0.0)
