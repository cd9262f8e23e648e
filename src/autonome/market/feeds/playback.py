"""A market whose candles are known, played minute by minute: nobody sees a bar before its close."""

from __future__ import annotations

from collections.abc import Callable

from autonome.market.market import Market

__all__ = ["Playback"]


class Playback:
    """Candles of the past, or of a synthetic market, in the order of time."""

    def __init__(self, market: Market, *, longer: Callable[[Market], Market] | None = None) -> None:
        """Play ``market``; ``longer`` gives a market with more bars after the same ones."""
        self._market = market
        self._longer = longer

    def __len__(self) -> int:
        """Return how many bars there are so far."""
        return len(self._market.open_ms)

    def until(self, bars: int) -> Market | None:
        """Return the first ``bars`` bars, ``None`` when there are not that many."""
        while bars > len(self._market.open_ms) and self._longer is not None:
            self._market = self._longer(self._market)
        if bars > len(self._market.open_ms):
            return None
        return self._market.until(int(self._market.close_ms[bars - 1]))
