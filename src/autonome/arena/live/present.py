"""The present of a live market: its marks, books and quotes between two closed minutes."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from autonome.arena.events import Quote
from autonome.arena.live.marks import MarkTape
from autonome.domain.choices import Side
from autonome.domain.money import exact
from autonome.market.book import Book
from autonome.market.feeds.clock import Clock
from autonome.market.feeds.port import LiveFeed, Trading
from autonome.market.snapshot import Quoted
from autonome.venue.simulated.candle_venue import Listing

__all__ = ["Present"]

_UNKNOWN_AGE_MS: Final = 24 * 60 * 60_000
"""Of a mark that nobody told of late: no rule lets new risk be taken on it."""


class Present:
    """What a feed says now, as the arena needs it."""

    def __init__(self, feed: LiveFeed, *, clock: Clock) -> None:
        """Ask ``feed``, which is started, at the time of ``clock``."""
        self._feed = feed
        self._clock = clock
        self._now_ms = 0
        self.tape = MarkTape()

    def now_ms(self) -> int:
        """Return the present instant, milliseconds since 1970 UTC; it never goes backwards."""
        self._now_ms = max(self._now_ms, self._clock.now_ms())
        return self._now_ms

    @exact
    def mark_price(self, symbol: str) -> Decimal | None:
        """Return the venue's mark (quote, on the tick), else the middle of its book.

        ``None`` while both are unknown, or too old.
        """
        mark = self._feed.mark(symbol)
        price = None if mark is None else mark.price
        if price is None:
            book = self._feed.book(symbol)
            if book is None:
                return None
            price = book.mid_price()
        instrument = self._feed.instruments()[symbol]
        return max(instrument.trigger_price(price), instrument.tick)

    def book(self, symbol: str) -> Book | None:
        """Return the book on which orders may trade now, ``None`` where there is none."""
        is_closed = self._feed.trading(symbol) is Trading.CLOSED
        return None if is_closed else self._feed.book(symbol)

    def closed_to_risk(self, symbol: str) -> str | None:
        """Return why nothing may open now, ``None`` where it may."""
        if self._feed.trading(symbol) is Trading.OPEN:
            return None
        return f"reduce-only: the venue lets nothing open in {symbol}"

    def quote(self, listing: Listing, *, last_close: int) -> Quote:
        """Return what a symbol costs now, at ``last_close`` (ticks) where no mark is known."""
        instrument = listing.instrument
        symbol = instrument.symbol
        mark, ticks, age_ms = self.mark_price(symbol), last_close, _UNKNOWN_AGE_MS
        if mark is not None:
            age_ms = self._age_ms(symbol)
            ticks = listing.ticks_of(mark)
        buy_price, sell_price = listing.worst_prices(ticks)
        book = self.book(symbol)
        if book is not None:
            buy_price = instrument.price_against_trader(book.asks[0].price, Side.BUY)
            sell_price = instrument.price_against_trader(book.bids[0].price, Side.SELL)
        return Quote(
            instrument=instrument,
            mark_price=instrument.tick * ticks,
            buy_price=buy_price,
            sell_price=sell_price,
            taker_fee_bps=listing.taker_fee_bps,
            age_ms=age_ms,
        )

    def quoted(self, symbol: str) -> Quoted:
        """Return what models are told of a symbol beside its closed bars."""
        book, now_ms = self._feed.book(symbol), self.now_ms()
        mark = self.mark_price(symbol)
        return Quoted(
            at_ms=now_ms if mark is None else now_ms - self._age_ms(symbol),
            mark=mark,
            bid=None if book is None else book.bids[0].price,
            ask=None if book is None else book.asks[0].price,
            next_funding_ms=self._feed.funding(symbol).next_at_ms,
        )

    def expected_rate(self, symbol: str) -> Decimal | None:
        """Return the venue's estimate of the coming funding rate.

        ``None`` while it is unknown, and while the venue's prices are: the estimate comes with
        them, and has no age of its own.
        """
        if self.mark_price(symbol) is None:
            return None
        return self._feed.funding(symbol).expected_rate

    def sample(self) -> None:
        """Take the marks of now down."""
        marks = {symbol: self.mark_price(symbol) for symbol in self._feed.symbols}
        self.tape.sample(marks, now_ms=self.now_ms())

    def _age_ms(self, symbol: str) -> int:
        """Return how old the mark is that ``mark_price`` gives."""
        fresh = self._feed.freshness(symbol)
        age_ms = fresh.mark_ms if self._feed.mark(symbol) is not None else fresh.book_ms
        return _UNKNOWN_AGE_MS if age_ms is None else age_ms
