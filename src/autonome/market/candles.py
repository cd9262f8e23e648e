"""Candles of one symbol as int64 arrays: exact, and cheap to slice."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["MINUTE_MS", "Candles", "FundingRates"]

MINUTE_MS: Final = 60_000

Ints = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Candles:
    """One-minute bars of one symbol, ascending; every array has shape (n,)."""

    symbol: str
    tick: Decimal
    """Quote; the unit of the four prices."""
    open_ms: Ints
    """When each bar opens, milliseconds since 1970 UTC; it closes one minute later."""
    open: Ints
    high: Ints
    low: Ints
    close: Ints
    volume: NDArray[np.float64]
    """Base units; limits how much can trade, no money is computed from it."""
    filled: NDArray[np.bool_] | None = None
    """Where a bar is missing in the data and stands at the close before it; ``None``: nowhere."""

    def __len__(self) -> int:
        return len(self.open_ms)

    @cached_property
    def close_ms(self) -> Ints:
        """Return when each bar closes."""
        closes = self.open_ms + MINUTE_MS
        closes.setflags(write=False)
        return closes

    def close_price(self, bar: int) -> Decimal:
        """Return the closing price (quote) of one bar."""
        return self.tick * int(self.close[bar])

    def frozen(self) -> Candles:
        """Return the same bars with arrays that cannot be written: agents share them."""
        for array in (self.open_ms, self.open, self.high, self.low, self.close, self.volume):
            array.setflags(write=False)
        if self.filled is not None:
            self.filled.setflags(write=False)
        return self

    def until(self, bars: int) -> Candles:
        """Return the first ``bars`` bars."""
        return self.between(0, bars)

    def between(self, first: int, end: int) -> Candles:
        """Return the bars ``first`` to ``end``, the latter not included."""
        return self._taken(slice(first, end))

    def only(self, rows: Ints) -> Candles:
        """Return the bars at these indices."""
        return self._taken(rows)

    def _taken(self, rows: slice | Ints) -> Candles:
        return Candles(
            symbol=self.symbol,
            tick=self.tick,
            open_ms=self.open_ms[rows],
            open=self.open[rows],
            high=self.high[rows],
            low=self.low[rows],
            close=self.close[rows],
            volume=self.volume[rows],
            filled=None if self.filled is None else self.filled[rows],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FundingRates:
    """Funding settlements of one symbol."""

    symbol: str
    at_ms: tuple[int, ...]
    """When each is settled, milliseconds since 1970 UTC, ascending."""
    rate: tuple[Decimal, ...]
    """Fraction of the notional for the whole settlement interval; positive: longs pay."""
