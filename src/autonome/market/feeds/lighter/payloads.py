"""The answers and frames of Lighter that we read, field by field as they come.

Fields that are not named here are ignored, arrays may be null or missing, and every number with
a fraction becomes a Decimal from its text.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final, TypeVar

import msgspec

from autonome.domain.errors import FeedUnavailable
from autonome.domain.money import ZERO
from autonome.domain.value import value

__all__ = [
    "BookFrame",
    "BookMessage",
    "CandleMessage",
    "CandleRow",
    "CandlesAnswer",
    "Envelope",
    "ErrorFrame",
    "FundingRow",
    "FundingsAnswer",
    "LevelRow",
    "MarketConfig",
    "MarketRow",
    "MarketsAnswer",
    "RawJson",
    "StatsFrame",
    "StatsMessage",
    "Verdict",
    "read",
]

RawJson = str | bytes
T = TypeVar("T")

_MOST_QUOTED: Final = 200


@value
class Verdict:
    """What every answer begins with."""

    code: int
    """200 = ok, whatever the status of HTTP."""
    message: str | None = None


@value
class MarketConfig:
    """Switches of one market."""

    force_reduce_only: bool = False


@value
class MarketRow:
    """One market of ``orderBookDetails``."""

    symbol: str
    market_id: int
    min_base_amount: Decimal
    """Base units."""
    min_quote_amount: Decimal
    """Quote."""
    size_decimals: int
    price_decimals: int
    min_initial_margin_fraction: int
    """In 1e-4, as the next one."""
    maintenance_margin_fraction: int
    market_type: str = "perp"
    status: str = "active"
    liquidation_fee: Decimal = ZERO
    """Percent."""
    market_config: MarketConfig | None = None


@value
class MarketsAnswer:
    """``orderBookDetails``."""

    order_book_details: list[MarketRow] | None = None


@value
class CandleRow:
    """One bar; zero fields may be left out."""

    t: int
    """When it opens."""
    o: Decimal = ZERO
    h: Decimal = ZERO
    l: Decimal = ZERO  # noqa: E741  The venue's own name.
    c: Decimal = ZERO
    v: Decimal = ZERO
    """Base units."""


@value
class CandlesAnswer:
    """``candles``."""

    c: list[CandleRow] | None = None


@value
class FundingRow:
    """One settlement of ``fundings``."""

    timestamp: int
    rate: Decimal
    """Percent for the hour, without a sign."""
    direction: str
    """The side that pays: ``long`` or ``short``."""


@value
class FundingsAnswer:
    """``fundings``."""

    fundings: list[FundingRow] | None = None


@value
class ErrorFrame:
    """What the stream did not like."""

    code: int | None = None
    message: str | None = None


@value
class Envelope:
    """What tells one frame of the stream from another."""

    type: str = ""
    channel: str = ""
    error: ErrorFrame | None = None
    code: int | None = None
    message: str | None = None


@value
class LevelRow:
    """All that rests at one price; size zero deletes the level."""

    price: Decimal
    size: Decimal


@value
class BookFrame:
    """A snapshot of a book, or the levels that changed."""

    nonce: int
    begin_nonce: int = 0
    """The nonce that the book must have for this frame to follow."""
    asks: list[LevelRow] | None = None
    bids: list[LevelRow] | None = None


@value
class BookMessage:
    """``order_book``."""

    order_book: BookFrame
    timestamp: int


@value
class StatsFrame:
    """Prices and funding of one market; rates in percent for the hour, positive: longs pay."""

    mark_price: Decimal
    current_funding_rate: Decimal | None = None
    """Estimate of the coming settlement."""
    funding_rate: Decimal | None = None
    """Of the last settlement."""
    funding_timestamp: int | None = None
    """When that was."""


@value
class StatsMessage:
    """``market_stats`` of one market."""

    market_stats: StatsFrame
    timestamp: int


@value
class CandleMessage:
    """``candle``."""

    candles: list[CandleRow] | None = None


def read(raw: RawJson, kind: type[T]) -> T:
    """Return an answer or a frame.

    Raises:
        FeedUnavailable: it is no JSON, or lacks something that we need.
    """
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FeedUnavailable(
            f"expected a {kind.__name__} of Lighter, found {raw[:_MOST_QUOTED]!r}: {error}.",
            remedy="If it goes on, the venue's format has changed.",
        ) from error
