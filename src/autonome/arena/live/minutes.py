"""The minutes of a live market, as agents see them and as positions are valued in them.

Agents see the venue's trades. Positions are valued at its marks: the bar of a minute that was
watched is flat at its last mark, for exits within it were looked for mark by mark. What nobody
watched, the bar of the trades tells.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from typing import Final

from autonome.arena.live.present import Present
from autonome.arena.paper.arena import PaperArena
from autonome.arena.paper.running import Grown
from autonome.domain.money import exact
from autonome.domain.value import changed
from autonome.market.candles import MINUTE_MS
from autonome.market.feeds.minute import Bar, ClosedMinute, extended
from autonome.market.feeds.port import LiveFeed
from autonome.market.market import Market
from autonome.venue.simulated.candle_venue import CandleVenue

__all__ = ["LiveMinutes"]

_LATEST_MS: Final = 30_000
"""After its end a tick is missed."""


class LiveMinutes:
    """Closed minutes as a feed hands them over, and looks at the market between them."""

    def __init__(
        self,
        feed: LiveFeed,
        present: Present,
        traded: Market,
        *,
        marked: Market | None = None,
        warned: Callable[[str], None] = lambda _: None,
        sample_s: float = 1.0,
    ) -> None:
        """Go on where ``traded`` ends, whose last minutes an arena may still have before it.

        ``marked`` has the same minutes as positions are valued in them: as they traded by default.
        ``warned`` is told of the feed's trouble when it changes; ``sample_s`` is the time between
        two looks.
        """
        self._feed = feed
        self._present = present
        self._traded = traded
        self._marked = traded if marked is None else marked
        self._warned = warned
        self._sample_s = sample_s
        self._trouble: str | None = None
        self._come: deque[ClosedMinute] = deque()
        self._gathering: asyncio.Task[None] | None = None

    @property
    def traded(self) -> Market:
        """Return the minutes so far, as they traded."""
        return self._traded

    def begin(self) -> None:
        """Wait for minutes, in the running loop."""
        self._gathering = asyncio.create_task(self._gather())

    async def stop(self) -> None:
        """Wait for nothing any more."""
        task, self._gathering = self._gathering, None
        if task is not None:
            task.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await task

    def wait_s(self, next_ms: int) -> float:
        """Return 0 when the minute that closes at ``next_ms`` has come, else how long to wait."""
        has_it = self._come or int(self._traded.close_ms[-1]) >= next_ms
        return 0.0 if has_it else self._sample_s

    def meanwhile(self, arena: PaperArena) -> None:
        """Take the marks of now down, and let the arms look at them."""
        if self._gathering is not None and self._gathering.done():
            self._gathering.result()
        self._present.sample()
        arena.look()
        trouble = self._feed.trouble
        if trouble != self._trouble:
            self._trouble = trouble
            self._warned("The feed is well again." if trouble is None else f"Feed: {trouble}.")

    def grown(self, venue: CandleVenue) -> Grown | None:
        """Return the venue with the minute that comes next."""
        close_ms = int(venue.market.close_ms[-1]) + MINUTE_MS
        if int(self._traded.close_ms[-1]) < close_ms:
            self._take(self._come.popleft())
        marked, traded = self._marked, self._traded
        if int(traded.close_ms[-1]) > close_ms:
            marked, traded = marked.until(close_ms), traded.until(close_ms)
        return Grown(
            venue=CandleVenue(profile=venue.profile, market=marked, seed=venue.seed),
            traded=traded,
            is_missed=self._present.now_ms() - close_ms > _LATEST_MS,
        )

    @exact
    def _take(self, minute: ClosedMinute) -> None:
        marks = self._present.tape.watched(minute.open_ms)
        valued = minute
        if marks is not None:
            bars = {
                symbol: _flat(bar, self._marked.candles[symbol].tick, marks[symbol])
                for symbol, bar in minute.bars.items()
            }
            valued = changed(minute, bars=bars)
        self._traded = extended(self._traded, [minute])
        self._marked = extended(self._marked, [valued])

    async def _gather(self) -> None:
        while True:
            self._come.append(await self._feed.closed_minute())


def _flat(bar: Bar, tick: Decimal, mark: Decimal) -> Bar:
    """Return a bar at a mark; that of trades is none older for it, so none is filled."""
    ticks = int(mark / tick)
    return changed(bar, open=ticks, high=ticks, low=ticks, close=ticks, filled=False)
