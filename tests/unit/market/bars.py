"""Bars for tests, written as rows of open, high, low and close."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import polars as pl

from autonome.market.candles import MINUTE_MS, Candles

__all__ = ["START", "START_MS", "Bar", "candles", "frame", "write_candles", "write_funding"]

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


def frame(
    rows: Sequence[tuple[float, float, float, float]], *, start: datetime = START
) -> pl.DataFrame:
    """Return bars as the file holds them: binary prices, a volume of one."""
    return pl.DataFrame(
        {
            "ts": [start + timedelta(minutes=row) for row in range(len(rows))],
            "open": [row[0] for row in rows],
            "high": [row[1] for row in rows],
            "low": [row[2] for row in rows],
            "close": [row[3] for row in rows],
            "volume": [1.0] * len(rows),
        },
        schema_overrides={
            "ts": pl.Datetime("ms", "UTC"),
            **dict.fromkeys(("open", "high", "low", "close", "volume"), pl.Float64),
        },
    )


def write_candles(folder: Path, bars: pl.DataFrame, *, symbol: str = "BTC") -> Path:
    """Write a candle file and return its path."""
    path = folder / f"{symbol}-1m.parquet"
    bars.write_parquet(path)
    return path


def write_funding(
    folder: Path,
    rates: Sequence[tuple[datetime, float | None]] = ((START, 0.0001),),
    *,
    symbol: str = "BTC",
) -> Path:
    """Write a funding file and return its path."""
    path = folder / f"{symbol}-funding.parquet"
    pl.DataFrame(
        {"ts": [at for at, _ in rates], "rate": [rate for _, rate in rates]},
        schema={"ts": pl.Datetime("ms", "UTC"), "rate": pl.Float64},
    ).write_parquet(path)
    return path
