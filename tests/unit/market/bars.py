"""Bars for tests, written as rows of open, high, low and close."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

import numpy as np

from autonome.market.candles import MINUTE_MS, Candles

__all__ = ["START", "START_MS", "Bar", "candles"]

START = datetime(2025, 5, 5, tzinfo=UTC)
START_MS = 1_746_403_200_000  # 2025-05-05 00:00 UTC

Bar = tuple[int, int, int, int]
"""Open, high, low, close, in ticks."""


def candles(
    rows: Sequence[Bar], *, symbol: str = "BTC", tick: str = "1", start_ms: int = START_MS
) -> Candles:
    """Return bars in ticks."""
    columns = np.array(rows, dtype=np.int64).reshape(len(rows), 4)
    return Candles(
        symbol=symbol,
        tick=Decimal(tick),
        open_ms=start_ms + np.arange(len(rows), dtype=np.int64) * MINUTE_MS,
        open=columns[:, 0].copy(),
        high=columns[:, 1].copy(),
        low=columns[:, 2].copy(),
        close=columns[:, 3].copy(),
        volume=np.ones(len(rows)),
    )
