"""A simulated exchange on candles: market orders at the next open, triggers bar by bar.

A latency of at most one second counts as zero on candles (convention): an order decided when a bar
closes trades at the open of the next one.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from autonome.domain.choices import OrderSide, Side
from autonome.domain.exit_plan import ExitPlan
from autonome.domain.money import bps_of, exact, round_money, round_nearest
from autonome.domain.position import Execution
from autonome.market.market import Market
from autonome.venue.profile import VenueProfile
from autonome.venue.simulated.exits import Touch, Triggers, first_touch

__all__ = ["CandleVenue"]

_NEGLIGIBLE_LATENCY_MS: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CandleVenue:
    """One venue over one market."""

    profile: VenueProfile
    market: Market

    def fill_bar(self, decided_ms: int) -> int | None:
        """Return the bar at whose open an order decided then trades; ``None`` after the last."""
        latency = self.profile.latency_ms
        arrival = decided_ms + (latency if latency > _NEGLIGIBLE_LATENCY_MS else 0)
        bar = self.market.bar_opening_at_or_after(arrival)
        return bar if bar < len(self.market.open_ms) else None

    def execute_at_open(self, symbol: str, side: Side, quantity: Decimal, *, bar: int) -> Execution:
        """Return the execution of a market order at the open of ``bar``."""
        return self._execute(symbol, side, quantity, int(self.market.candles[symbol].open[bar]))

    def execute_touch(self, symbol: str, side: Side, quantity: Decimal, touch: Touch) -> Execution:
        """Return the execution of a stop or target that was touched."""
        return self._execute(symbol, side, quantity, touch.price)

    @exact
    def _execute(self, symbol: str, side: Side, quantity: Decimal, ticks: int) -> Execution:
        instrument = self.profile.instrument(symbol)
        quoted = instrument.price_of(ticks)
        worse = side.sign * bps_of(quoted, self.profile.costs_of(symbol).total_bps)
        price = instrument.price_against_trader(quoted + worse, side)
        fee = round_money(bps_of(quantity * price, self.profile.taker_fee_bps))
        return Execution(side=side, quantity=quantity, price=price, fee=fee)

    def next_exit(
        self, symbol: str, side: OrderSide, plan: ExitPlan | None, *, first_bar: int
    ) -> Touch | None:
        """Return where the plan's stop or target is first touched, from ``first_bar`` on."""
        if plan is None:
            return None
        triggers = Triggers(
            side=side, stop=self._ticks(symbol, plan.stop), target=self._ticks(symbol, plan.target)
        )
        return first_touch(self.market.candles[symbol], triggers, first_bar=first_bar)

    def _ticks(self, symbol: str, price: Decimal | None) -> int | None:
        if price is None:
            return None
        tick = self.profile.instrument(symbol).tick
        return int(round_nearest(price, step=tick) / tick)
