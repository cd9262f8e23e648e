"""The arena's clock over a market: instants, and the ticks at which agents are asked.

Instant k is when bar k - 1 has closed and bar k is about to open.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import numpy as np

from autonome.domain.instants import utc
from autonome.market.candles import MINUTE_MS
from autonome.market.market import Market

__all__ = ["NEVER", "Clock"]

NEVER: Final = 2**62
"""An instant that does not come."""


class Clock:
    """Instants of a market, and the cadence of decisions."""

    def __init__(self, market: Market, cadence_minutes: int, *, grows: bool = False) -> None:
        opens = market.open_ms
        self.cadence_minutes = cadence_minutes
        self.end = len(opens)
        """The instant of the last bar's close: what is ordered then trades when more bars come."""
        self.grows = grows
        """Whether more bars will come, one every minute."""
        self._first_ms = int(opens[0])
        self._close_ms = market.close_ms
        self._cadence_ms = cadence_minutes * MINUTE_MS
        self.runs_on = int(opens[-1]) - self._first_ms == (self.end - 1) * MINUTE_MS
        """Whether a bar opens at every minute: time never jumps."""

    def at_ms(self, instant: int) -> int:
        """Return when the bar before ``instant`` closed; for 0, when the first bar opens."""
        if self.runs_on:
            return self._first_ms + instant * MINUTE_MS
        return int(self._close_ms[instant - 1]) if instant else self._first_ms

    def at(self, instant: int) -> datetime:
        """Return the same in UTC."""
        if self.runs_on:
            return utc(self._first_ms + instant * MINUTE_MS)
        return utc(self.at_ms(instant))

    def instant_from(self, at_ms: int) -> int:
        """Return the first instant at or after ``at_ms``; past the end when there is none."""
        if at_ms <= self._first_ms:
            return 0
        if self.runs_on:
            return -((self._first_ms - at_ms) // MINUTE_MS)
        return int(np.searchsorted(self._close_ms, at_ms)) + 1

    def tick_from(self, at_ms: int) -> int:
        """Return the first tick at or after ``at_ms`` whose decisions can still trade.

        A tick is an instant on the cadence at which a bar has just closed; ``NEVER`` when none is
        left.
        """
        instant = max(self.instant_from(at_ms), 1)
        while self.is_open(instant):
            closed_ms = self.at_ms(instant)
            over = closed_ms % self._cadence_ms
            if not over:
                return instant
            instant = self.instant_from(closed_ms - over + self._cadence_ms)
        return NEVER

    def is_tick(self, instant: int) -> bool:
        """Say whether agents are asked at ``instant``."""
        return instant > 0 and not self.at_ms(instant) % self._cadence_ms

    def is_open(self, instant: int) -> bool:
        """Say whether something that is ordered at ``instant`` can still trade."""
        return instant < self.end or self.grows

    def ticks_between(self, first: int, end: int) -> int:
        """Return how many ticks lie in the instants from ``first`` to ``end``, exclusive."""
        first, end = max(first, 1), min(end, self.end)
        if first >= end:
            return 0
        if self.runs_on:
            before, last = self.at_ms(first) - 1, self.at_ms(end - 1)
            return last // self._cadence_ms - before // self._cadence_ms
        return int(np.count_nonzero(self._close_ms[first - 1 : end - 1] % self._cadence_ms == 0))
