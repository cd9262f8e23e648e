"""The fake exchange: its markets behind REST and a stream, both on free ports of loopback."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, contextmanager
from decimal import Decimal
from types import TracebackType
from typing import Final

import uvicorn
from websockets.asyncio.server import serve

from autonome.domain.choices import Side
from autonome.domain.value import changed
from autonome.market.feeds.clock import Clock
from autonome.market.feeds.lighter.settings import LighterSettings
from autonome.testing.lighter.market import FakeMarket
from autonome.testing.lighter.rest import FakeRest
from autonome.testing.lighter.stream import FakeStream

__all__ = ["FakeLighter"]

_LOOPBACK: Final = "127.0.0.1"


class FakeLighter:
    """An exchange for tests, used as ``async with FakeLighter(...) as exchange``."""

    def __init__(self, markets: Sequence[FakeMarket], *, clock: Clock) -> None:
        self.clock = clock
        self.markets = {market.symbol: market for market in markets}
        by_id: Mapping[int, FakeMarket] = {market.market_id: market for market in markets}
        self.rest = FakeRest(by_id, clock=clock)
        self.stream = FakeStream(by_id, clock=clock)
        self._open = AsyncExitStack()
        self._urls = ("", "")

    async def __aenter__(self) -> FakeLighter:
        server = await self._open.enter_async_context(
            serve(self.stream.handle, _LOOPBACK, 0, ping_interval=None, close_timeout=1)
        )
        stream_port = next(iter(server.sockets)).getsockname()[1]
        listening = socket.create_server((_LOOPBACK, 0))
        rest_port = listening.getsockname()[1]
        quiet = uvicorn.Config(self.rest.app(), log_level="critical", lifespan="off", ws="none")
        self._uvicorn = _Server(quiet)
        serving = asyncio.create_task(self._uvicorn.serve(sockets=[listening]))
        self._open.push_async_callback(self._end, serving)
        self._urls = (f"http://{_LOOPBACK}:{rest_port}", f"ws://{_LOOPBACK}:{stream_port}/stream")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stream.drop()
        await self._open.aclose()

    def settings(self, **others: object) -> LighterSettings:
        """Return the settings by which a feed finds it."""
        rest_url, stream_url = self._urls
        return changed(
            LighterSettings(rest_url=rest_url, stream_url=stream_url),
            **others,  # type: ignore[arg-type]
        )

    async def quote(self, symbol: str, price: Decimal) -> None:
        """Set the mark price."""
        market = self.markets[symbol]
        market.mark_price = price
        await self.stream.publish(market.stats("update", now_ms=self.clock.now_ms()))

    async def rest_order(self, symbol: str, side: Side, price: str, size: str) -> None:
        """Set what rests at a price of the book."""
        frame = self.markets[symbol].set_level(
            side, Decimal(price), Decimal(size), now_ms=self.clock.now_ms()
        )
        await self.stream.publish(frame)

    async def trade(self, symbol: str, price: str, size: str) -> None:
        """Let a trade happen now."""
        frame = self.markets[symbol].trade(
            Decimal(price), Decimal(size), now_ms=self.clock.now_ms()
        )
        await self.stream.publish(frame)

    async def settle(self, symbol: str, percent: str, *, at_ms: int) -> None:
        """Settle funding at a rate in percent for the hour."""
        frame = self.markets[symbol].settle(
            Decimal(percent), at_ms=at_ms, now_ms=self.clock.now_ms()
        )
        await self.stream.publish(frame)

    async def _end(self, serving: asyncio.Task[None]) -> None:
        self._uvicorn.should_exit = True
        await serving


class _Server(uvicorn.Server):
    """A server inside of another program: signals stay that program's."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
