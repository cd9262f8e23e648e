"""A market: the candles and funding of several symbols on one clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np

from autonome.domain.errors import MarketDataError
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
        return -((first - at_ms) // MINUTE_MS) if first <= at_ms <= last else None


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
    first = max(int(each.open_ms[0]) for each in candles.values())
    last = min(int(each.open_ms[-1]) for each in candles.values())
    if last < first:
        raise MarketDataError(
            f"expected minutes that {', '.join(sorted(candles))} share, found none.",
            remedy="Take files of the same period.",
        )
    cut = {symbol: _between(each, first, last).frozen() for symbol, each in candles.items()}
    return Market(origin=origin, candles=cut, funding=dict(funding))


def _between(candles: Candles, first_ms: int, last_ms: int) -> Candles:
    start = (first_ms - int(candles.open_ms[0])) // MINUTE_MS
    end = (last_ms - int(candles.open_ms[0])) // MINUTE_MS + 1
    return candles.between(start, end)
