"""A market: the candles and funding of several symbols on one clock."""

from __future__ import annotations

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from autonome.domain.errors import MarketDataError
from autonome.domain.instants import utc
from autonome.domain.money import ZERO, exact
from autonome.market.candles import MINUTE_MS, Candles, FundingRates, Ints

__all__ = ["Market", "align"]


@dataclass(frozen=True, kw_only=True)
class Market:
    """Bars of every symbol, row by row the same minutes."""

    origin: str
    """Where the data came from, for the records."""
    candles: Mapping[str, Candles]
    funding: Mapping[str, FundingRates]

    @cached_property
    def symbols(self) -> tuple[str, ...]:
        """Return the symbols, sorted."""
        return tuple(sorted(self.candles))

    @cached_property
    def open_ms(self) -> Ints:
        """Return the opening instants that all symbols share."""
        return self.candles[self.symbols[0]].open_ms

    @property
    def close_ms(self) -> Ints:
        """Return the closing instants that all symbols share."""
        return self.candles[self.symbols[0]].close_ms

    def until(self, end_ms: int) -> Market:
        """Return the part of it that has closed at ``end_ms``; later settlements are left out."""
        bars = self.bar_opening_at_or_after(end_ms - MINUTE_MS + 1)
        funding = {}
        for symbol, rates in self.funding.items():
            count = bisect_right(rates.at_ms, end_ms)
            funding[symbol] = FundingRates(
                symbol=symbol, at_ms=rates.at_ms[:count], rate=rates.rate[:count]
            )
        candles = {symbol: each.until(bars) for symbol, each in self.candles.items()}
        return Market(origin=self.origin, candles=candles, funding=funding)

    def since(self, start_ms: int) -> Market:
        """Return the bars that open at ``start_ms`` or later, and the settlements from then on."""
        first = min(self.bar_opening_at_or_after(start_ms), len(self.open_ms))
        funding = {}
        for symbol, rates in self.funding.items():
            begin = bisect_left(rates.at_ms, start_ms)
            funding[symbol] = FundingRates(
                symbol=symbol, at_ms=rates.at_ms[begin:], rate=rates.rate[begin:]
            )
        candles = {symbol: each.between(first, len(each)) for symbol, each in self.candles.items()}
        return Market(origin=self.origin, candles=candles, funding=funding)

    def instant_ms(self, instant: int) -> int:
        """Return when the bar before ``instant`` closes, milliseconds since 1970 UTC.

        Past the end it counts on as if bars went on minute by minute.
        """
        past = max(instant - len(self.open_ms), 0)
        return self.close_ms_of(instant - past - 1) + past * MINUTE_MS

    def close_ms_of(self, bar: int) -> int:
        """Return when one bar closes, milliseconds since 1970 UTC."""
        return int(self.close_ms[bar])

    @property
    def start(self) -> datetime:
        """Return when the first bar opens."""
        return utc(int(self.open_ms[0]))

    @property
    def end(self) -> datetime:
        """Return when the last bar closes."""
        return utc(int(self.close_ms[-1]))

    def bar_opening_at_or_after(self, at_ms: int) -> int:
        """Return the index of the first bar that opens at or after ``at_ms``.

        Past the end it counts on as if bars went on minute by minute.
        """
        index = int(np.searchsorted(self.open_ms, at_ms, side="left"))
        if index == len(self.open_ms) and index:
            index -= min((int(self.close_ms[-1]) - at_ms) // MINUTE_MS, 0)
        return index

    @exact
    def fingerprint(self) -> str:
        """Return the hash of every figure: the same for the same data, from whatever files.

        BLAKE2b (RFC 7693) of 32 bytes, in hexadecimal, over each symbol's name, tick, arrays and
        funding. Each part is preceded by its length, so that no two markets read the same.
        """
        digest = hashlib.blake2b(digest_size=32)
        for symbol in self.symbols:
            for part in _parts(self.candles[symbol], self.funding.get(symbol)):
                digest.update(len(part).to_bytes(8, "little"))
                digest.update(part)
        return digest.hexdigest()


def _parts(candles: Candles, funding: FundingRates | None) -> Iterator[bytes]:
    yield candles.symbol.encode()
    yield _plain(candles.tick).encode()
    for prices in (candles.open_ms, candles.open, candles.high, candles.low, candles.close):
        yield prices.astype("<i8", copy=False).tobytes()
    yield candles.volume.astype("<f8", copy=False).tobytes()
    yield b"" if candles.filled is None else candles.filled.tobytes()
    if funding is not None:
        pairs = zip(funding.at_ms, funding.rate, strict=True)
        yield "\n".join(f"{at_ms} {_plain(rate)}" for at_ms, rate in pairs).encode()


def _plain(number: Decimal) -> str:
    """Return the one text of a number: 0.10 and 0.1 are the same, and so are zeros."""
    return f"{(number + ZERO).normalize():f}"


def align(
    candles: Mapping[str, Candles], funding: Mapping[str, FundingRates], *, origin: str
) -> Market:
    """Return the market over the minutes that every symbol has.

    Raises:
        MarketDataError: no symbol was given, or the symbols share no minute.
    """
    if not candles:
        raise MarketDataError(
            "expected at least one symbol, found none.", remedy="Name some: --symbols BTC,ETH."
        )
    common = min((each.open_ms for each in candles.values()), key=len)
    for each in candles.values():
        common = common[_is_among(common, each.open_ms)]
    if not len(common):
        raise MarketDataError(
            f"expected minutes that {', '.join(sorted(candles))} share, found none.",
            remedy="Take files of the same period.",
        )
    cut = {symbol: _at(each, common).frozen() for symbol, each in candles.items()}
    return Market(origin=origin, candles=cut, funding=dict(funding))


def _is_among(wanted: Ints, minutes: Ints) -> NDArray[np.bool_]:
    places = np.minimum(np.searchsorted(minutes, wanted), len(minutes) - 1)
    return np.equal(minutes[places], wanted)


def _at(candles: Candles, open_ms: Ints) -> Candles:
    """Return the bars that open at these instants; a view where they are neighbours."""
    first, last = np.searchsorted(candles.open_ms, open_ms[[0, -1]]).tolist()
    if last - first + 1 == len(open_ms):
        return candles.between(first, last + 1)
    return candles.only(np.searchsorted(candles.open_ms, open_ms))
