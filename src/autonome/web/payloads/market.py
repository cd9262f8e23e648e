"""The market as the arena saw it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from autonome.web.payloads.figures import Money, Payload

__all__ = ["Best", "Book", "Candle", "Candles", "FundingRate", "Level", "Price", "Settlement"]


class FundingRate(Payload):
    """What one settlement charged."""

    rate: Money
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
    """(mark - mark 24 hours before) / mark 24 hours before."""
    funding: FundingRate | None
    stale_ms: int
    """How far the mark is behind the arena's time."""
    best: Best | None


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
