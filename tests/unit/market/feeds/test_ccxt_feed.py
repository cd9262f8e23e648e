"""The feed of any exchange of ccxt, on a stand-in that answers as ccxt documents."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from autonome.domain.errors import FeedUnavailable, MarketDataError, SettingError
from autonome.domain.instrument import Instrument
from autonome.market.book import Level
from autonome.market.candles import MINUTE_MS
from autonome.market.feeds.ccxt_exchange import open_exchange
from autonome.market.feeds.ccxt_feed import CcxtFeed
from autonome.market.feeds.minute import Bar, Settlement
from autonome.testing.lighter.clock import ManualClock

pytestmark = pytest.mark.anyio

NOON_MS = 1_778_846_400_000


@pytest.fixture
def anyio_backend() -> str:
    """Return the event loop that the feeds are written for."""
    return "asyncio"


class BaseError(Exception):
    """Named like the root of ccxt's errors."""


class NetworkError(BaseError):
    """One of them."""


class StandIn:
    """An exchange with one contract of a tenth of a coin."""

    precisionMode = 4  # noqa: N815

    def __init__(self) -> None:
        self.has: dict[str, Any] = {"fetchFundingRateHistory": True}
        self.markets: dict[str, Any] = {
            "BTC/USDT:USDT": {
                "symbol": "BTC/USDT:USDT",
                "base": "BTC",
                "settle": "USDT",
                "swap": True,
                "linear": True,
                "active": True,
                "contractSize": Decimal("0.1"),
                "precision": {"price": Decimal("0.5"), "amount": Decimal("0.01")},
                "limits": {
                    "amount": {"min": Decimal("0.02")},
                    "cost": {"min": Decimal(5)},
                    "leverage": {"max": Decimal(100)},
                },
            },
            "BTC/USD:BTC": {"base": "BTC", "settle": "BTC", "swap": True, "linear": False},
        }
        self.book: dict[str, Any] = {
            # Not in the order of price: whoever keeps numbers as text sorts them so.
            "bids": [[Decimal("999.5"), Decimal(20)], [Decimal(1000), Decimal(30)]],
            "asks": [[Decimal("1000.5"), Decimal(10)], [Decimal(1001), Decimal(0)]],
            "timestamp": None,
        }
        self.rates: dict[str, Any] = {
            "markPrice": Decimal("1000.25"),
            "fundingRate": Decimal("0.0001"),
            "fundingTimestamp": NOON_MS + 10 * MINUTE_MS,
        }
        self.bars: list[list[Any]] = []
        self.settled: list[dict[str, Any]] = []
        self.failure: Exception | None = None
        self.is_closed = False

    async def load_markets(self) -> dict[str, Any]:
        return self.markets

    async def fetch_ohlcv(
        self, symbol: str, timeframe: str, since: int, limit: int
    ) -> Sequence[Sequence[Any]]:
        assert (symbol, timeframe) == ("BTC/USDT:USDT", "1m")
        if self.failure is not None:
            raise self.failure
        return [bar for bar in self.bars if bar[0] >= since][:limit]

    async def fetch_order_book(self, symbol: str, limit: int) -> dict[str, Any]:
        if self.failure is not None:
            raise self.failure
        return self.book

    async def fetch_funding_rate(self, symbol: str) -> dict[str, Any]:
        return self.rates

    async def fetch_funding_rate_history(
        self, symbol: str, since: int, limit: int
    ) -> Sequence[dict[str, Any]]:
        return [row for row in self.settled if row["timestamp"] >= since][:limit]

    async def close(self) -> None:
        self.is_closed = True

    def trade(self, minute: int, close: str) -> None:
        price = Decimal(close)
        self.bars.append(
            [NOON_MS + minute * MINUTE_MS, price, price + 1, price - 1, price, Decimal(70)]
        )


def _feed(exchange: StandIn, clock: ManualClock) -> CcxtFeed:
    return CcxtFeed(exchange, ["BTC"], name="stand-in", clock=clock)


async def test_the_contract_is_read_in_base_units() -> None:
    feed = _feed(StandIn(), ManualClock(NOON_MS))
    await feed.start()
    assert feed.instruments() == {
        "BTC": Instrument(
            symbol="BTC",
            tick=Decimal("0.5"),
            lot=Decimal("0.001"),
            min_quantity=Decimal("0.002"),
            min_notional=Decimal(5),
            max_leverage=Decimal(100),
            maintenance_rate=Decimal("0.005"),
            liquidation_fee_rate=Decimal("0.0125"),
        )
    }
    await feed.stop()


async def test_mark_and_book_are_those_of_the_last_poll_and_grow_old() -> None:
    exchange, clock = StandIn(), ManualClock(NOON_MS)
    feed = _feed(exchange, clock)
    await feed.start()
    assert feed.mark("BTC") == (Decimal("1000.25"), NOON_MS)
    book = feed.book("BTC")
    assert book is not None
    assert book.bids == (
        Level(Decimal(1000), Decimal("3.0")),
        Level(Decimal("999.5"), Decimal("2.0")),
    )
    assert book.asks == (Level(Decimal("1000.5"), Decimal("1.0")),)
    exchange.failure = NetworkError("no route")
    await clock.advance(30_000)
    assert feed.mark("BTC") is not None
    assert feed.trouble == "expected an answer of the exchange, found NetworkError: no route."
    await clock.advance(1)
    assert feed.mark("BTC") is None
    assert feed.book("BTC") is None
    assert feed.freshness("BTC").mark_ms == 30_001
    exchange.failure = None
    await clock.advance(5_000)
    assert feed.mark("BTC") is not None
    assert feed.trouble is None
    await feed.stop()


