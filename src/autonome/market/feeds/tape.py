"""The bars of one contract as a stream tells them: forming, closed, and those that are missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from autonome.market.candles import MINUTE_MS
from autonome.market.feeds.minute import Bar, flat_bar

__all__ = ["MOST_KEPT_MINUTES", "Tape", "without_gaps"]

MOST_KEPT_MINUTES: Final = 1_440
"""Closed bars that nobody fetched; what a stream tells beyond is asked for again when needed."""


class Tape:
    """Collects the bars of one contract.

    A bar has closed when one that opens later is heard on the same unbroken subscription. A
    subscription that broke may have missed the end of the bar that was forming: it is forgotten.
    """

    def __init__(self) -> None:
        self._forming: Bar | None = None
        self._closed: dict[int, Bar] = {}

    def hear(self, bar: Bar) -> bool:
        """Take one bar as it stands now; return whether another one closed by it."""
        forming = self._forming
        if forming is not None and bar.open_ms < forming.open_ms:
            # A late word on a bar that has closed is the better one, where it still matters.
            if bar.open_ms in self._closed:
                self._closed[bar.open_ms] = bar
            return False
        self._forming = bar
        if forming is None or forming.open_ms == bar.open_ms:
            return False
        if len(self._closed) < MOST_KEPT_MINUTES:
            self.put([forming])
        return True

    def interrupt(self) -> None:
        """Forget the bar that is forming: the subscription broke."""
        self._forming = None

    def put(self, bars: Iterable[Bar]) -> None:
        """Take bars that have closed."""
        for bar in bars:
            self._closed[bar.open_ms] = bar

    def closed(self, open_ms: int) -> Bar | None:
        """Return the closed bar that opened at ``open_ms``, ``None`` where it is not there."""
        return self._closed.get(open_ms)

    def known(self) -> Mapping[int, Bar]:
        """Return every closed bar that is kept, by its opening."""
        return dict(self._closed)

    def forget(self, before_ms: int) -> None:
        """Drop the closed bars that opened before ``before_ms``."""
        for open_ms in [each for each in self._closed if each < before_ms]:
            del self._closed[open_ms]


def without_gaps(
    known: Mapping[int, Bar], *, first_ms: int, end_ms: int, close: int | None
) -> list[Bar]:
    """Return a bar for each minute from ``first_ms`` to ``end_ms``, the latter not included.

    A minute that is not known is flat at the close before it. Where ``close`` (ticks), the one
    before the first, is ``None``, the list begins with the first known bar.
    """
    bars = []
    for open_ms in range(first_ms, end_ms, MINUTE_MS):
        bar = known.get(open_ms)
        if bar is None and close is not None:
            bar = flat_bar(open_ms, close=close)
        if bar is not None:
            close = bar.close
            bars.append(bar)
    return bars
