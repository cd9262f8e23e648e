"""The minutes that a live market hands over: none missing, none twice, none before its close."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import numpy as np
import pytest

from autonome.domain.errors import MarketDataError
from autonome.domain.instrument import Instrument
from autonome.market.candles import MINUTE_MS
from autonome.market.feeds.lighter.feed import LighterFeed
from autonome.market.feeds.minute import Bar, Settlement, extended
from autonome.market.market import Market
from autonome.market.synthetic import SyntheticMarket, synthesize
from autonome.testing.lighter.clock import ManualClock
from autonome.testing.lighter.player import Player, fake_markets, load_past
from autonome.testing.lighter.rest import Fault
from autonome.testing.lighter.server import FakeLighter
from integration.feeds.live import NOON_MS, live, until

pytestmark = pytest.mark.anyio

HOUR_MS = 60 * MINUTE_MS
START_MS = NOON_MS - 24 * HOUR_MS


def _bar(open_ms: int, prices: str, volume: float, *, filled: bool = False) -> Bar:
    first, high, low, last = (int(price) for price in prices.split())
    return Bar(
        open_ms=open_ms, open=first, high=high, low=low, close=last, volume=volume, filled=filled
    )


async def test_a_minute_is_handed_over_when_a_later_bar_is_heard() -> None:
    async with live() as arena:
        for price, size in (("2000.00", "1"), ("2003.00", "0.5"), ("1998.00", "0.5")):
            await arena.exchange.trade("ETH", price, size)
        await arena.clock.reach(NOON_MS + MINUTE_MS + 100)
        waiting = asyncio.create_task(arena.feed.closed_minute())
        await arena.exchange.stream.ping()
        await arena.exchange.stream.until_heard(1, type="pong")
        assert not waiting.done()
        await arena.exchange.trade("ETH", "1999.00", "1")
        minute = await waiting
        assert minute.open_ms == NOON_MS
        assert minute.close_ms == NOON_MS + MINUTE_MS
        assert minute.bars == {"ETH": _bar(NOON_MS, "200000 200300 199800 199800", 2.0)}
        assert [name for name, _ in arena.exchange.rest.asked] == ["orderBookDetails"]
        assert arena.feed.freshness("ETH").minute_ms == 100


async def test_what_the_stream_does_not_tell_is_asked_for_after_a_grace() -> None:
    async with live() as arena:
        await arena.exchange.trade("ETH", "2000.00", "1")
        waiting = asyncio.create_task(arena.feed.closed_minute())
        await arena.clock.reach(NOON_MS + MINUTE_MS + 4_999)
        assert not waiting.done()
        await arena.clock.advance(1)
        assert (await waiting).bars["ETH"] == _bar(NOON_MS, "200000 200000 200000 200000", 1.0)


async def test_a_minute_without_a_trade_is_flat_and_marked() -> None:
    async with live() as arena:
        await arena.exchange.trade("ETH", "2000.00", "1")
        await arena.clock.reach(NOON_MS + 2 * MINUTE_MS + 5_000)
        await arena.feed.closed_minute()
        minute = await arena.feed.closed_minute()
        assert minute.bars["ETH"] == _bar(
            NOON_MS + MINUTE_MS, "200000 200000 200000 200000", 0.0, filled=True
        )


async def test_a_contract_that_never_traded_begins_at_its_mark() -> None:
    async with live() as arena:
        arena.eth.mark_price = Decimal("2000.004")  # Off the tick, as marks may be.
        await arena.exchange.quote("ETH", arena.eth.mark_price)
        await arena.clock.reach(NOON_MS + MINUTE_MS + 5_000)
        await arena.exchange.quote("ETH", arena.eth.mark_price)
        await until(lambda: arena.feed.freshness("ETH").mark_ms == 0)
        minute = await arena.feed.closed_minute()
        assert minute.bars["ETH"].close == 200_000
        assert minute.bars["ETH"].filled


async def test_minutes_of_an_outage_come_afterwards_in_order_with_what_was_traded() -> None:
    async with live() as arena:
        await arena.exchange.trade("ETH", "2000.00", "1")
        await until(lambda: arena.feed.trouble is None)
        arena.exchange.stream.is_closed = True
        arena.exchange.stream.drop()
        await arena.exchange.stream.until_disconnected()
        # Nobody hears the rest of this minute, nor the next two.
        await arena.exchange.trade("ETH", "2010.00", "1")
        await arena.clock.reach(NOON_MS + 2 * MINUTE_MS)
        await arena.exchange.trade("ETH", "1990.00", "1")
        await arena.clock.reach(NOON_MS + 3 * MINUTE_MS + 5_000)
        minutes = [await arena.feed.closed_minute() for _ in range(3)]
        assert [minute.bars["ETH"] for minute in minutes] == [
            _bar(NOON_MS, "200000 201000 200000 201000", 2.0),
            _bar(NOON_MS + MINUTE_MS, "201000 201000 201000 201000", 0.0, filled=True),
            _bar(NOON_MS + 2 * MINUTE_MS, "199000 199000 199000 199000", 1.0),
        ]


async def test_a_bar_whose_end_fell_into_an_outage_is_not_taken_as_it_was_last_heard() -> None:
    async with live() as arena:
        await arena.exchange.trade("ETH", "2000.00", "1")
        await until(lambda: arena.feed.trouble is None)
        arena.exchange.stream.drop()
        await arena.exchange.stream.until_disconnected()
        await arena.exchange.trade("ETH", "2010.00", "1")  # Nobody hears of it.
        await arena.clock.reach(NOON_MS + MINUTE_MS + 100)
        await arena.exchange.trade("ETH", "2020.00", "1")
        await arena.exchange.stream.until_connected(2)
        await until(lambda: arena.feed.trouble is None)
        await arena.clock.reach(NOON_MS + MINUTE_MS + 5_000)
        minute = await arena.feed.closed_minute()
        assert minute.bars["ETH"] == _bar(NOON_MS, "200000 201000 200000 201000", 2.0)


async def test_while_the_venue_is_away_nothing_is_handed_over_and_the_trouble_is_told() -> None:
    async with live(most_attempts=1) as arena:
        await until(lambda: arena.feed.trouble is None)
        await arena.exchange.trade("ETH", "2000.00", "1")
        arena.exchange.rest.faults += [Fault(status=503)] * 2
        waiting = asyncio.create_task(arena.feed.closed_minute())
        await arena.clock.reach(NOON_MS + MINUTE_MS + 5_000)
        await until(lambda: 1_000 in arena.clock.waits_ms())
        assert "HTTP 503" in str(arena.feed.trouble)
        await arena.clock.advance(1_000)
        await until(lambda: 2_000 in arena.clock.waits_ms())
        assert not waiting.done()
        await arena.clock.advance(2_000)
        assert (await waiting).open_ms == NOON_MS
        assert arena.feed.trouble is None


async def test_a_caller_that_gives_up_waiting_loses_no_minute() -> None:
    async with live() as arena:
        await arena.exchange.trade("ETH", "2000.00", "1")
        for _ in range(3):
            waiting = asyncio.create_task(arena.feed.closed_minute())
            await asyncio.sleep(0)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
        await arena.clock.reach(NOON_MS + MINUTE_MS + 5_000)
        assert (await arena.feed.closed_minute()).open_ms == NOON_MS


async def test_funding_comes_with_the_minute_that_closes_at_its_settlement() -> None:
    async with live(now_ms=NOON_MS + 59 * MINUTE_MS) as arena:
        assert arena.feed.funding("ETH").settled == Settlement(NOON_MS, Decimal(0))
        assert arena.feed.funding("ETH").next_at_ms == NOON_MS + HOUR_MS
        arena.eth.expected_rate = "-0.0028"
        await arena.exchange.trade("ETH", "2000.00", "1")
        await arena.clock.reach(NOON_MS + HOUR_MS + 200)
        await arena.exchange.settle("ETH", "-0.0025", at_ms=NOON_MS + HOUR_MS)
        settled = Settlement(NOON_MS + HOUR_MS, Decimal("-0.000025"))
        await until(lambda: arena.feed.funding("ETH").settled == settled)
        assert arena.feed.funding("ETH").expected_rate == Decimal("-0.000028")
        await arena.exchange.trade("ETH", "2000.00", "1")
        minute = await arena.feed.closed_minute()
        assert minute.close_ms == NOON_MS + HOUR_MS
        assert minute.funding == {"ETH": (settled,)}
        assert arena.feed.freshness("ETH").funding_ms == 200


async def test_a_settlement_heard_late_comes_with_the_next_minute() -> None:
    async with live(now_ms=NOON_MS + 59 * MINUTE_MS) as arena:
        await arena.exchange.trade("ETH", "2000.00", "1")
        await arena.clock.reach(NOON_MS + HOUR_MS + 5_000)
        assert (await arena.feed.closed_minute()).funding == {"ETH": ()}
        await arena.exchange.settle("ETH", "0.0004", at_ms=NOON_MS + HOUR_MS)
        await until(lambda: arena.feed.freshness("ETH").funding_ms == 5_000)
        await arena.clock.reach(NOON_MS + HOUR_MS + MINUTE_MS + 5_000)
        settled = Settlement(NOON_MS + HOUR_MS, Decimal("0.000004"))
        assert (await arena.feed.closed_minute()).funding == {"ETH": (settled,)}


async def test_settlements_that_were_missed_are_looked_up() -> None:
    async with live() as arena:
        await arena.exchange.trade("ETH", "2000.00", "1")
        await arena.clock.reach(NOON_MS + MINUTE_MS + 5_000)
        await arena.feed.closed_minute()
        for hour, percent in ((1, "0.0001"), (2, "0.0002"), (3, "-0.0003")):
            at_ms = NOON_MS + hour * HOUR_MS
            arena.eth.settle(Decimal(percent), at_ms=at_ms, now_ms=at_ms)
        await arena.clock.reach(NOON_MS + 3 * HOUR_MS + 5_000)
        await arena.exchange.quote("ETH", arena.eth.mark_price)
        await until(lambda: arena.feed.funding("ETH").next_at_ms == NOON_MS + 4 * HOUR_MS)
        minutes = [await arena.feed.closed_minute() for _ in range(179)]
        asked = [name for name, _ in arena.exchange.rest.asked]
        assert asked.count("fundings") == 2  # The last one was heard.
        settled = [each for minute in minutes for each in minute.funding["ETH"]]
        assert settled == [
            Settlement(NOON_MS + HOUR_MS, Decimal("0.000001")),
            Settlement(NOON_MS + 2 * HOUR_MS, Decimal("0.000002")),
            Settlement(NOON_MS + 3 * HOUR_MS, Decimal("-0.000003")),
        ]
        assert minutes[-1].close_ms == NOON_MS + 3 * HOUR_MS


async def test_history_ends_at_the_last_minute_that_surely_closed() -> None:
    async with live(now_ms=NOON_MS + 4_999) as arena:
        for minute in (-4, -3, -1):
            arena.eth.trade(Decimal(2000), Decimal(1), now_ms=NOON_MS + minute * MINUTE_MS)
        market = await arena.feed.history(10)
        # The grace of the last minute has not passed; the third before noon had no trade.
        assert market.open_ms.tolist() == [NOON_MS + minute * MINUTE_MS for minute in (-4, -3, -2)]
        filled = market.candles["ETH"].filled
        assert filled is not None
        assert filled.tolist() == [False, False, True]
        await arena.clock.advance(1)
        assert (await arena.feed.closed_minute()).open_ms == NOON_MS - MINUTE_MS


async def test_a_history_says_how_far_it_is() -> None:
    async with live(symbols=("ETH", "BTC")) as arena:
        for symbol in ("ETH", "BTC"):
            market = arena.exchange.markets[symbol]
            market.trade(Decimal(2000), Decimal(1), now_ms=NOON_MS - MINUTE_MS)
        shares: list[float] = []
        await arena.feed.history(4_000, read=shares.append)
        # Of each symbol 1500, 1500 and 1000 minutes.
        assert [round(6 * share) for share in shares] == [1, 2, 3, 4, 5, 6]
        assert shares[-1] == 1


async def test_a_new_feed_goes_on_after_what_an_earlier_one_has_read() -> None:
    async with live() as arena:
        arena.eth.settle(Decimal("0.0007"), at_ms=NOON_MS, now_ms=NOON_MS)
        arena.eth.trade(Decimal(2000), Decimal(1), now_ms=NOON_MS - MINUTE_MS)
        known = await arena.feed.history(600)
        assert known.funding["ETH"].at_ms == (NOON_MS,)
        await arena.feed.stop()
        for minute, price in ((0, 2001), (2, 2003)):
            at_ms = NOON_MS + minute * MINUTE_MS
            arena.eth.trade(Decimal(price), Decimal(1), now_ms=at_ms)
        await arena.clock.reach(NOON_MS + 3 * MINUTE_MS + 10_000)
        del arena.exchange.rest.asked[:]
        feed = LighterFeed(("ETH",), clock=arena.clock, settings=arena.exchange.settings())
        try:
            await feed.start()
            feed.go_on_after(known)
            minutes = [await feed.closed_minute() for _ in range(3)]
        finally:
            await feed.stop()
        assert [each.open_ms for each in minutes] == [
            NOON_MS + minute * MINUTE_MS for minute in range(3)
        ]
        assert [each.bars["ETH"].close for each in minutes] == [200_100, 200_100, 200_300]
        assert [each.funding["ETH"] for each in minutes] == [(), (), ()]
        asked = [name for name, _ in arena.exchange.rest.asked]
        assert asked == ["orderBookDetails", "candles"]


async def test_history_begins_after_a_pause_of_more_than_a_day() -> None:
    async with live() as arena:
        for minutes in (3_000, 2_999, 1_500, 100):
            at_ms = NOON_MS - minutes * MINUTE_MS
            arena.eth.trade(Decimal(2000), Decimal(1), now_ms=at_ms)
        market = await arena.feed.history(4_000)
        assert int(market.open_ms[0]) == NOON_MS - 1_500 * MINUTE_MS
        assert int(market.close_ms[-1]) == NOON_MS


async def test_a_history_without_a_trade_in_the_last_day_is_refused() -> None:
    async with live() as arena:
        arena.eth.trade(Decimal(2000), Decimal(1), now_ms=NOON_MS - 1_441 * MINUTE_MS)
        with pytest.raises(MarketDataError, match="candles of ETH in the last day"):
            await arena.feed.history(4_000)


def _synthetic() -> Market:
    def listed(symbol: str, tick: str) -> Instrument:
        return Instrument(
            symbol=symbol,
            tick=Decimal(tick),
            lot=Decimal("0.0001"),
            min_quantity=Decimal("0.005"),
            min_notional=Decimal(10),
            max_leverage=Decimal(50),
            maintenance_rate=Decimal("0.012"),
            liquidation_fee_rate=Decimal("0.01"),
        )

    return synthesize(
        SyntheticMarket(start_ms=START_MS, days=1, seed=3),
        [listed("BTC", "0.1"), listed("ETH", "0.01")],
        funding_interval_hours=1,
    )


async def test_a_market_that_is_played_live_is_heard_to_the_last_digit() -> None:
    market = _synthetic()
    past, played = 100, 30
    clock = ManualClock(market.close_ms_of(past - 1) + 5_000)
    async with asyncio.timeout(60):
        async with FakeLighter(fake_markets(market), clock=clock) as exchange:
            load_past(exchange, market, bars=past)
            feed = LighterFeed(market.symbols, clock=clock, settings=exchange.settings())
            await feed.start()
            heard = await feed.history(past)
            player = Player(exchange, market, clock=clock, first_bar=past)
            await player.play(1)
            for _ in range(played):
                await player.play(1)
                heard = extended(heard, [await feed.closed_minute()])
            assert feed.trouble is None
            await feed.stop()
    expected = market.until(market.close_ms_of(past + played - 1))
    for symbol in market.symbols:
        ours, theirs = heard.candles[symbol], expected.candles[symbol]
        for column in ("open_ms", "open", "high", "low", "close", "volume"):
            assert np.array_equal(getattr(ours, column), getattr(theirs, column))
        assert heard.funding[symbol] == expected.funding[symbol]
    # The past was asked for once; everything else was heard.
    asked = [name for name, _ in exchange.rest.asked if name != "orderBookDetails"]
    assert sorted(asked) == ["candles", "candles", "fundings", "fundings"]
