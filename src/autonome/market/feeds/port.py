"""What a live feed offers to the arena: the present market of a venue, and how old it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import Enum
from typing import NamedTuple, Protocol

from autonome.domain.instrument import Instrument
from autonome.domain.value import value
from autonome.market.book import Book
from autonome.market.feeds.minute import ClosedMinute, Settlement
from autonome.market.market import Market

__all__ = ["Freshness", "Funding", "LiveFeed", "Mark", "Trading"]


class Mark(NamedTuple):
    """The venue's mark price."""

    price: Decimal
    """Quote."""
    at_ms: int
    """When the venue said so, milliseconds since 1970 UTC."""


class Trading(Enum):
    """What the venue lets be done in a market."""

    OPEN = "OPEN"
    REDUCE_ONLY = "REDUCE_ONLY"
    CLOSED = "CLOSED"


@value
class Funding:
    """Where the funding of one contract stands."""

    settled: Settlement | None
    """The last settlement, ``None`` while unknown."""
    next_at_ms: int | None
    """When the next one is due, milliseconds since 1970 UTC; ``None`` while unknown."""
    expected_rate: Decimal | None
    """The venue's estimate of its rate: a fraction of the notional for the interval that it
    settles; positive: longs pay. ``None`` while unknown."""


@value
class Freshness:
    """How old each series of one contract is, in milliseconds; ``None``: nothing came so far."""

    mark_ms: int | None
    book_ms: int | None
    """Of an unbroken book; a book that lost a frame is unknown until it is whole again."""
    minute_ms: int | None
    """Since the close of the last minute that was handed over."""
    funding_ms: int | None
    """Since the last settlement that is known."""


class LiveFeed(Protocol):
    """One venue's public data, for a fixed set of symbols. No orders pass here."""

    @property
    def symbols(self) -> tuple[str, ...]:
        """Return what is watched, sorted."""

    @property
    def trouble(self) -> str | None:
        """Return what is wrong with the feed now, in words, ``None`` where nothing is."""

    async def start(self) -> None:
        """Connect, and return when a mark of every symbol is there.

        Raises:
            FeedError: the venue cannot be reached, or does not send what was asked for.
            SettingError: it does not list a symbol.
        """

    async def stop(self) -> None:
        """Disconnect; may be called at any time, and twice."""

    def instruments(self) -> Mapping[str, Instrument]:
        """Return the contracts by symbol, as the venue lists them; known once started."""

    def trading(self, symbol: str) -> Trading:
        """Return what may be done in a market, as far as was last heard."""

    async def history(
        self, minutes: int, *, read: Callable[[float], None] = lambda _: None
    ) -> Market:
        """Return the last minutes that have closed, and the funding settled in them.

        A minute without a trade is a flat bar, marked as filled. ``closed_minute`` goes on where
        this ends. ``read`` is told again and again which share of them (0 to 1) has been read.

        Raises:
            FeedError: the venue cannot be reached, or refuses.
            MarketDataError: a symbol has no candles, or none for a day.
        """

    def go_on_after(self, market: Market) -> None:
        """Let ``closed_minute`` go on where ``market`` ends, which an earlier feed has read."""

    def mark(self, symbol: str) -> Mark | None:
        """Return the mark price, ``None`` while it is unknown or too old."""

    def book(self, symbol: str) -> Book | None:
        """Return the order book, ``None`` while it is unknown, too old, broken or unusable."""

    async def closed_minute(self) -> ClosedMinute:
        """Return the next minute, when it has closed for every symbol; none is ever left out.

        While the venue is out of reach it waits, and hands over what was missed afterwards.
        """

    def funding(self, symbol: str) -> Funding:
        """Return the last settlement and the next."""

    def freshness(self, symbol: str) -> Freshness:
        """Return how old each series is."""
