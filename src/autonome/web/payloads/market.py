"""The market as the arena saw it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from autonome.web.payloads.figures import Money, Payload

__all__ = [
    "Best",
    "Book",
    "Candle",
    "Candles",
    "FundingRate",
    "IndicatorPoint",
    "Indicators",
    "Level",
    "Price",
    "Settlement",
]


class FundingRate(Payload):
    """What one settlement charged."""

    rate: Money
    """Fraction of the notional for the interval that it settled; positive: longs pay."""
    settled_at: datetime


class Best(Payload):
    """The best prices of a book."""

    bid: Money
    ask: Money


class Price(Payload):
    """A symbol now."""

    symbol: str
    mark: Money
    mark_at: datetime
    change24h: Money | None = Field(serialization_alias="change24h")
    """(mark - mark 24 hours before) / mark 24 hours before; null with too little on record."""
    marks_since: datetime
    """Since when there are marks."""
    funding: FundingRate | None
    """The last settlement, as whoever leads the arena has noted it."""
    predicted_funding_rate: Money | None
    """The venue's estimate of the next one, where it tells one, and whoever leads knows a price."""
    next_funding_at: datetime | None
    stale_ms: int
    """How far the mark is behind the arena's time."""
    best: Best | None
    """Of a live market whose book was noted since the mark, and no longer than a minute ago."""
    stale_since: datetime | None
    """When a live market was noted last, if that is a minute ago: nobody leads the arena any more,
    so there are neither best prices nor a predicted rate. Null otherwise."""


class Candle(Payload):
    """Marks of one interval."""

    at: datetime
    """When it opens."""
    open: Money
    high: Money
    low: Money
    close: Money


class Candles(Payload):
    """Candles of marks, oldest first: the minute's closing prices, no ticks between them."""

    symbol: str
    timeframe: str
    source: Literal["marks"] = "marks"
    items: list[Candle]


class IndicatorPoint(Payload):
    """What the candles up to one say; null until there are enough."""

    at: datetime
    """When the candle opens; it has closed."""
    ema20: float | None
    ema50: float | None
    bollinger_upper: float | None
    bollinger_middle: float | None
    bollinger_lower: float | None
    rsi14: float | None
    """0 to 100."""
    macd: float | None
    """EMA 12 less EMA 26."""
    macd_signal: float | None
    macd_histogram: float | None
    """Line less signal."""
    atr14: float | None


class Indicators(Payload):
    """Indicators of the closed candles of marks, oldest first; in quote but for the RSI.

    EMA 20 and 50, Bollinger 20/2, RSI 14, MACD 12/26/9, ATR 14, as rules and models are shown them,
    but of candles of marks. Up to 250 candles before the first are computed with.
    """

    symbol: str
    timeframe: str
    source: Literal["marks"] = "marks"
    items: list[IndicatorPoint]


class Level(Payload):
    """One level of a book."""

    price: Money
    size: Money


class Book(Payload):
    """The order book of a live market."""

    symbol: str
    at: datetime
    bids: list[Level]
    asks: list[Level]


class Settlement(Payload):
    """One funding settlement, as the arms of the arena paid and received it."""

    symbol: str
    at: datetime
    amount: Money
    """Received by all arms together; negative when paid."""
    arms: int
