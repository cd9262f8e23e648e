"""Where a stop that moves with closed bars is first touched.

A level proposed at a bar's close stands from the next bar on. It only ever tightens, and one that
lies on the wrong side of that close is no stop and moves nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from autonome.market.candles import Candles, Ints
from autonome.venue.simulated.exits import Touch, Triggers, touch_of

__all__ = ["Levels", "TrailingStop"]

Levels = Callable[[Ints], NDArray[np.float64]]
"""From closing instants (ms) to proposed levels (quote), NaN where there is none."""

_WINDOW: Final = 512
"""Bars looked at in one go."""
_NO_STOP: Final = 2**62


class TrailingStop:
    """The stop of one position, bar by bar, and where it or the target ends the position."""

    def __init__(
        self,
        candles: Candles,
        triggers: Triggers,
        levels: Levels,
        *,
        first_bar: int,
        first_close: int | None = None,
    ) -> None:
        """Watch from ``first_bar`` on, and follow closes from that of ``first_close`` on.

        That is ``first_bar`` itself unless more bars have come to a stop that trailed before.
        """
        self._candles = candles
        self._levels = levels
        self._side = triggers.side
        self._target = triggers.target
        self._first_bar = first_bar
        self._first_close = first_bar if first_close is None else first_close
        self._stops: list[Ints] = []
        self._searched = first_bar
        # Seen from the position's side, a tighter stop is always the larger number.
        present = triggers.stop
        self._present = -_NO_STOP if present is None else self._side.sign * present

    def stop_in(self, bar: int) -> int | None:
        """Return where the stop stands (ticks) while ``bar`` trades.

        ``bar`` was searched, or is the one that comes after the last.
        """
        if bar == len(self._candles) >= self._first_bar:
            return self._price(int(self._stops_between(bar, bar + 1)[0]))
        if bar < self._first_bar or not self._stops:
            return None
        window, place = divmod(bar - self._first_bar, _WINDOW)
        return self._price(int(self._stops[window][place]))

    def _price(self, stop: int) -> int | None:
        """Return a stop in ticks, ``None`` where there is none."""
        return None if abs(stop) == _NO_STOP else self._side.sign * stop

    def first_touch(self) -> Touch | None:
        """Return the first touch of the stop or the target, ``None`` when there is none."""
        while self._searched < len(self._candles):
            touch = self._search_window()
            if touch is not None:
                return touch
        return None

    def _search_window(self) -> Touch | None:
        start = self._searched
        end = min(start + _WINDOW, len(self._candles))
        candles, sign = self._candles, self._side.sign
        stops = self._stops_between(start, end)
        self._stops.append(stops)
        self._present = int(stops[-1])
        self._searched = end
        worst = candles.low[start:end] if sign > 0 else -candles.high[start:end]
        touched = worst <= stops
        if self._target is not None:
            best = candles.high[start:end] if sign > 0 else -candles.low[start:end]
            touched |= best >= sign * self._target
        place = int(touched.argmax())
        if not touched[place]:
            return None
        triggers = Triggers(
            side=self._side, stop=self._price(int(stops[place])), target=self._target
        )
        return touch_of(candles, triggers, start + place)

    def _stops_between(self, start: int, end: int) -> Ints:
        """Return the stop that stands in each bar, in ticks times the side's sign."""
        # The bar of the fill knows no close since the fill; each later one knows the one before.
        begin = max(start - 1, self._first_close)
        closes = self._candles.close[begin : end - 1]
        proposed = self._levels(self._candles.close_ms[begin : end - 1])
        sign = self._side.sign
        ticks = sign * np.rint(proposed / np.float64(self._candles.tick))
        valid = (ticks < sign * closes) & (sign * ticks >= 1) & np.isfinite(ticks)
        known = np.where(valid, ticks, -_NO_STOP).astype(np.int64)
        stops = np.full(end - start, self._present, dtype=np.int64)
        stops[end - start - len(known) :] = np.maximum(known, self._present)
        return np.asarray(np.maximum.accumulate(stops))
