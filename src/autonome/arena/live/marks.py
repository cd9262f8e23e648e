"""Marks of a live market, sampled about each second, and which minutes were watched by them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final, NamedTuple

from autonome.market.candles import MINUTE_MS

__all__ = ["MOST_GAP_MS", "Extremes", "MarkTape"]

MOST_GAP_MS: Final = 5_000
"""Between two samples of a minute that was watched."""


class Extremes(NamedTuple):
    """The lowest and the highest mark (quote) since arms looked last."""

    low: Decimal
    high: Decimal


class _Minute(NamedTuple):
    """A minute as far as it was sampled."""

    unbroken_ms: int
    """Since when there was no gap."""
    sampled_ms: int
    marks: Mapping[str, Decimal]


class MarkTape:
    """Samples of the marks of every symbol."""

    def __init__(self) -> None:
        self._minutes: dict[int, _Minute] = {}
        """By their opening."""
        self._extremes: dict[str, Extremes] = {}
        self._unbroken_ms = self._sampled_ms = self._looked_ms = -MINUTE_MS

    def sample(self, marks: Mapping[str, Decimal | None], *, now_ms: int) -> None:
        """Take the marks of now; a sample that lacks one counts as none."""
        known = {symbol: mark for symbol, mark in marks.items() if mark is not None}
        for symbol, mark in known.items():
            low, high = self._extremes.get(symbol, (mark, mark))
            self._extremes[symbol] = Extremes(min(low, mark), max(high, mark))
        if len(known) < len(marks):
            return
        if now_ms - self._sampled_ms > MOST_GAP_MS:
            self._unbroken_ms = now_ms
        self._sampled_ms = now_ms
        open_ms = now_ms - now_ms % MINUTE_MS
        self._minutes[open_ms] = _Minute(self._unbroken_ms, now_ms, known)

    def looked(self, *, now_ms: int) -> Mapping[str, Extremes]:
        """Return the extremes since the last look: arms are shown them now."""
        self._looked_ms = now_ms
        extremes, self._extremes = self._extremes, {}
        return extremes

    def watched(self, open_ms: int) -> Mapping[str, Decimal] | None:
        """Return the last marks of a minute that has just closed, ``None`` if it had a gap.

        Arms have seen all of them: they looked until its end.
        """
        found = self._minutes.pop(open_ms, None)
        if found is None or found.unbroken_ms > open_ms + MOST_GAP_MS:
            return None
        until_ms = min(found.sampled_ms, self._looked_ms)
        return None if open_ms + MINUTE_MS - until_ms > MOST_GAP_MS else found.marks
