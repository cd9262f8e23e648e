"""Minutes of a live market: bars, settlements, and the market that they make up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final, NamedTuple

import numpy as np

from autonome.domain.errors import MarketDataError
from autonome.domain.instrument import Instrument
from autonome.domain.value import value
from autonome.market.candles import MINUTE_MS, Candles, FundingRates
from autonome.market.market import Market

__all__ = ["Bar", "ClosedMinute", "Settlement", "candles_of", "extended", "flat_bar", "ticks_of"]

_PER_MOST_OFF_TICK: Final = 1_000_000
"""A price may lie off its tick by a millionth of it: the noise of a binary number."""
_MOST_TICKS: Final = 2**53


@value
class Bar:
    """One minute of one contract; the prices are whole ticks."""

    open_ms: int
    """When it opens, milliseconds since 1970 UTC."""
    open: int
    high: int
    low: int
    close: int
    volume: float
    """Base units; limits how much can trade, no money is computed from it."""
    filled: bool = False
    """Whether nothing traded, or the venue has no such bar: it stands at the close before."""


class Settlement(NamedTuple):
    """One settlement of funding."""

    at_ms: int
    """Milliseconds since 1970 UTC, a whole minute."""
    rate: Decimal
    """Fraction of the notional for the interval that it settles; positive: longs pay."""


@value
class ClosedMinute:
    """One minute that has closed for every symbol."""

    open_ms: int
    """When it opened, milliseconds since 1970 UTC."""
    bars: Mapping[str, Bar]
    """By symbol."""
    funding: Mapping[str, tuple[Settlement, ...]]
    """What was heard to be settled since the minute before, at or before this one's close."""

    @property
    def close_ms(self) -> int:
        """Return when it closed, milliseconds since 1970 UTC."""
        return self.open_ms + MINUTE_MS


def ticks_of(price: Decimal, instrument: Instrument) -> int:
    """Return a price (quote) as whole ticks.

    Raises:
        MarketDataError: it is not above zero, too large, or off its tick by more than a
            millionth.
    """
    scaled = price / instrument.tick if price.is_finite() and price.adjusted() < 18 else None
    if scaled is not None and 0 < scaled < _MOST_TICKS:
        ticks = int(scaled.to_integral_value())
        if ticks and abs(scaled - ticks) * _PER_MOST_OFF_TICK <= 1:
            return ticks
    raise MarketDataError(
        f"expected prices of {instrument.symbol} in steps of {instrument.tick}, found {price}.",
        remedy="The venue may have changed the contract: start the feed again.",
    )


def flat_bar(open_ms: int, *, close: int) -> Bar:
    """Return the bar of a minute in which nothing traded."""
    return Bar(
        open_ms=open_ms, open=close, high=close, low=close, close=close, volume=0.0, filled=True
    )


def candles_of(instrument: Instrument, bars: Sequence[Bar]) -> Candles:
    """Return bars, ascending and without a gap, as candles."""
    prices = np.array([(b.open_ms, b.open, b.high, b.low, b.close) for b in bars], np.int64)
    columns = np.ascontiguousarray(prices.reshape(len(bars), 5).T)
    return Candles(
        symbol=instrument.symbol,
        tick=instrument.tick,
        open_ms=columns[0],
        open=columns[1],
        high=columns[2],
        low=columns[3],
        close=columns[4],
        volume=np.array([bar.volume for bar in bars], np.float64),
        filled=np.array([bar.filled for bar in bars], np.bool_),
    )


def extended(market: Market, minutes: Iterable[ClosedMinute]) -> Market:
    """Return the market with the minutes that followed it.

    Raises:
        MarketDataError: they do not follow it one by one, or lack a symbol.
    """
    new = tuple(minutes)
    expected = int(market.close_ms[-1])
    for place, minute in enumerate(new):
        if minute.open_ms != expected + place * MINUTE_MS or set(minute.bars) != set(
            market.candles
        ):
            raise MarketDataError(
                f"expected the minute that opens at {expected + place * MINUTE_MS} of"
                f" {', '.join(market.symbols)}, found {minute.open_ms} of"
                f" {', '.join(sorted(minute.bars))}.",
                remedy="Read the history again.",
            )
    candles = {
        symbol: _joined(each, [minute.bars[symbol] for minute in new])
        for symbol, each in market.candles.items()
    }
    funding = {
        symbol: _settled(
            market.funding.get(symbol) or FundingRates(symbol=symbol, at_ms=(), rate=()),
            [each for minute in new for each in minute.funding.get(symbol, ())],
        )
        for symbol in market.symbols
    }
    return Market(origin=market.origin, candles=candles, funding=funding)


def _joined(candles: Candles, bars: Sequence[Bar]) -> Candles:
    def join(column: str) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        added = np.array([getattr(bar, column) for bar in bars], np.int64)
        return np.concatenate([getattr(candles, column), added])

    known = candles.filled if candles.filled is not None else np.zeros(len(candles), np.bool_)
    return replace(
        candles,
        open_ms=join("open_ms"),
        open=join("open"),
        high=join("high"),
        low=join("low"),
        close=join("close"),
        volume=np.concatenate([candles.volume, [bar.volume for bar in bars]]),
        filled=np.concatenate([known, np.array([bar.filled for bar in bars], np.bool_)]),
    ).frozen()


def _settled(rates: FundingRates, new: Sequence[Settlement]) -> FundingRates:
    return FundingRates(
        symbol=rates.symbol,
        at_ms=(*rates.at_ms, *(each.at_ms for each in new)),
        rate=(*rates.rate, *(each.rate for each in new)),
    )
