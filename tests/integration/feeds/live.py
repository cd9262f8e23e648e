"""A feed that watches the fake exchange, on a clock that is moved by hand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from decimal import Decimal

from autonome.domain.choices import Side
from autonome.market.feeds.lighter.feed import LighterFeed
from autonome.testing.lighter.clock import ManualClock
from autonome.testing.lighter.market import FakeMarket
from autonome.testing.lighter.server import FakeLighter

__all__ = ["NOON_MS", "Live", "live", "until"]

NOON_MS = 1_778_846_400_000  # 2026-05-15 12:00 UTC

_MOST_WAIT_S = 20.0


class Live:
    """Exchange, feed and clock of one test."""

    def __init__(self, exchange: FakeLighter, feed: LighterFeed, clock: ManualClock) -> None:
        self.exchange = exchange
        self.feed = feed
        self.clock = clock

    @property
    def eth(self) -> FakeMarket:
        """Return the first market."""
        return self.exchange.markets["ETH"]

    async def quote_book(self) -> None:
        """Let the book of ETH have a bid of 2 at 1999.50 and an ask of 3 at 2000.50."""
        await self.exchange.rest_order("ETH", Side.BUY, "1999.50", "2")
        await self.exchange.rest_order("ETH", Side.SELL, "2000.50", "3")


async def until(condition: Callable[[], object]) -> None:
    """Return as soon as ``condition`` holds; fail when it does not come true."""
    async with asyncio.timeout(_MOST_WAIT_S):
        while not condition():
            await asyncio.sleep(0.001)


def eth_and_btc() -> list[FakeMarket]:
    """Return two markets with the terms that the exchange itself lists."""
    return [
        FakeMarket("ETH", 0, mark_price=Decimal("2000.00")),
        FakeMarket("BTC", 1, price_decimals=1, size_decimals=5, mark_price=Decimal("64356.3")),
    ]


@asynccontextmanager
async def live(
    *,
    symbols: Sequence[str] = ("ETH",),
    now_ms: int = NOON_MS + 10_000,
    prepare: Callable[[FakeLighter], None] = lambda exchange: None,
    is_started: bool = True,
    **settings: object,
) -> AsyncIterator[Live]:
    """Run the exchange and a feed that watches ``symbols``; ``prepare`` comes before it starts."""
    clock = ManualClock(now_ms)
    async with asyncio.timeout(3 * _MOST_WAIT_S):
        async with FakeLighter(eth_and_btc(), clock=clock) as exchange:
            prepare(exchange)
            feed = LighterFeed(symbols, clock=clock, settings=exchange.settings(**settings))
            try:
                if is_started:
                    await feed.start()
                yield Live(exchange, feed, clock)
            finally:
                await feed.stop()
