"""Packing: bars as bytes, for a process that has none of its own."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

import numpy as np
from msgspec import msgpack

from autonome.domain.value import value
from autonome.market.candles import Candles
from autonome.market.market import Market

__all__ = ["joined", "packed", "unpacked"]

_LEVEL: Final = 1
"""Of compression: bars shrink to a quarter at once, and little more with patience."""


@value
class _Bars:
    symbol: str
    tick: Decimal
    columns: tuple[bytes, ...]
    """Opening instants, then the four prices: little-endian int64."""
    volume: bytes
    """Little-endian float64."""
    filled: bytes | None


@value
class _Packed:
    origin: str
    bars: tuple[_Bars, ...]


def packed(market: Market) -> bytes:
    """Return every bar of a market; its funding is left out."""
    bars = tuple([_bars(market.candles[symbol]) for symbol in market.symbols])
    return zlib.compress(msgpack.encode(_Packed(origin=market.origin, bars=bars)), _LEVEL)


def unpacked(body: bytes) -> Market:
    """Return the market that was packed, without its funding."""
    read = msgpack.decode(zlib.decompress(body), type=_Packed)
    candles = {each.symbol: _candles(each) for each in read.bars}
    return Market(origin=read.origin, candles=candles, funding={})


def joined(markets: Sequence[Market]) -> Market:
    """Return markets of the same symbols as one, each the continuation of the one before."""
    first = markets[0]
    candles = {
        symbol: _joined([each.candles[symbol] for each in markets]) for symbol in first.symbols
    }
    return Market(origin=first.origin, candles=candles, funding={})


def _bars(candles: Candles) -> _Bars:
    columns = (candles.open_ms, candles.open, candles.high, candles.low, candles.close)
    return _Bars(
        symbol=candles.symbol,
        tick=candles.tick,
        columns=tuple([column.astype("<i8", copy=False).tobytes() for column in columns]),
        volume=candles.volume.astype("<f8", copy=False).tobytes(),
        filled=None if candles.filled is None else candles.filled.tobytes(),
    )


def _candles(bars: _Bars) -> Candles:
    open_ms, opens, highs, lows, closes = [np.frombuffer(each, "<i8") for each in bars.columns]
    return Candles(
        symbol=bars.symbol,
        tick=bars.tick,
        open_ms=open_ms,
        open=opens,
        high=highs,
        low=lows,
        close=closes,
        volume=np.frombuffer(bars.volume, "<f8"),
        filled=None if bars.filled is None else np.frombuffer(bars.filled, np.bool_),
    )


def _joined(parts: Sequence[Candles]) -> Candles:
    filled = None
    if any(each.filled is not None for each in parts):
        # A part without the column has no gap that was filled.
        known = [
            np.zeros(len(each), np.bool_) if each.filled is None else each.filled for each in parts
        ]
        filled = np.concatenate(known)
    return Candles(
        symbol=parts[0].symbol,
        tick=parts[0].tick,
        open_ms=np.concatenate([each.open_ms for each in parts]),
        open=np.concatenate([each.open for each in parts]),
        high=np.concatenate([each.high for each in parts]),
        low=np.concatenate([each.low for each in parts]),
        close=np.concatenate([each.close for each in parts]),
        volume=np.concatenate([each.volume for each in parts]),
        filled=filled,
    ).frozen()
