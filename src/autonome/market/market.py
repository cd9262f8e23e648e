"""A market: the candles and funding of several symbols on one clock."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

import numpy as np
from numpy.typing import NDArray

from autonome.domain.errors import MarketDataError
from autonome.domain.money import ZERO, exact
from autonome.market.candles import MINUTE_MS, Candles, FundingRates, Ints

__all__ = ["Market", "align"]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """Bars of every symbol, row by row the same minutes."""

    origin: str
    """Where the data came from, for the records."""
    candles: Mapping[str, Candles]
    funding: Mapping[str, FundingRates]

    @property
    def symbols(self) -> tuple[str, ...]:
        """Return the symbols, sorted."""
        return tuple(sorted(self.candles))

    @property
    def open_ms(self) -> Ints:
        """Return the opening instants that all symbols share."""
        return self.candles[self.symbols[0]].open_ms

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

    def close_ms_of(self, bar: int) -> int:
        """Return when one bar closes, milliseconds since 1970 UTC."""
        return int(self.open_ms[bar]) + MINUTE_MS

    @property
    def start(self) -> datetime:
        """Return when the first bar opens."""
        return _EPOCH + timedelta(milliseconds=int(self.open_ms[0]))

    @property
    def end(self) -> datetime:
        """Return when the last bar closes."""
        return _EPOCH + timedelta(milliseconds=int(self.open_ms[-1]) + MINUTE_MS)

    def bar_opening_at_or_after(self, at_ms: int) -> int:
        """Return the index of the first bar that opens at or after ``at_ms``; may be the end."""
        return int(np.searchsorted(self.open_ms, at_ms, side="left"))

    def instant_at(self, at_ms: int) -> int | None:
        """Return the index of the bar that opens at or first after ``at_ms``.

        The number of bars stands for the close of the last one; ``None`` is outside of the data.
        """
        first, last = int(self.open_ms[0]), int(self.open_ms[-1]) + MINUTE_MS
        return self.bar_opening_at_or_after(at_ms) if first <= at_ms <= last else None

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
