"""Fills on candles: when an order trades, how much worse, and what it costs."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from autonome.domain.choices import CloseTrigger, OrderSide, Side
from autonome.domain.errors import SettingError
from autonome.domain.exit_plan import ExitPlan
from autonome.market.candles import FundingRates
from autonome.market.market import align
from autonome.venue.profile import load_profile
from autonome.venue.simulated.candle_venue import CandleVenue
from autonome.venue.simulated.exits import Touch
from unit.market.bars import START_MS, candles

MINUTE = 60_000
PRICES = (1_000_000, 1_000_003, 1_000_007)
"""Opens of three BTC bars, in ticks of 0.1."""


def venue(*, latency_ms: int = 50) -> CandleVenue:
    bars = candles([(price, price + 50, price - 50, price) for price in PRICES], tick="0.1")
    market = align(
        {"BTC": bars}, {"BTC": FundingRates(symbol="BTC", at_ms=(), rate=())}, origin="test"
    )
    profile = replace(load_profile("binance-perp"), latency_ms=latency_ms)
    return CandleVenue(profile=profile, market=market)


@pytest.mark.parametrize(
    ("side", "bar", "price", "fee"),
    [
        # 2 bps of 100,000 are 20; fee 5 bps of 0.003 x 100,020 = 300.06.
        (Side.BUY, 0, "100020.0", "0.15003"),
        (Side.SELL, 0, "99980.0", "0.14997"),
        # 100,000.3 + 20.00006 = 100,020.30006: up to the tick; 79.99... and down to it.
        (Side.BUY, 1, "100020.4", "0.1500306"),
        (Side.SELL, 1, "99980.2", "0.1499703"),
    ],
)
def test_a_market_order_trades_worse_than_the_open_on_the_tick(
    side: Side, bar: int, price: str, fee: str
) -> None:
    filled = venue().execute_at_open("BTC", side, Decimal("0.003"), bar=bar)
    assert filled.side is side
    assert filled.quantity == Decimal("0.003")
    assert filled.price == Decimal(price)
    assert filled.fee == Decimal(fee)


def test_a_trigger_trades_worse_than_its_price() -> None:
    touch = Touch(bar=0, trigger=CloseTrigger.STOP, price=995_001, at_open=False)
    filled = venue().execute_touch("BTC", Side.SELL, Decimal(1), touch)
    # 99,500.1 - 19.90002 = 99,480.19998, down to the tick; 5 bps of it.
    assert filled.price == Decimal("99480.1")
    assert filled.fee == Decimal("49.74005")


@pytest.mark.parametrize(
    ("bps", "fee"),
    [
        ("0.0000025", "0.00000002"),  # 100 x 2.5e-10 = 2.5e-8: a tie goes to the even digit.
        ("0.0000035", "0.00000004"),
        ("0.00000251", "0.00000003"),
    ],
)
def test_a_fee_is_rounded_half_even_to_eight_places(bps: str, fee: str) -> None:
    profile = venue().profile
    free = replace(profile.costs["BTC"], half_spread_bps=Decimal(0), slippage_bps=Decimal(0))
    cheap = replace(profile, costs={**profile.costs, "BTC": free}, taker_fee_bps=Decimal(bps))
    filled = replace(venue(), profile=cheap).execute_at_open(
        "BTC", Side.BUY, Decimal("0.001"), bar=0
    )
    assert filled.price == Decimal(100_000)
    assert filled.fee == Decimal(fee)


@pytest.mark.parametrize(
    ("latency_ms", "decided_after_ms", "bar"),
    [
        (0, 0, 0),
        (50, 0, 0),
        (1_000, 0, 0),  # At most one second counts as zero.
        (1_001, 0, 1),
        (1_001, MINUTE, 2),
        (60_000, 0, 1),
        (60_001, 0, 2),
        (50, 1, 1),  # Decided within a bar: the next one.
        (50, 2 * MINUTE, 2),
        (1_001, 2 * MINUTE, None),
        (50, 2 * MINUTE + 1, None),
    ],
)
def test_an_order_trades_in_the_first_bar_that_opens_at_or_after_its_arrival(
    latency_ms: int, decided_after_ms: int, bar: int | None
) -> None:
    assert venue(latency_ms=latency_ms).fill_bar(START_MS + decided_after_ms) == bar


def test_a_plan_is_watched_on_the_nearest_ticks() -> None:
    plan = ExitPlan(stop=Decimal("99995.04"), target=None)
    touch = venue().next_exit("BTC", OrderSide.LONG, plan, first_bar=0)
    # The first bar falls to 99,995.0, which is the tick nearest to 99,995.04.
    assert touch == Touch(bar=0, trigger=CloseTrigger.STOP, price=999_950, at_open=False)


def test_a_position_without_a_plan_has_no_exit() -> None:
    assert venue().next_exit("BTC", OrderSide.LONG, None, first_bar=0) is None


def test_a_symbol_that_the_venue_does_not_list_is_refused() -> None:
    with pytest.raises(SettingError, match="expected a symbol of binance-perp, found 'DOGE'"):
        venue().profile.instrument("DOGE")
