"""Fills on candles: when an order trades, how much worse, how much of it, and what it costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from autonome.domain.choices import Side
from autonome.domain.errors import SettingError
from autonome.market.candles import FundingRates
from autonome.market.market import align
from autonome.venue.overrides import with_overrides
from autonome.venue.profile import load_profile
from autonome.venue.simulated.candle_venue import CandleVenue, Listing
from unit.market.bars import candles

PRICES = (1_000_000, 1_000_003, 1_000_007)
"""Opens of three BTC bars, in ticks of 0.1."""
BUY, SELL = Side.BUY, Side.SELL


def venue(
    *overrides: str, volumes: Sequence[float] = (1, 1, 1), filled: str = "", seed: int = 0
) -> CandleVenue:
    bars = candles([(price, price + 50, price - 50, price) for price in PRICES], tick="0.1")
    bars = replace(
        bars,
        volume=np.array(volumes, dtype=np.float64),
        filled=np.array([each == "f" for each in filled]) if filled else None,
    )
    market = align(
        {"BTC": bars}, {"BTC": FundingRates(symbol="BTC", at_ms=(), rate=())}, origin="test"
    )
    profile = with_overrides(load_profile("binance-perp"), overrides)
    return CandleVenue(profile=profile, market=market, seed=seed)


def btc(*overrides: str, seed: int = 0) -> Listing:
    return venue(*overrides, seed=seed).listings["BTC"]


@pytest.mark.parametrize(
    ("side", "ticks", "price", "fee"),
    [
        # 2 bps of 100,000 are 20; fee 5 bps of 0.003 x 100,020 = 300.06.
        (BUY, 1_000_000, "100020.0", "0.15003"),
        (SELL, 1_000_000, "99980.0", "0.14997"),
        # 100,000.3 + 20.00006 = 100,020.30006: up to the tick; 79.99... and down to it.
        (BUY, 1_000_003, "100020.4", "0.1500306"),
        (SELL, 1_000_003, "99980.2", "0.1499703"),
        # A stop touched at 99,500.1: 99,480.19998, down to the tick.
        (SELL, 995_001, "99480.1", "0.14922015"),
        # Never to nothing: 0.1 less 2 bps is 0.09998.
        (SELL, 1, "0.1", "0.00000015"),
    ],
)
def test_a_market_order_trades_worse_than_the_quote_on_the_tick(
    side: Side, ticks: int, price: str, fee: str
) -> None:
    listing = btc()
    assert listing.price(side, ticks, 1) == Decimal(price)
    assert listing.worst_prices(ticks)[0 if side is BUY else 1] == Decimal(price)
    filled = listing.execution(side, Decimal("0.003"), Decimal(price))
    assert (filled.side, filled.quantity, filled.price) == (side, Decimal("0.003"), Decimal(price))
    assert filled.fee == Decimal(fee)


@pytest.mark.parametrize(
    ("bps", "fee"),
    [
        ("0.0000025", "0.00000002"),  # 100 x 2.5e-10 = 2.5e-8: a tie goes to the even digit.
        ("0.0000035", "0.00000004"),
        ("0.00000251", "0.00000003"),
    ],
)
def test_a_fee_is_rounded_half_even_to_eight_places(bps: str, fee: str) -> None:
    listing = btc(f"taker_fee_bps={bps}")
    assert listing.execution(BUY, Decimal("0.001"), Decimal(100_000)).fee == Decimal(fee)


@pytest.mark.parametrize(
    ("side", "price"), [(SELL, "45546.5"), (BUY, "45546.6")], ids=["of a long", "of a short"]
)
def test_a_liquidation_trades_on_the_tick_against_the_trader_without_a_fee(
    side: Side, price: str
) -> None:
    # Neither spread nor slippage: its price is its own, and its fee is a payment.
    taken = btc().taken_over(side, Decimal("0.2"), Decimal("45546.558704453441"))
    assert (taken.price, taken.fee) == (Decimal(price), Decimal(0))


@pytest.mark.parametrize(
    ("latency_ms", "instant", "bar"),
    [
        (0, 1, 1),
        (50, 1, 1),
        (1_000, 1, 1),  # At most one second counts as zero.
        (1_001, 1, 2),
        (60_000, 1, 2),
        (60_001, 1, 3),
        (60_000, 2, 3),
        (50, 2, 2),
        (1_001, 2, 3),
        (50, 3, 3),
    ],
)
def test_an_order_trades_in_the_first_bar_that_opens_at_or_after_its_arrival(
    latency_ms: int, instant: int, bar: int
) -> None:
    """Instant k is when bar k - 1 has closed."""
    assert venue(f"latency_ms={latency_ms}").arrival_bar(instant, 1) == bar


@pytest.mark.parametrize(
    ("volume", "share", "quantity"),
    [
        (1.0, "0.1", "0.1"),
        (0.5, "0.1", "0.05"),
        (0.019, "0.1", "0.001"),  # 0.0019 rounds down to the lot.
        (0.0099, "0.1", "0"),
        (0.0, "0.1", "0"),
        (12.0, "1", "12"),
        (1_234.567, "0.05", "61.728"),
    ],
)
def test_an_arm_takes_at_most_a_share_of_a_bars_volume_in_whole_lots(
    volume: float, share: str, quantity: str
) -> None:
    made = venue(f"volume_share={share}", volumes=(volume, 0, 0))
    assert made.listings["BTC"].capacity(0) == Decimal(quantity)


@pytest.mark.parametrize(
    ("filled", "bar", "minutes"), [("", 2, 0), ("---", 2, 0), ("-f-", 1, 1), ("-ff", 2, 2),
                                   ("-f-", 2, 0), ("fff", 1, 2)]
)  # fmt: skip
def test_the_close_of_a_filled_bar_is_as_old_as_the_bar_that_it_repeats(
    filled: str, bar: int, minutes: int
) -> None:
    assert venue(filled=filled).listings["BTC"].age_ms(bar) == minutes * 60_000


def test_drawn_slippage_stays_in_its_range_and_covers_it() -> None:
    listing = btc("half_spread_bps=1", "slippage_bps=0..4")
    prices = [listing.price(BUY, 1_000_000, index) for index in range(1, 400)]
    # 100,000 and 1 to 5 bps.
    assert min(prices) >= Decimal(100_010)
    assert max(prices) <= Decimal(100_050) == listing.worst_prices(1_000_000)[0]
    assert min(prices) < Decimal(100_012)
    assert max(prices) > Decimal(100_048)
    assert all(listing.price(SELL, 1_000_000, index) <= Decimal(99_990) for index in range(1, 400))


def test_drawn_latency_delays_some_orders_and_not_others() -> None:
    made = venue("latency_ms=500..1500")
    bars = [made.arrival_bar(1, index) for index in range(1, 400)]
    # Half of the range is at most a second.
    assert 150 < bars.count(1) < 250
    assert bars.count(1) + bars.count(2) == len(bars)


def test_what_is_drawn_depends_on_the_seed_and_the_order_alone() -> None:
    drawn = ("half_spread_bps=0", "slippage_bps=0..10", "latency_ms=0..60000")

    def draws(seed: int, indexes: Sequence[int]) -> list[object]:
        made = venue(*drawn, seed=seed)
        listing = made.listings["BTC"]
        return [
            (listing.price(BUY, 1_000_000, each), made.arrival_bar(1, each)) for each in indexes
        ]

    indexes = range(1, 50)
    assert draws(7, indexes) == draws(7, indexes)
    assert draws(7, indexes) == draws(7, indexes[::-1])[::-1]
    assert draws(7, indexes) != draws(8, indexes)


def test_a_symbol_that_the_venue_does_not_list_is_refused() -> None:
    with pytest.raises(SettingError, match="expected a symbol of binance-perp, found 'NOPE'"):
        venue().profile.instrument("NOPE")


def test_a_trigger_is_put_on_the_nearest_tick() -> None:
    listing = btc()
    assert listing.ticks_of(Decimal("99995.04")) == 999_950
    assert listing.ticks_of(Decimal("99995.06")) == 999_951
