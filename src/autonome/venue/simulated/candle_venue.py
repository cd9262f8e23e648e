"""A simulated exchange on candles: what an order pays, how much trades, and when it arrives.

A latency of at most one second counts as zero on candles (convention): an order decided when a bar
closes trades at the open of the next one.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from random import Random
from typing import Final

import numpy as np

from autonome.domain.choices import Side
from autonome.domain.instrument import Instrument
from autonome.domain.money import ZERO, exact, round_money, round_nearest
from autonome.domain.position import Execution
from autonome.market.candles import MINUTE_MS, Candles
from autonome.market.history import History
from autonome.market.market import Market
from autonome.venue.profile import VenueProfile
from autonome.venue.ranges import Range
from autonome.venue.simulated.exits import Extremes

__all__ = ["NEGLIGIBLE_LATENCY_MS", "CandleVenue", "Listing", "random_of"]

NEGLIGIBLE_LATENCY_MS: Final = 1_000
"""An order that is no later than this still meets the open for which it was meant."""
_BPS_PER_UNIT: Final = 10_000
_BINARY_NOISE: Final = 1e-6
"""Lots: what a volume of 0.29 lacks as a binary number must not cost a whole lot."""


@dataclass(frozen=True, kw_only=True)
class Listing:
    """One contract of the venue, with its candles."""

    instrument: Instrument
    candles: Candles
    taker_fee_bps: Decimal
    volume_share: Decimal
    """Most of a bar's volume that one arm may take, as a fraction."""
    half_spread_bps: Decimal
    slippage_bps: Range
    seed: int
    """Decides the slippages that are drawn."""

    @cached_property
    def extremes(self) -> Extremes:
        """Return the extremes of each block of bars."""
        return Extremes.of(self.candles)

    @cached_property
    def lowest(self) -> int:
        """Return the lowest low (ticks)."""
        return int(self.candles.low.min())

    @cached_property
    def tick(self) -> float:
        """Return the tick (quote) as a binary number, for bounds alone."""
        return float(self.instrument.tick)

    @cached_property
    def maintenance_rate(self) -> float:
        """Return the maintenance rate as a binary number, for bounds alone."""
        return float(self.instrument.maintenance_rate)

    @cached_property
    def highest(self) -> int:
        """Return the highest high (ticks)."""
        return int(self.candles.high.max())

    def price(self, side: Side, ticks: int, order_index: int) -> Decimal:
        """Return what a market order gets while the market quotes ``ticks``.

        Worse by half the spread and slippage, rounded to the tick against the trader.
        """
        if self.slippage_bps.is_fixed:
            return self._price(side, ticks, self._worst_ratio)
        drawn = self.slippage_bps.draw(random_of(self.seed, order_index, "slippage"))
        return self._price(side, ticks, self._ratio(self.half_spread_bps + drawn))

    def worst_prices(self, ticks: int) -> tuple[Decimal, Decimal]:
        """Return the worst prices that ``price`` can give: to buy at, and to sell at."""
        numerator, unit = self._worst_ratio
        tick = self.instrument.tick
        dear = -(-ticks * (unit + numerator) // unit)
        return tick * dear, tick * max(ticks * (unit - numerator) // unit, 1)

    @cached_property
    def _worst_ratio(self) -> tuple[int, int]:
        return self._ratio(self.half_spread_bps + self.slippage_bps.high)

    def _ratio(self, cost_bps: Decimal) -> tuple[int, int]:
        """Return a cost as a fraction of the price, in whole numbers."""
        numerator, denominator = cost_bps.as_integer_ratio()
        return numerator, denominator * _BPS_PER_UNIT

    def _price(self, side: Side, ticks: int, cost: tuple[int, int]) -> Decimal:
        # In integers: exact, and many times cheaper than rounding a Decimal to its step.
        numerator, unit = cost
        if side is Side.BUY:
            return self.instrument.tick * -(-ticks * (unit + numerator) // unit)
        return self.instrument.tick * max(ticks * (unit - numerator) // unit, 1)

    @exact
    def execution(self, side: Side, quantity: Decimal, price: Decimal) -> Execution:
        """Return the execution of a market order at ``price``, with its fee."""
        fee = round_money(quantity * price * self.taker_fee)
        return Execution(side=side, quantity=quantity, price=price, fee=fee)

    @cached_property
    def taker_fee(self) -> Decimal:
        """Return the fee as a fraction of the notional."""
        return self.taker_fee_bps / _BPS_PER_UNIT

    @exact
    def taken_over(self, side: Side, quantity: Decimal, price: Decimal) -> Execution:
        """Return the execution of a liquidation: at its own price, and its fee is a payment."""
        price = self.instrument.price_against_trader(price, side)
        return Execution(side=side, quantity=quantity, price=price, fee=ZERO)

    def capacity(self, bar: int) -> Decimal:
        """Return how much (base, whole lots) may trade in one bar."""
        # A volume is a statistic: a float decides how many lots, and lots are exact.
        lots = float(self.candles.volume[bar]) * self._lots_per_volume
        return self.instrument.lot * int(lots + _BINARY_NOISE)

    @cached_property
    def _lots_per_volume(self) -> float:
        return float(self.volume_share / self.instrument.lot)

    def age_ms(self, bar: int) -> int:
        """Return how old the closing price of a bar is: a filled bar repeats an older one."""
        filled = self.candles.filled
        if filled is None or not filled[bar]:
            return 0
        real = np.flatnonzero(~filled[: bar + 1])
        return (bar - int(real[-1])) * MINUTE_MS if real.size else (bar + 1) * MINUTE_MS

    def ticks_of(self, price: Decimal) -> int:
        """Return a price as the nearest whole number of ticks."""
        tick = self.instrument.tick
        return int(round_nearest(price, step=tick) / tick)


@dataclass(frozen=True, kw_only=True)
class CandleVenue:
    """One venue over one market."""

    profile: VenueProfile
    market: Market
    seed: int = 0
    """Decides latencies and slippages that are drawn: one draw of each for every order."""

    @cached_property
    def history(self) -> History:
        """Return the fingerprints of everything that had happened up to an instant."""
        return History(self.market)

    @cached_property
    def listings(self) -> dict[str, Listing]:
        """Return what can be traded, by symbol."""
        return {symbol: self._listing(symbol) for symbol in self.market.symbols}

    def _listing(self, symbol: str) -> Listing:
        profile = self.profile
        return Listing(
            instrument=profile.instrument(symbol),
            candles=self.market.candles[symbol],
            taker_fee_bps=profile.taker_fee_bps,
            volume_share=profile.volume_share,
            half_spread_bps=profile.half_spread_bps(symbol),
            slippage_bps=profile.slippage(symbol),
            seed=self.seed,
        )

    def arrival_bar(self, instant: int, order_index: int) -> int:
        """Return the bar at whose open an order trades that was decided at ``instant``.

        Past the last bar when none opens after its arrival.
        """
        delay_ms = self.latency_ms(order_index)
        bar = instant
        if delay_ms > NEGLIGIBLE_LATENCY_MS:
            arrival = self.market.instant_ms(instant) + delay_ms
            bar = self.market.bar_opening_at_or_after(arrival)
        return bar

    def latency_ms(self, order_index: int) -> int:
        """Return how long an order takes to the venue."""
        latency = self.profile.latency_ms
        if latency.is_fixed:
            return int(latency.low)
        return int(latency.draw(random_of(self.seed, order_index, "latency")))


def random_of(seed: int, order_index: int, purpose: str) -> Random:
    """Return the chance of one order: the same whatever other orders there are."""
    return Random(f"{seed}/{order_index}/{purpose}")