async def test_without_a_mark_the_middle_of_the_book_is_it() -> None:
    exchange = StandIn()
    del exchange.rates["markPrice"]
    feed = _feed(exchange, ManualClock(NOON_MS))
    await feed.start()
    assert feed.mark("BTC") == (Decimal("1000.25"), NOON_MS)
    await feed.stop()


async def test_history_and_minutes_follow_each_other_and_funding_is_looked_up() -> None:
    exchange, clock = StandIn(), ManualClock(NOON_MS + 5_000)
    for minute, close in ((-3, "990"), (-1, "992")):
        exchange.trade(minute, close)
    feed = _feed(exchange, clock)
    await feed.start()
    market = await feed.history(10)
    assert market.candles["BTC"].close.tolist() == [1980, 1980, 1984]
    assert market.candles["BTC"].volume.tolist() == [7.0, 0.0, 7.0]
    exchange.trade(9, "1000.5")
    at_ms = NOON_MS + 10 * MINUTE_MS
    exchange.settled.append({"timestamp": at_ms + 4, "fundingRate": Decimal("0.00012")})
    await clock.advance(10 * MINUTE_MS - 5_000)
    exchange.rates |= {"fundingTimestamp": at_ms + 480 * MINUTE_MS}
    await clock.advance(5_000)
    await clock.advance(5_000)
    minutes = [await feed.closed_minute() for _ in range(10)]
    assert minutes[0].bars["BTC"].filled
    assert minutes[9].bars["BTC"] == Bar(
        open_ms=NOON_MS + 9 * MINUTE_MS, open=2001, high=2003, low=1999, close=2001, volume=7.0
    )
    assert [minute.funding["BTC"] for minute in minutes if minute.funding["BTC"]] == [
        (Settlement(at_ms, Decimal("0.00012")),)
    ]
    assert minutes[9].close_ms == at_ms
    assert feed.funding("BTC").next_at_ms == at_ms + 480 * MINUTE_MS
    await feed.stop()
    assert exchange.is_closed


async def test_an_exchange_without_a_history_of_funding_is_charged_as_it_last_announced() -> None:
    exchange, clock = StandIn(), ManualClock(NOON_MS + 9 * MINUTE_MS)
    exchange.has = {}
    feed = _feed(exchange, clock)
    await feed.start()
    at_ms = NOON_MS + 10 * MINUTE_MS
    exchange.rates |= {"fundingTimestamp": at_ms + 480 * MINUTE_MS}
    await clock.advance(MINUTE_MS + 5_000)
    minute = await feed.closed_minute()
    assert minute.funding["BTC"] == (Settlement(at_ms, Decimal("0.0001")),)
    await feed.stop()


async def test_a_binary_number_is_refused() -> None:
    exchange = StandIn()
    exchange.book["bids"] = [[1000.0, 1.0]]
    with pytest.raises(MarketDataError, match="exact number"):
        await _feed(exchange, ManualClock(NOON_MS)).start()
    assert exchange.is_closed


async def test_an_exchange_that_does_not_answer_is_unavailable() -> None:
    exchange = StandIn()
    exchange.failure = TimeoutError("too slow")
    with pytest.raises(FeedUnavailable, match="TimeoutError: too slow"):
        await _feed(exchange, ManualClock(NOON_MS)).start()


async def test_a_mistake_of_ours_is_not_taken_for_one_of_the_exchange() -> None:
    exchange = StandIn()
    exchange.failure = KeyError("a mistake")
    with pytest.raises(KeyError):
        await _feed(exchange, ManualClock(NOON_MS)).start()


@pytest.mark.parametrize(
    "change",
    [{"base": "DOGE"}, {"linear": False}, {"active": False}, {"settle": "EUR"}, {"swap": False}],
)
async def test_a_symbol_without_a_linear_perpetual_is_refused(change: dict[str, Any]) -> None:
    exchange = StandIn()
    exchange.markets["BTC/USDT:USDT"] |= change
    with pytest.raises(SettingError, match="linear perpetual of 'BTC'"):
        await _feed(exchange, ManualClock(NOON_MS)).start()


async def test_precisions_may_be_told_as_decimals() -> None:
    exchange = StandIn()
    exchange.precisionMode = 2
    exchange.markets["BTC/USDT:USDT"]["precision"] = {"price": 1, "amount": 3}
    feed = _feed(exchange, ManualClock(NOON_MS))
    await feed.start()
    assert feed.instruments()["BTC"].tick == Decimal("0.1")
    assert feed.instruments()["BTC"].lot == Decimal("0.0001")
    await feed.stop()


def test_without_the_extra_the_setting_is_refused_with_what_to_install() -> None:
    if "ccxt" in sys.modules:
        pytest.skip("ccxt is installed")
    try:
        import ccxt  # noqa: F401
    except ImportError:
        with pytest.raises(SettingError) as refused:
            open_exchange("bybit")
        assert "autonome[ccxt]" in refused.value.remedy
    else:
        pytest.skip("ccxt is installed")


def test_the_stand_in_is_polled_no_faster_than_its_interval() -> None:
    async def polled() -> int:
        exchange, clock = StandIn(), ManualClock(NOON_MS)
        calls = 0
        plain = exchange.fetch_order_book

        async def counted(symbol: str, limit: int) -> dict[str, Any]:
            nonlocal calls
            calls += 1
            return await plain(symbol, limit)

        exchange.fetch_order_book = counted  # type: ignore[method-assign]
        feed = _feed(exchange, clock)
        await feed.start()
        await clock.advance(60_000)
        await feed.stop()
        return calls

    assert asyncio.run(polled()) == 1 + 12
