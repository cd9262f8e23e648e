"""A book kept by Lighter's nonce rule: whole, or not there."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Sequence
from decimal import Decimal

from autonome.market.book import Book, Level
from autonome.market.feeds.lighter.payloads import BookFrame, LevelRow

__all__ = ["LiveBook"]


class _Levels:
    """One side of a book: sizes by price, and the prices in order."""

    def __init__(self) -> None:
        self.prices: list[Decimal] = []
        self.sizes: dict[Decimal, Decimal] = {}

    def set(self, rows: Sequence[LevelRow]) -> bool:
        """Put the sizes in; return whether every row made sense."""
        for row in rows:
            price, size = row.price, row.size
            if not (price.is_finite() and size.is_finite() and price > 0 and size >= 0):
                return False
            if not size:
                self._delete(price)
            else:
                if price not in self.sizes:
                    insort(self.prices, price)
                self.sizes[price] = size
        return True

    def _delete(self, price: Decimal) -> None:
        if self.sizes.pop(price, None) is not None:
            del self.prices[bisect_left(self.prices, price)]


class LiveBook:
    """The book of one market, from the frames of its channel."""

    def __init__(self, symbol: str) -> None:
        self._symbol = symbol
        self._at_ms = 0
        self.drop()

    @property
    def is_whole(self) -> bool:
        """Return whether every frame since the snapshot was there."""
        return self._nonce is not None

    def drop(self) -> None:
        """Forget everything: only a snapshot helps now."""
        self._bids = _Levels()
        self._asks = _Levels()
        self._nonce: int | None = None
        self._made: Book | None = None

    def begin(self, frame: BookFrame, *, at_ms: int) -> bool:
        """Take a snapshot; return whether the book is whole afterwards."""
        self.drop()
        self._nonce = frame.nonce
        return self._put(frame, at_ms)

    def go_on(self, frame: BookFrame, *, at_ms: int) -> bool:
        """Take the levels that changed; return whether the book is whole afterwards.

        It is dropped where a frame is missing, or comes twice: each begins at the nonce at which
        the one before it ended.
        """
        if self._nonce is None or frame.begin_nonce != self._nonce:
            self.drop()
            return False
        self._nonce = frame.nonce
        return self._put(frame, at_ms)

    def book(self) -> Book | None:
        """Return the book, ``None`` where it is not whole, empty on a side or crossed."""
        if not self.is_whole:
            return None
        if self._made is None:
            bids, asks = self._bids, self._asks
            self._made = Book(
                symbol=self._symbol,
                bids=tuple(Level(price, bids.sizes[price]) for price in reversed(bids.prices)),
                asks=tuple(Level(price, asks.sizes[price]) for price in asks.prices),
                at_ms=self._at_ms,
            )
        return None if self._made.flaw is not None else self._made

    def _put(self, frame: BookFrame, at_ms: int) -> bool:
        self._made = None
        self._at_ms = at_ms
        makes_sense = self._bids.set(frame.bids or ()) and self._asks.set(frame.asks or ())
        bids, asks = self._bids.prices, self._asks.prices
        if not makes_sense or (bids and asks and bids[-1] >= asks[0]):
            self.drop()
        return self.is_whole
