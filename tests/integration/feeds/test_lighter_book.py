"""The book by the nonce rule: whole and equal to the venue's, or not there."""

from __future__ import annotations

import json
from collections import defaultdict
from decimal import Decimal

import httpx2
import pytest

from autonome.domain.choices import Side
from autonome.market.book import Level
from autonome.testing.lighter.rest import encode
from autonome.testing.lighter.server import FakeLighter
from integration.feeds.live import Live, live, until

pytestmark = pytest.mark.anyio

BOOK = {"type": "subscribe", "channel": "order_book/0"}


def _fill(exchange: FakeLighter) -> None:
    eth = exchange.markets["ETH"]
    for side, price, size in (
        (Side.BUY, "1999.50", "2"),
        (Side.BUY, "1999.00", "1.5"),
        (Side.SELL, "2000.50", "3"),
        (Side.SELL, "2001.00", "0.25"),
    ):
        eth.set_level(side, Decimal(price), Decimal(size), now_ms=exchange.clock.now_ms())


async def _equals_rest(arena: Live) -> None:
    """Hold the streamed book against the orders that REST lists."""
    url = arena.exchange.settings().rest_url
    async with httpx2.AsyncClient() as client:
        query = {"market_id": "0", "limit": "250"}
        answer = await client.get(f"{url}/api/v1/orderBookOrders", params=query)
    orders = json.loads(answer.content)
    book = arena.feed.book("ETH")
    assert book is not None
    for side, levels in (("bids", book.bids), ("asks", book.asks)):
        sums: dict[Decimal, Decimal] = defaultdict(Decimal)
        for order in orders[side]:
            sums[Decimal(order["price"])] += Decimal(order["remaining_base_amount"])
        assert dict(levels) == dict(sums)


async def _renewed(arena: Live, times: int) -> None:
    """Let the time pass after which a channel may be renewed, and wait until it was."""
    await arena.clock.advance(15_000)
    await arena.exchange.stream.until_heard(1 + times, **BOOK)


async def test_a_book_is_the_snapshot_and_every_change_since() -> None:
    async with live(prepare=_fill) as arena:
        await until(lambda: arena.feed.book("ETH"))
        await arena.exchange.rest_order("ETH", Side.SELL, "2000.25", "0.1")
        await arena.exchange.rest_order("ETH", Side.SELL, "2001.00", "0")
        await arena.exchange.rest_order("ETH", Side.BUY, "1999.50", "7")
        await until(lambda: (b := arena.feed.book("ETH")) and b.bids[0].size == 7)
        book = arena.feed.book("ETH")
        assert book is not None
        assert book.asks == (
            Level(Decimal("2000.25"), Decimal("0.1")),
            Level(Decimal("2000.50"), Decimal(3)),
        )
        assert book.bids == (
            Level(Decimal("1999.50"), Decimal(7)),
            Level(Decimal("1999.00"), Decimal("1.5")),
        )
        assert book.at_ms == arena.clock.now_ms()
        await _equals_rest(arena)


async def test_a_book_that_lost_a_frame_is_dropped_and_whole_after_a_new_snapshot() -> None:
    async with live(prepare=_fill) as arena:
        await until(lambda: arena.feed.book("ETH"))
        # This change is never told.
        arena.eth.set_level(Side.SELL, Decimal("2000.25"), Decimal(9), now_ms=0)
        await arena.exchange.rest_order("ETH", Side.BUY, "1999.75", "1")
        await until(lambda: arena.feed.book("ETH") is None)
        assert arena.feed.freshness("ETH").book_ms is None
        await _renewed(arena, 1)
        await until(lambda: arena.feed.book("ETH"))
        await _equals_rest(arena)


async def test_a_frame_that_comes_twice_drops_the_book() -> None:
    async with live(prepare=_fill) as arena:
        await until(lambda: arena.feed.book("ETH"))
        frame = arena.eth.set_level(
            Side.BUY, Decimal("1999.75"), Decimal(1), now_ms=arena.clock.now_ms()
        )
        await arena.exchange.stream.publish(frame)
        await until(lambda: (b := arena.feed.book("ETH")) and b.bids[0].price == Decimal("1999.75"))
        await arena.exchange.stream.publish(frame)
        await until(lambda: arena.feed.book("ETH") is None)
        await _renewed(arena, 1)
        await until(lambda: arena.feed.book("ETH"))
        await _equals_rest(arena)


