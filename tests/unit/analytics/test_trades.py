"""Measures of trades equal published figures and what a hand can compute."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from autonome.analytics.comparison import TooLittle
from autonome.analytics.trades import Exposure, WinRate, exposure, trade_measures, win_rate
from autonome.domain.choices import OrderSide
from autonome.ledger.queries.trading import Trip

START = datetime(2025, 5, 5, tzinfo=UTC)


def trip(begin: int, end: int | None, *, pnl: str | None = None, notional: int = 100) -> Trip:
    return Trip(
        side=OrderSide.SHORT if begin % 2 else OrderSide.LONG,
        entry_notional=Decimal(notional),
        realized_pnl=None if pnl is None else Decimal(pnl),
        opened_at=START + timedelta(minutes=begin),
        closed_at=None if end is None else START + timedelta(minutes=end),
    )


@pytest.mark.parametrize(
    ("wins", "trades", "low", "high"),
    # Newcombe (1998), "Two-sided confidence intervals for the single proportion", table I.
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_interval_is_the_published_one(wins: int, trades: int, low: float, high: float) -> None:
    found = win_rate(wins=wins, trades=trades)
    assert isinstance(found, WinRate)
    assert found.value == wins / trades
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_trades_by_hand() -> None:
    found = trade_measures(
        [
            trip(0, 10, pnl="30.01"),
            trip(1, 4, pnl="-10"),
            trip(2, 90, pnl="0"),
            trip(4, 8, pnl="-5"),
            trip(6, None),
        ]
    )
    assert (found.trades, found.longs, found.shorts) == (4, 3, 1)
    assert isinstance(found.win_rate, WinRate)
    assert found.win_rate.value == 0.25
    assert found.profit_factor == pytest.approx(30.01 / 15)
    assert found.expectancy == Decimal("3.7525")
    assert (found.best, found.worst) == (Decimal("30.01"), Decimal(-10))
    assert found.median_holding_minutes == 7


def test_without_trades_every_measure_says_so() -> None:
    found = trade_measures([trip(0, None)])
    assert (found.trades, found.best, found.worst) == (0, None, None)
    assert found.win_rate == found.expectancy == TooLittle(words="needs a trade")
    assert found.profit_factor == TooLittle(words="needs a losing trade")


def test_exposure_by_hand() -> None:
    trips = [
        trip(-50, 10, notional=200),
        trip(5, 20, notional=100),
        trip(15, 18, notional=100),
        trip(80, None, notional=400),
    ]
    found = exposure(trips, start=START, end=START + timedelta(minutes=100), capital=Decimal(100))
    # In the market from 0 to 20 and from 80 to 100; 200 x 10 + 100 x 15 + 100 x 3 + 400 x 20.
    assert isinstance(found, Exposure)
    assert found.time_in_market == pytest.approx(0.4)
    assert found.mean_leverage == pytest.approx((2000 + 1500 + 300 + 8000) / 100 / 100)


def test_no_time_has_no_exposure() -> None:
    found = exposure([], start=START, end=START, capital=Decimal(100))
    assert found == TooLittle(words="needs a minute, has 0")
