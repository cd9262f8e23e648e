"""What an agent may see of the market: bars that have closed, and nothing later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from autonome.market.candles import Candles
from autonome.market.market import Market

__all__ = ["Observation", "observe"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """The market at one instant, the same for every arm."""

    at_ms: int
    """The instant of the decision, milliseconds since 1970 UTC."""
    bars: Mapping[str, Candles]
    """Bars closed at or before it, oldest first."""

    def close(self, symbol: str, *, bars_ago: int = 0) -> Decimal | None:
        """Return a closed bar's closing price (quote), ``None`` where history is too short."""
        bars = self.bars[symbol]
        index = len(bars) - 1 - bars_ago
        return int(bars.close[index]) * bars.tick if index >= 0 else None

    def last_close(self, symbol: str) -> Decimal:
        """Return the closing price (quote) of the last closed bar."""
        bars = self.bars[symbol]
        return int(bars.close[-1]) * bars.tick


def observe(market: Market, *, closed_bars: int) -> Observation:
    """Return the market when the first ``closed_bars`` bars have closed."""
    bars = {symbol: market.candles[symbol].until(closed_bars) for symbol in market.symbols}
    at_ms = int(bars[market.symbols[0]].close_ms[-1])
    return Observation(at_ms=at_ms, bars=bars)
