"""The past of a live market: read from its venue once in a process, and extended from then on."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from autonome.market.candles import MINUTE_MS
from autonome.market.feeds.clock import Clock
from autonome.market.feeds.minute import extended
from autonome.market.feeds.port import LiveFeed
from autonome.market.market import Market

__all__ = ["Past"]

_MOST_CAUGHT_UP: Final = 120
"""Minutes that are waited for one by one until the market is there where the arena goes on."""
_FRESH_MS: Final = 2 * MINUTE_MS
"""A new arena begins where the last minute is no older."""
_TELLS_EVERY_S: Final = 5.0


class Past:
    """What a process has read of a live market, whatever becomes of the arena and its feed."""

    def __init__(
        self, *, warned: Callable[[str], None], seconds: Callable[[], float] = time.monotonic
    ) -> None:
        """Begin with nothing; ``warned`` is told what is read, and how far it is."""
        self._warned = warned
        self._seconds = seconds
        self._market: Market | None = None

    def keep(self, market: Market) -> None:
        """Take what the market has become."""
        self._market = market

    async def read(
        self, feed: LiveFeed, clock: Clock, *, minutes: int, wanted_ms: int | None
    ) -> Market:
        """Return the market up to ``wanted_ms``, or to now; ``feed``, started, goes on after it.

        ``minutes`` are read where nothing, or too little, was read before.

        Raises:
            FeedError, MarketDataError: what each says.
        """
        market = self._still_good(feed, clock.now_ms() if wanted_ms is None else wanted_ms)
        if market is None:
            market = await self._from_venue(feed, minutes)
        else:
            feed.go_on_after(market)
        for _ in range(_MOST_CAUGHT_UP):
            end_ms = int(market.close_ms[-1])
            if end_ms >= (clock.now_ms() - _FRESH_MS if wanted_ms is None else wanted_ms):
                break
            market = extended(market, [await feed.closed_minute()])
        self._market = market
        return market

    def _still_good(self, feed: LiveFeed, wanted_ms: int) -> Market | None:
        """Return what was read before, unless it is too old or the venue has other terms now."""
        market = self._market
        if market is None or wanted_ms - int(market.close_ms[-1]) > _MOST_CAUGHT_UP * MINUTE_MS:
            return None
        ticks = {symbol: each.tick for symbol, each in feed.instruments().items()}
        are_same = ticks == {symbol: each.tick for symbol, each in market.candles.items()}
        return market if are_same else None

    async def _from_venue(self, feed: LiveFeed, minutes: int) -> Market:
        symbols = ", ".join(feed.symbols)
        self._warned(f"Reading {minutes} minutes of {symbols} from the venue.")
        told_at = self._seconds()

        def read(share: float) -> None:
            nonlocal told_at
            if self._seconds() - told_at >= _TELLS_EVERY_S:
                told_at = self._seconds()
                self._warned(f"Read {share:.0%} of it.")

        return await feed.history(minutes, read=read)
