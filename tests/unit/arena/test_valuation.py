"""NAV and marks minute by minute, in whole units of 1e-8."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from autonome.arena.settle import settle_fill
from autonome.arena.valuation import mark_points, nav_points
from autonome.domain.choices import Side
from autonome.domain.errors import InvariantBroken
from autonome.market.candles import FundingRates
from autonome.market.market import Market, align
from simulation.bookings import account, filled, ordinals
from unit.market.bars import START_MS, candles


def market(closes: list[int]) -> Market:
    bars = candles([(close, close, close, close) for close in closes], tick="0.1")
    return align(
        {"BTC": bars}, {"BTC": FundingRates(symbol="BTC", at_ms=(), rate=())}, origin="test"
    )


def test_nav_is_capital_and_gain_at_each_close() -> None:
    held = settle_fill(
        account(), filled(Side.SELL, "0.3", "100.0", "0.00000003"), ordinals()
    ).account
    points = nav_points(held, market([990, 1_000, 1_013]), first_bar=1, end_bar=3)
    assert points.at_ms.tolist() == [START_MS + 120_000, START_MS + 180_000]
    # 10,000 - 3e-8, and 0.3 x 1.3 = 0.39 lost at 101.3.
    assert points.nav.tolist() == [999_999_999_997, 999_960_999_997]


def test_marks_are_the_closes() -> None:
    points = mark_points(market([990, 1_013]).candles["BTC"])
    assert points.at_ms.tolist() == [START_MS + 60_000, START_MS + 120_000]
    assert points.price.tolist() == [9_900_000_000, 10_130_000_000]


def test_a_market_of_one_bar_has_one_point() -> None:
    points = nav_points(account(), market([1_000]), first_bar=0, end_bar=1)
    assert points.at_ms.tolist() == [START_MS + 60_000]
    assert points.nav.tolist() == [1_000_000_000_000]


def test_a_nav_that_does_not_fit_stops_the_arm() -> None:
    rich = replace(account(), starting_capital=Decimal(50_000_000_000))
    with pytest.raises(InvariantBroken, match="does not fit 64 bits"):
        nav_points(rich, market([1_000, 1_000]), first_bar=0, end_bar=2)


def test_a_position_that_does_not_fit_stops_the_arm() -> None:
    held = settle_fill(account(), filled(Side.BUY, "1000000000", "100.0"), ordinals()).account
    with pytest.raises(InvariantBroken, match="does not fit 64 bits"):
        nav_points(held, market([1_000, 1_000]), first_bar=0, end_bar=2)
