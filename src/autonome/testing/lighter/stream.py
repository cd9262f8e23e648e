"""The fake's stream: subscriptions, pings and the ways in which connections end."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from autonome.market.feeds.clock import Clock
from autonome.testing.lighter.market import FakeMarket, Frame
from autonome.testing.lighter.rest import encode

__all__ = ["FakeStream"]

_NO_PONG: Final = 1008
_WINDOW_MS: Final = 60_000


class _Client:
    """One connection, and what it subscribed to."""

    def __init__(self, connection: ServerConnection, now_ms: int) -> None:
        self.connection = connection
        self.channels: set[str] = set()
        self.is_pong_due = False
        self.said_ms = [now_ms]


class FakeStream:
    """Tells every client what it subscribed to.

    Attributes:
        ping_ms: how often the venue pings; a client that did not answer the last one is closed.
        idle_ms: a client that says nothing for so long is closed.
        messages_per_minute: a client that says more is closed.
        silent_channels: subscriptions to them are taken and never answered.
        is_mute: nothing is sent at all, whatever is subscribed to.
        is_closed: connections are refused.
        heard: every message of a client.
        connections: how many there were.
        refused: how many were refused.
    """

    def __init__(self, markets: Mapping[int, FakeMarket], *, clock: Clock) -> None:
        self._markets = markets
        self._clock = clock
        self._clients: list[_Client] = []
        self.ping_ms = 60_000
        self.idle_ms = 120_000
        self.messages_per_minute = 200
        self.silent_channels: set[str] = set()
        self.is_mute = False
        self.is_closed = False
        self.heard: list[dict[str, Any]] = []
        self.connections = 0
        self.refused = 0
        self._changed = asyncio.Event()

    async def handle(self, connection: ServerConnection) -> None:
        """Serve one connection until it ends."""
        if self.is_closed:
            self.refused += 1
            connection.transport.abort()
            return
        client = _Client(connection, self._clock.now_ms())
        self.connections += 1
        self._clients.append(client)
        keeper = asyncio.create_task(self._keep(client))
        try:
            await self._send(client, {"type": "connected", "session_id": f"s{self.connections}"})
            async for raw in connection:
                await self._answer(client, json.loads(raw))
        except ConnectionClosed:
            pass
        finally:
            keeper.cancel()
            self._clients.remove(client)
            self._note()

    async def publish(self, frame: Frame) -> None:
        """Send a frame to whoever subscribed to its channel."""
        for client in list(self._clients):
            if frame["channel"] in client.channels:
                await self._send(client, frame)

    async def send_raw(self, text: str) -> None:
        """Send a text to every client."""
        for client in list(self._clients):
            with suppress(ConnectionClosed):
                await client.connection.send(text)

    async def ping(self) -> None:
        """Ping every client now."""
        for client in list(self._clients):
            client.is_pong_due = True
            await self._send(client, {"type": "ping"})

    def drop(self) -> None:
        """Cut every connection without a word."""
        for client in list(self._clients):
            client.connection.transport.abort()

    async def close(self, code: int, reason: str) -> None:
        """Close every connection with a code."""
        for client in list(self._clients):
            await client.connection.close(code, reason)

    async def until_heard(self, count: int, **wanted: str) -> None:
        """Return when clients have said ``count`` messages with these fields."""
        while sum(wanted.items() <= message.items() for message in self.heard) < count:
            await self._next_change()

    async def until_connected(self, count: int) -> None:
        """Return when there have been ``count`` connections."""
        while self.connections < count:
            await self._next_change()

    async def until_disconnected(self) -> None:
        """Return when nobody is connected."""
        while self._clients:
            await self._next_change()

    async def _next_change(self) -> None:
        self._changed.clear()
        await self._changed.wait()

    def _note(self) -> None:
        self._changed.set()

    async def _answer(self, client: _Client, message: dict[str, Any]) -> None:
        self.heard.append(message)
        now_ms = self._clock.now_ms()
        client.said_ms.append(now_ms)
        recent = sum(at_ms > now_ms - _WINDOW_MS for at_ms in client.said_ms)
        if recent > self.messages_per_minute:
            await client.connection.close(_NO_PONG, "too many messages")
        elif message["type"] == "ping":
            await self._send(client, {"type": "pong"})
        elif message["type"] == "pong":
            client.is_pong_due = False
        elif message["type"] == "unsubscribe":
            channel = message["channel"].replace("/", ":")
            client.channels.discard(channel)
            await self._send(client, {"type": "unsubscribed", "channel": channel})
        elif message["type"] == "subscribe":
            await self._subscribe(client, message["channel"], now_ms)
        self._note()

    async def _subscribe(self, client: _Client, name: str, now_ms: int) -> None:
        channel = name.replace("/", ":")
        if channel in client.channels:
            error = {"code": 30003, "message": f"Already Subscribed to : {channel}"}
            await self._send(client, {"error": error})
            return
        kind, _, rest = channel.partition(":")
        market = self._markets.get(int(rest.partition(":")[0]))
        if name in self.silent_channels:
            return
        if market is None or kind not in ("order_book", "market_stats", "candle"):
            await self._send(client, {"error": {"code": 30005, "message": "Invalid Channel"}})
            return
        client.channels.add(channel)
        if kind == "order_book":
            await self._send(client, market.book_snapshot(now_ms=now_ms))
        elif kind == "market_stats":
            await self._send(client, market.stats("subscribed", now_ms=now_ms))
        else:
            await self._send(client, market.candle("subscribed", now_ms=now_ms))

    async def _keep(self, client: _Client) -> None:
        """Ping, and close a client that does not answer or says nothing."""
        while True:
            await self._clock.sleep(self.ping_ms)
            if client.is_pong_due:
                await client.connection.close(_NO_PONG, "no pong")
            elif self._clock.now_ms() - client.said_ms[-1] >= self.idle_ms:
                await client.connection.close(_NO_PONG, "idle")
            else:
                client.is_pong_due = True
                await self._send(client, {"type": "ping"})

    async def _send(self, client: _Client, frame: Frame) -> None:
        if not self.is_mute:
            with suppress(ConnectionClosed):
                await client.connection.send(encode(frame).decode())