async def test_a_crossed_book_is_dropped_until_it_is_uncrossed() -> None:
    async with live(prepare=_fill) as arena:
        await until(lambda: arena.feed.book("ETH"))
        await arena.exchange.rest_order("ETH", Side.BUY, "2000.50", "1")
        await until(lambda: arena.feed.book("ETH") is None)
        arena.eth.set_level(Side.BUY, Decimal("2000.50"), Decimal(0), now_ms=0)
        await _renewed(arena, 1)
        await until(lambda: arena.feed.book("ETH"))
        await _equals_rest(arena)


async def test_an_empty_book_with_nonce_zero_is_unusable_and_fills_by_the_same_rule() -> None:
    async with live() as arena:
        await until(lambda: arena.feed.freshness("ETH").book_ms == 0)
        assert arena.eth.nonce == 0
        assert arena.feed.book("ETH") is None
        await arena.quote_book()
        await until(lambda: arena.feed.book("ETH"))
        await _equals_rest(arena)


@pytest.mark.parametrize(
    "broken",
    [
        '{"channel":"order_book:0","type":"update/order_book","timestamp":1778846411000}',
        '{"channel":"order_book:0","type":"update/order_book","timestamp":1778846411000,'
        '"order_book":{"nonce":5,"begin_nonce":null}}',
        '{"channel":"order_book:0","type":"update/order_book","timestamp":-1,'
        '"order_book":{"nonce":5,"begin_nonce":88}}',
        '{"channel":"order_book:0","type":"update/order_book","timestamp":1778846411000,'
        '"order_book":{"nonce":99,"begin_nonce":88,"asks":[{"price":"NaN","size":"1"}]}}',
        '{"channel":"order_book:0","type":"update/order_book","timestamp":1778846411000,'
        '"order_book":{"nonce":99,"begin_nonce":88,"bids":[{"price":"1","size":"-1"}]}}',
    ],
    ids=["no book", "no begin", "no stamp", "NaN", "negative size"],
)
async def test_a_frame_that_makes_no_sense_drops_the_book(broken: str) -> None:
    async with live(prepare=_fill) as arena:
        await until(lambda: arena.feed.book("ETH"))
        assert arena.eth.nonce == 88
        await arena.exchange.stream.send_raw(broken)
        await until(lambda: arena.feed.book("ETH") is None)
        await _renewed(arena, 1)
        await until(lambda: arena.feed.book("ETH"))


async def test_a_book_that_breaks_again_and_again_is_renewed_with_moderation() -> None:
    async with live(prepare=_fill) as arena:
        stream = arena.exchange.stream
        broken = {
            "channel": "order_book:0",
            "type": "update/order_book",
            "timestamp": arena.clock.now_ms(),
            "order_book": {"nonce": 1, "begin_nonce": -1},
        }
        for _ in range(8):
            for _ in range(20):
                await stream.send_raw(encode(broken).decode())
            await stream.ping()
            pongs = sum(message["type"] == "pong" for message in stream.heard)
            await stream.until_heard(pongs + 1, type="pong")
            await arena.clock.advance(5_000)
        # Forty seconds of nothing but gaps: one subscription in fifteen seconds, and the first.
        assert sum(message == BOOK for message in stream.heard) <= 1 + 40 // 15


async def test_a_book_that_nobody_tells_of_is_too_old_after_its_limit() -> None:
    async with live(prepare=_fill, most_channel_silence_ms=10**9) as arena:
        await until(lambda: arena.feed.book("ETH"))
        await arena.clock.advance(60_000)
        assert arena.feed.book("ETH") is not None
        await arena.clock.advance(1)
        assert arena.feed.book("ETH") is None
        assert arena.feed.freshness("ETH").book_ms == 60_001


async def test_a_quiet_book_is_subscribed_to_again_before_it_is_too_old() -> None:
    async with live(prepare=_fill) as arena:
        await until(lambda: arena.feed.book("ETH"))
        await arena.clock.advance(50_000)
        await arena.exchange.stream.until_heard(2, **BOOK)
        await until(lambda: arena.feed.freshness("ETH").book_ms in range(50_000))
        assert arena.feed.book("ETH") is not None
