"""The stream's connection: kept alive, found dead, made again; nothing old passes for fresh."""

from __future__ import annotations

from decimal import Decimal

import pytest

from autonome.testing.lighter.server import FakeLighter
from integration.feeds.live import Live, live, until

pytestmark = pytest.mark.anyio

RECONNECT_MS = 1_000


async def _reconnected(arena: Live, connections: int) -> None:
    """Let the back-off pass, and wait for a connection that tells everything again."""
    await until(lambda: arena.feed.trouble is not None)
    await arena.clock.advance(RECONNECT_MS)
    await arena.exchange.stream.until_connected(connections)
    await until(lambda: arena.feed.trouble is None)


async def test_the_venues_pings_are_answered() -> None:
    async with live() as arena:
        stream = arena.exchange.stream
        for count in range(1, 4):
            await stream.ping()
            await stream.until_heard(count, type="pong")
        assert stream.connections == 1


async def test_we_say_something_often_enough_not_to_be_closed_as_idle() -> None:
    async with live() as arena:
        stream = arena.exchange.stream
        stream.ping_ms = 10**9
        for count in range(1, 6):
            await arena.clock.advance(30_000)
            await stream.until_heard(count, type="ping")
        assert stream.connections == 1


async def test_a_connection_that_is_cut_is_made_again_and_everything_subscribed_anew() -> None:
    async with live(symbols=("ETH", "BTC")) as arena:
        await arena.quote_book()
        await until(lambda: arena.feed.book("ETH"))
        arena.exchange.stream.drop()
        await until(lambda: arena.feed.book("ETH") is None)
        assert "the stream is down" in str(arena.feed.trouble)
        await _reconnected(arena, 2)
        assert arena.feed.book("ETH") is not None
        said = [m["channel"] for m in arena.exchange.stream.heard if m["type"] == "subscribe"]
        assert (
            sorted(said[6:])
            == sorted(said[:6])
            == [
                f"{channel}/{market}{tail}"
                for channel, tail in (("candle", "/1m"), ("market_stats", ""), ("order_book", ""))
                for market in (0, 1)
            ]
        )


@pytest.mark.parametrize(
    "ending",
    [
        '{"type":"shutdown","close_in_ms":5000}',
        "<html>Bad gateway</html>",
        '{"type":5}',
    ],
    ids=["shutdown", "no JSON", "no frame"],
)
async def test_what_ends_a_connection_leads_to_another(ending: str) -> None:
    async with live() as arena:
        await until(lambda: arena.feed.trouble is None)
        await arena.exchange.stream.send_raw(ending)
        await _reconnected(arena, 2)


@pytest.mark.parametrize(("code", "reason"), [(1000, ""), (1008, "no pong"), (1012, "restart")])
async def test_a_connection_that_the_venue_closes_is_made_again(code: int, reason: str) -> None:
    async with live() as arena:
        await until(lambda: arena.feed.trouble is None)
        await arena.exchange.stream.close(code, reason)
        await _reconnected(arena, 2)


async def test_a_stream_that_falls_silent_is_found_dead_and_never_served_as_fresh() -> None:
    async with live() as arena:
        await arena.quote_book()
        await until(lambda: arena.feed.book("ETH"))
        arena.exchange.stream.is_mute = True
        arena.eth.mark_price = Decimal(1)  # Nobody hears of it.
        await arena.clock.advance(30_000)
        assert arena.feed.mark("ETH") == (Decimal("2000.00"), arena.clock.now_ms() - 30_000)
        await arena.clock.advance(1)
        assert arena.feed.mark("ETH") is None
        assert arena.feed.freshness("ETH").mark_ms == 30_001
        await arena.clock.advance(50_000)
        await arena.exchange.stream.until_disconnected()
        assert arena.feed.book("ETH") is None
        arena.exchange.stream.is_mute = False
        await _reconnected(arena, 2)
        await until(lambda: (m := arena.feed.mark("ETH")) and m.price == 1)


