"""Frames for tests: a seeded walk of bars, and bars written by hand."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import numpy as np

from autonome.market.candles import MINUTE_MS, Candles, FundingRates
from autonome.market.frame import Frame, Frames
from autonome.market.market import Market, align
from unit.market.bars import START_MS

__all__ = ["frame_of", "walk", "walking_frame"]


def walk(
    bars: int,
    *,
    seed: int = 7,
    symbols: Sequence[str] = ("BTC",),
    tick: str = "0.01",
    start_ms: int = START_MS,
    funding: FundingRates | None = None,
) -> Market:
    """Return a market of random one-minute bars around 100, some without volume."""
    random = np.random.default_rng(seed)
    candles = {}
    for symbol in symbols:
        close = np.rint(10_000 * np.exp(np.cumsum(random.normal(0, 0.002, bars)))).astype(np.int64)
        opens = np.concatenate(([10_000], close[:-1]))
        up, down = random.integers(0, 15, (2, bars))
        candles[symbol] = Candles(
            symbol=symbol,
            tick=Decimal(tick),
            open_ms=start_ms + np.arange(bars, dtype=np.int64) * MINUTE_MS,
            open=opens,
            high=np.maximum(opens, close) + up,
            low=np.minimum(opens, close) - down,
            close=close,
            volume=np.maximum(random.normal(10, 6, bars), 0),
        )
    rates = {} if funding is None else {funding.symbol: funding}
    return align(candles, rates, origin="by chance")


def walking_frame(bars: int, *, minutes: int = 1, start_ms: int = START_MS) -> Frame:
    """Return the bars of one symbol of such a market."""
    return Frames(walk(bars, start_ms=start_ms)).frame("BTC", minutes=minutes)


def frame_of(
    rows: Sequence[tuple[float, float, float, float]], *, start_ms: int = START_MS
) -> Frame:
    """Return one-minute bars written as (high, low, close, volume), on a tick of 0.01."""
    high, low, close = (np.rint(np.array(rows)[:, row] * 100).astype(np.int64) for row in range(3))
    bars = Candles(
        symbol="BTC",
        tick=Decimal("0.01"),
        open_ms=start_ms + np.arange(len(rows), dtype=np.int64) * MINUTE_MS,
        open=close.copy(),
        high=high,
        low=low,
        close=close,
        volume=np.array(rows)[:, 3].copy(),
    )
    return Frames(align({"BTC": bars}, {}, origin="by hand")).frame("BTC", minutes=1)
