"""From frames of the stream to what is known of each market."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Final

from autonome.domain.errors import FeedUnavailable, MarketDataError
from autonome.market.feeds.clock import Clock
from autonome.market.feeds.lighter.payloads import CandleMessage, RawJson, read
from autonome.market.feeds.lighter.reading import bar_of
from autonome.market.feeds.lighter.series import Series
from autonome.market.feeds.minutes import Minutes

__all__ = ["CHANNELS_PER_MARKET", "Listening"]

_BOOK: Final = "order_book"
_STATS: Final = "market_stats"
_CANDLE: Final = "candle"
CHANNELS_PER_MARKET: Final = 3


class Listening:
    """Hears the stream for several markets."""

    def __init__(self, series: Iterable[Series], minutes: Minutes, *, clock: Clock) -> None:
        self._series = tuple(series)
        self._minutes = minutes
        self._clock = clock
        self._of: dict[str, tuple[str, Series]] = {}
        for each in self._series:
            self._of[f"{_BOOK}/{each.market}"] = (_BOOK, each)
            self._of[f"{_STATS}/{each.market}"] = (_STATS, each)
            self._of[f"{_CANDLE}/{each.market}/1m"] = (_CANDLE, each)
        self.news = asyncio.Event()
        """Set by every mark; whoever waits for one clears it."""
        self.complaint: str | None = None
        """What was wrong with the last frame that could not be used."""

    @property
    def channels(self) -> tuple[str, ...]:
        """Return what to subscribe to."""
        return tuple(self._of)

    def on_frame(self, channel: str, raw: RawJson, *, is_first: bool) -> bool:
        """Take a frame of a channel; return whether the channel is sound."""
        kind, series = self._of[channel]
        try:
            if kind == _BOOK:
                return series.hear_book(raw, is_first=is_first, now_ms=self._clock.now_ms())
            if kind == _STATS:
                series.hear_stats(raw, now_ms=self._clock.now_ms())
                self.news.set()
            else:
                self._hear_candles(series, raw)
        except (FeedUnavailable, MarketDataError) as error:
            self.complaint = error.problem
            return False
        return True

    def on_break(self) -> None:
        """Hear that the connection broke, and every channel with it."""
        for series in self._series:
            series.live_book.drop()
        self._minutes.interrupt()

    def _hear_candles(self, series: Series, raw: RawJson) -> None:
        rows = read(raw, CandleMessage).candles or ()
        for row in sorted(rows, key=lambda row: row.t):
            bar = bar_of(row, series.instrument)
            if bar is not None:
                self._minutes.hear(series.instrument.symbol, bar)
