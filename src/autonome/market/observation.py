"""What an agent may see of the market: bars that have closed, and nothing later."""

from __future__ import annotations

from decimal import Decimal

from autonome.domain.value import value
from autonome.market.candles import Candles
from autonome.market.market import Market

__all__ = ["Observation", "observe"]


@value
class Observation:
    """The market at one instant, the same for every arm."""

    market: Market
    """The feed behind it; agents use the methods below, which show closed bars only."""
    closed_bars: int
    """How many bars of each symbol have closed, > 0."""

    @property
    def symbols(self) -> tuple[str, ...]:
        """Return what can be traded, sorted."""
        return self.market.symbols

    @property
    def at_ms(self) -> int:
        """Return the instant of the decision, milliseconds since 1970 UTC."""
        return self.market.close_ms_of(self.closed_bars - 1)

    def bars(self, symbol: str) -> Candles:
        """Return the closed bars of a symbol, oldest first."""
        return self.market.candles[symbol].until(self.closed_bars)

    def close(self, symbol: str, *, bars_ago: int = 0) -> Decimal | None:
        """Return a closed bar's closing price (quote), ``None`` where history is too short."""
        index = self.closed_bars - 1 - bars_ago
        return self.market.candles[symbol].close_price(index) if index >= 0 else None

    def last_close(self, symbol: str) -> Decimal:
        """Return the closing price (quote) of the last closed bar."""
        return self.market.candles[symbol].close_price(self.closed_bars - 1)


def observe(market: Market, *, closed_bars: int) -> Observation:
    """Return the market when the first ``closed_bars`` bars have closed."""
    return Observation(market=market, closed_bars=closed_bars)
