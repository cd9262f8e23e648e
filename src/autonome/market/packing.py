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

__all__ = ["packed", "unpacked"]

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


def unpacked(parts: Sequence[bytes]) -> Market:
    """Return the market whose bars were packed in parts, one after the other; at least one."""
    read = [msgpack.decode(zlib.decompress(part), type=_Packed) for part in parts]
    candles = {
        bars[0].symbol: _joined(bars) for bars in zip(*(each.bars for each in read), strict=True)
    }
    return Market(origin=read[0].origin, candles=candles, funding={})


def _bars(candles: Candles) -> _Bars:
    columns = (candles.open_ms, candles.open, candles.high, candles.low, candles.close)
    return _Bars(
        symbol=candles.symbol,
        tick=candles.tick,
        columns=tuple([column.astype("<i8", copy=False).tobytes() for column in columns]),
        volume=candles.volume.astype("<f8", copy=False).tobytes(),
        filled=None if candles.filled is None else candles.filled.tobytes(),
    )


def _joined(bars: Sequence[_Bars]) -> Candles:
    columns = [
        np.frombuffer(b"".join(column), "<i8").astype(np.int64)
        for column in zip(*(each.columns for each in bars), strict=True)
    ]
    open_ms, opens, highs, lows, closes = columns
    volume = np.frombuffer(b"".join([each.volume for each in bars]), "<f8").astype(np.float64)
    filled = None
    if any(each.filled is not None for each in bars):
        # A part without the column has no gap that was filled.
        known = [each.filled or bytes(len(each.volume) // volume.itemsize) for each in bars]
        filled = np.frombuffer(b"".join(known), np.bool_).copy()
    return Candles(
        symbol=bars[0].symbol,
        tick=bars[0].tick,
        open_ms=open_ms,
        open=opens,
        high=highs,
        low=lows,
        close=closes,
        volume=volume,
        filled=filled,
    ).frozen()