async def test_the_back_off_grows_while_the_venue_is_away() -> None:
    async with live() as arena:
        stream = arena.exchange.stream
        await until(lambda: arena.feed.trouble is None)
        stream.is_closed = True
        stream.drop()
        for refused, delay_ms in enumerate((1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000)):
            await until(lambda delay_ms=delay_ms: delay_ms in arena.clock.waits_ms())
            await arena.clock.advance(delay_ms - 1)
            assert stream.refused == refused
            await arena.clock.advance(1)
            await until(lambda refused=refused: stream.refused == refused + 1)
        stream.is_closed = False
        await until(lambda: 60_000 in arena.clock.waits_ms())
        await arena.clock.advance(60_000)
        await stream.until_connected(2)
        await until(lambda: arena.feed.trouble is None)


async def test_the_venues_complaint_is_told_while_a_channel_is_silent() -> None:
    def one_silent(exchange: FakeLighter) -> None:
        exchange.stream.silent_channels.add("candle/0/1m")

    async with live(prepare=one_silent) as arena:
        error = '{"error":{"code":30009,"message":"Too Many Subscriptions"}}'
        await arena.exchange.stream.send_raw(error)
        await until(lambda: "30009" in str(arena.feed.trouble))
        assert "silent about candle/0/1m" in str(arena.feed.trouble)
        assert arena.feed.mark("ETH") is not None


async def test_a_channel_that_was_not_answered_is_asked_for_again() -> None:
    def one_silent(exchange: FakeLighter) -> None:
        exchange.stream.silent_channels.add("candle/0/1m")

    async with live(prepare=one_silent) as arena:
        stream = arena.exchange.stream
        await stream.until_heard(1, channel="candle/0/1m", type="subscribe")
        stream.silent_channels.clear()
        await arena.clock.advance(15_000)
        await stream.until_heard(2, channel="candle/0/1m", type="subscribe")
        await until(lambda: arena.feed.trouble is None)
        assert stream.connections == 1


@pytest.mark.parametrize(
    "frame",
    [
        '{"type":"update/height","channel":"height","height":227535532,"timestamp":1}',
        '{"type":"update/order_book","channel":"order_book:7","order_book":{"nonce":1}}',
        '{"type":"unsubscribed","channel":"order_book:0"}',
        '{"type":"a kind of next year","what":[1,{"deep":null}]}',
        '{"type":"update/market_stats","channel":"market_stats:all","market_stats":{"0":{}}}',
    ],
)
async def test_frames_that_we_did_not_ask_for_change_nothing(frame: str) -> None:
    async with live() as arena:
        await until(lambda: arena.feed.trouble is None)
        before = arena.feed.mark("ETH")
        await arena.exchange.stream.send_raw(frame)
        await arena.exchange.stream.ping()
        await arena.exchange.stream.until_heard(1, type="pong")
        assert arena.feed.trouble is None
        assert arena.feed.mark("ETH") == before
        assert arena.exchange.stream.connections == 1


async def test_a_mark_stamped_no_later_than_the_last_one_makes_nothing_younger() -> None:
    async with live() as arena:
        old = arena.eth.stats("update", now_ms=arena.clock.now_ms())
        await arena.clock.advance(20_000)
        old["market_stats"]["mark_price"] = "1"
        await arena.exchange.stream.publish(old)
        await arena.exchange.stream.ping()
        await arena.exchange.stream.until_heard(1, type="pong")
        assert arena.feed.freshness("ETH").mark_ms == 20_000
        mark = arena.feed.mark("ETH")
        assert mark is not None
        assert mark.price == 2000


@pytest.mark.parametrize("price", ["NaN", "0", "-5", "Infinity"])
async def test_a_mark_that_is_no_price_is_not_taken(price: str) -> None:
    async with live() as arena:
        await arena.clock.advance(1_000)
        frame = arena.eth.stats("update", now_ms=arena.clock.now_ms())
        frame["market_stats"]["mark_price"] = price
        await arena.exchange.stream.publish(frame)
        await arena.exchange.stream.ping()
        await arena.exchange.stream.until_heard(1, type="pong")
        mark = arena.feed.mark("ETH")
        assert mark is not None
        assert mark.price == 2000
        assert "expected a price > 0" in str(arena.feed.trouble)
