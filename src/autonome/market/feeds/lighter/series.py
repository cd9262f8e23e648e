"""What is known of one market of Lighter at present: mark, book, funding, and when each came."""

from __future__ import annotations

from decimal import Decimal

from autonome.domain.errors import FeedUnavailable, MarketDataError
from autonome.domain.instrument import Instrument
from autonome.market.feeds.lighter.live_book import LiveBook
from autonome.market.feeds.lighter.payloads import BookMessage, RawJson, StatsMessage, read
from autonome.market.feeds.lighter.reading import ms_of_stamp, price_of, rate_of, settled_at
from autonome.market.feeds.minute import Settlement
from autonome.market.feeds.port import Mark, Trading

__all__ = ["Series"]


class Series:
    """The present of one market.

    Ages are told by our clock, from the arrival of a frame; a frame that the venue stamped no
    later than the one before it makes nothing younger.
    """

    def __init__(self, *, market: int, instrument: Instrument, trading: Trading) -> None:
        self.market = market
        """The venue's number of it."""
        self.instrument = instrument
        self.trading = trading
        self.live_book = LiveBook(instrument.symbol)
        self.mark: Mark | None = None
        self.settled: Settlement | None = None
        self.expected_rate: Decimal | None = None
        self._mark_heard_ms: int | None = None
        self._book_heard_ms: int | None = None
        self._book_at_ms = 0

    def mark_age_ms(self, now_ms: int) -> int | None:
        """Return how old the mark is, ``None`` where there is none."""
        return None if self._mark_heard_ms is None else now_ms - self._mark_heard_ms

    def book_age_ms(self, now_ms: int) -> int | None:
        """Return how old the book is, ``None`` where it is not whole."""
        if self._book_heard_ms is None or not self.live_book.is_whole:
            return None
        return now_ms - self._book_heard_ms

    def hear_stats(self, raw: RawJson, *, now_ms: int) -> None:
        """Take a frame of ``market_stats``.

        Raises:
            FeedUnavailable: it cannot be read.
            MarketDataError: a figure breaks a rule; nothing of the frame is taken.
        """
        message = read(raw, StatsMessage)
        at_ms, stats = ms_of_stamp(message.timestamp), message.market_stats
        if self.mark is not None and at_ms <= self.mark.at_ms:
            return
        mark = Mark(price_of(stats.mark_price), at_ms)
        expected = stats.current_funding_rate
        expected_rate = rate_of(expected) if expected is not None else None
        if stats.funding_timestamp and stats.funding_rate is not None:
            settled = Settlement(settled_at(stats.funding_timestamp), rate_of(stats.funding_rate))
            if self.settled is None or settled.at_ms > self.settled.at_ms:
                self.settled = settled
        self.mark, self.expected_rate = mark, expected_rate
        self._mark_heard_ms = now_ms

    def hear_book(self, raw: RawJson, *, is_first: bool, now_ms: int) -> bool:
        """Take a frame of ``order_book``; return whether the book is whole afterwards.

        Raises:
            FeedUnavailable: it cannot be read; the book is dropped.
            MarketDataError: its time stamp is none; the book is dropped.
        """
        try:
            message = read(raw, BookMessage)
            at_ms = ms_of_stamp(message.timestamp)
        except (FeedUnavailable, MarketDataError):
            self.live_book.drop()  # Who knows what it said.
            raise
        take = self.live_book.begin if is_first else self.live_book.go_on
        is_whole = take(message.order_book, at_ms=at_ms)
        if at_ms > self._book_at_ms:
            self._book_at_ms, self._book_heard_ms = at_ms, now_ms
        return is_whole
