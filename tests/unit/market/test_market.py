"""One clock for several symbols, and observations that end where the present does."""

from __future__ import annotations

from decimal import Decimal

import pytest

from autonome.domain.errors import MarketDataError
from autonome.market.candles import FundingRates
from autonome.market.market import Market, align
from autonome.market.observation import observe
from unit.market.bars import START, START_MS, Bar, candles

MINUTE = 60_000


def flat(first: int, count: int) -> list[Bar]:
    return [(price, price, price, price) for price in range(first, first + count)]


def market() -> Market:
    btc = candles(flat(100, 6), symbol="BTC")
    eth = candles(flat(500, 6), symbol="ETH", tick="0.5", start_ms=START_MS + 2 * MINUTE)
    no_funding = {each: FundingRates(symbol=each, at_ms=(), rate=()) for each in ("BTC", "ETH")}
    return align({"ETH": eth, "BTC": btc}, no_funding, origin="test")


def test_symbols_are_cut_to_the_minutes_that_all_have() -> None:
    both = market()
    assert both.symbols == ("BTC", "ETH")
    for symbol in both.symbols:
        assert both.candles[symbol].open_ms.tolist() == [
            START_MS + minute * MINUTE for minute in (2, 3, 4, 5)
        ]
    assert both.candles["BTC"].close.tolist() == [102, 103, 104, 105]
    assert both.candles["ETH"].close.tolist() == [500, 501, 502, 503]
    assert (both.start - START).total_seconds() == 120
    assert (both.end - START).total_seconds() == 360


def test_symbols_without_a_common_minute_are_refused() -> None:
    btc = candles(flat(100, 3), symbol="BTC")
    eth = candles(flat(100, 3), symbol="ETH", start_ms=START_MS + 3 * MINUTE)
    with pytest.raises(MarketDataError, match="minutes that BTC, ETH share, found none"):
        align({"BTC": btc, "ETH": eth}, {}, origin="test")


def test_a_market_without_symbols_is_refused() -> None:
    with pytest.raises(MarketDataError, match="at least one symbol"):
        align({}, {}, origin="test")


@pytest.mark.parametrize(
    ("after_first_ms", "bar"), [(-1, 0), (0, 0), (1, 1), (MINUTE, 1), (3 * MINUTE + 1, 4)]
)
def test_the_first_bar_that_opens_at_or_after_an_instant(after_first_ms: int, bar: int) -> None:
    assert market().bar_opening_at_or_after(START_MS + 2 * MINUTE + after_first_ms) == bar


@pytest.mark.parametrize(("after_end_ms", "bar"), [(0, 4), (1, 5), (MINUTE, 5), (MINUTE + 1, 6)])
def test_past_the_end_bars_are_counted_as_if_they_came_minute_by_minute(
    after_end_ms: int, bar: int
) -> None:
    assert market().bar_opening_at_or_after(START_MS + 6 * MINUTE + after_end_ms) == bar


def test_the_part_since_an_instant_has_its_bars_and_settlements() -> None:
    whole = market()
    rates = FundingRates(
        symbol="BTC",
        at_ms=tuple(START_MS + minute * MINUTE for minute in (3, 4, 6)),
        rate=(Decimal("0.1"), Decimal("0.2"), Decimal("0.3")),
    )
    funded = Market(origin="test", candles=whole.candles, funding={**whole.funding, "BTC": rates})
    part = funded.since(START_MS + 4 * MINUTE)
    assert part.candles["BTC"].close.tolist() == [104, 105]
    assert part.candles["ETH"].close.tolist() == [502, 503]
    assert part.funding["BTC"].rate == (Decimal("0.2"), Decimal("0.3"))
    assert len(funded.since(START_MS + 60 * MINUTE).open_ms) == 0


@pytest.mark.parametrize("closed_bars", [1, 2, 3, 4])
def test_an_observation_ends_with_the_last_bar_that_has_closed(closed_bars: int) -> None:
    seen = observe(market(), closed_bars=closed_bars)
    for bars in map(seen.bars, seen.symbols):
        assert len(bars) == closed_bars
        assert int(bars.close_ms[-1]) == seen.at_ms
        for column in (bars.open, bars.high, bars.low, bars.close, bars.volume):
            assert len(column) == closed_bars
    assert seen.at_ms == START_MS + (2 + closed_bars) * MINUTE
    assert seen.last_close("ETH") == Decimal("0.5") * (499 + closed_bars)


def test_an_agent_cannot_change_the_market_that_it_sees() -> None:
    bars = observe(market(), closed_bars=2).bars("BTC")
    for column in (bars.open_ms, bars.open, bars.high, bars.low, bars.close, bars.volume):
        assert not column.flags.writeable


def test_a_close_before_the_first_bar_is_absent() -> None:
    seen = observe(market(), closed_bars=2)
    assert seen.close("BTC") == Decimal(103)
    assert seen.close("BTC", bars_ago=1) == Decimal(102)
    assert seen.close("BTC", bars_ago=2) is None
