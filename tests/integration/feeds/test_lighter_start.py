"""How a feed of Lighter begins: what is listed, what is refused, when it is ready."""

from __future__ import annotations

from decimal import Decimal

import pytest

from autonome.domain.errors import FeedUnavailable, SettingError
from autonome.domain.instrument import Instrument
from autonome.market.feeds.port import Trading
from autonome.testing.lighter.server import FakeLighter
from integration.feeds.live import NOON_MS, live, until

pytestmark = pytest.mark.anyio


async def test_the_contracts_are_those_that_the_venue_lists() -> None:
    async with live(symbols=("ETH", "BTC")) as arena:
        assert arena.feed.symbols == ("BTC", "ETH")
        # By hand from the listing: 10^-2, 10^-4, 10000/200, 120/10000, 1 %.
        assert arena.feed.instruments()["ETH"] == Instrument(
            symbol="ETH",
            tick=Decimal("0.01"),
            lot=Decimal("0.0001"),
            min_quantity=Decimal("0.005"),
            min_notional=Decimal(10),
            max_leverage=Decimal(50),
            maintenance_rate=Decimal("0.012"),
            liquidation_fee_rate=Decimal("0.01"),
        )
        assert arena.feed.instruments()["BTC"].tick == Decimal("0.1")


async def test_a_started_feed_has_a_mark_of_every_symbol() -> None:
    async with live(symbols=("ETH", "BTC")) as arena:
        marks = {symbol: arena.feed.mark(symbol) for symbol in arena.feed.symbols}
        assert marks == {
            "BTC": (Decimal("64356.3"), NOON_MS + 10_000),
            "ETH": (Decimal("2000.00"), NOON_MS + 10_000),
        }
        await until(lambda: arena.feed.trouble is None)


async def test_a_symbol_that_is_not_listed_is_refused_with_those_that_are() -> None:
    with pytest.raises(SettingError) as refused:
        async with live(symbols=("DOGE",)):
            pass
    assert "'DOGE'" in refused.value.problem
    assert "BTC, ETH" in refused.value.remedy


async def test_more_symbols_than_one_connection_carries_are_refused() -> None:
    with pytest.raises(SettingError, match="1 to 16 symbols"):
        async with live(symbols=[f"S{number}" for number in range(17)]):
            pass


async def test_a_venue_that_sends_no_mark_is_reported_and_left() -> None:
    def mute(exchange: FakeLighter) -> None:
        exchange.stream.silent_channels.add("market_stats/0")

    async with live(prepare=mute, is_started=False, start_timeout_ms=200) as arena:
        with pytest.raises(FeedUnavailable, match=r"marks of ETH.*market_stats/0"):
            await arena.feed.start()
        await arena.exchange.stream.until_disconnected()


async def test_a_venue_that_is_not_there_is_unavailable() -> None:
    settings = {"rest_url": "http://127.0.0.1:9", "most_attempts": 1}
    with pytest.raises(FeedUnavailable, match="ConnectError"):
        async with live(**settings):
            pass


@pytest.mark.parametrize(
    ("status", "force_reduce_only", "expected"),
    [
        ("active", False, Trading.OPEN),
        ("active", True, Trading.REDUCE_ONLY),
        ("inactive", False, Trading.CLOSED),
        ("a word of next year", False, Trading.CLOSED),
    ],
)
async def test_what_may_be_traded_is_told_and_kept_up_to_date(
    status: str, force_reduce_only: bool, expected: Trading
) -> None:
    async with live() as arena:
        assert arena.feed.trading("ETH") is Trading.OPEN
        arena.eth.status, arena.eth.force_reduce_only = status, force_reduce_only
        asked = len(arena.exchange.rest.asked)
        await arena.clock.advance(300_000)
        await until(lambda: len(arena.exchange.rest.asked) > asked)
        await until(lambda: arena.feed.trading("ETH") is expected)


async def test_new_terms_of_a_contract_are_trouble() -> None:
    async with live() as arena:
        arena.eth.price_decimals = 1
        await until(lambda: arena.feed.trouble is None)
        await arena.clock.advance(300_000)
        await until(lambda: "new terms of ETH" in (arena.feed.trouble or ""))


async def test_a_feed_may_be_stopped_twice() -> None:
    async with live() as arena:
        await arena.feed.stop()
        await arena.feed.stop()
        await arena.exchange.stream.until_disconnected()
