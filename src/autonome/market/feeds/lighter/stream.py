"""One connection to Lighter's stream, kept alive: subscriptions, pings, and connecting again."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Final, Protocol

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from autonome.domain.errors import FeedUnavailable
from autonome.market.feeds.clock import Clock, growing_delays
from autonome.market.feeds.lighter.payloads import Envelope, ErrorFrame, RawJson, read
from autonome.market.feeds.lighter.settings import LighterSettings
from autonome.market.feeds.limits import RateLimit

__all__ = ["MOST_CHANNELS", "LighterStream", "Listener"]

MOST_CHANNELS: Final = 48
"""Fifty messages of ours may be unanswered at once; a subscription each, and a ping."""

_MOST_FRAME_BYTES: Final = 8 * 1024 * 1024
_CLOSE_TIMEOUT_S: Final = 2.0
_CHECK_MS: Final = 5_000
"""How often the connection is looked after."""
_PING: Final = {"type": "ping"}
_PONG: Final = {"type": "pong"}


class Listener(Protocol):
    """Who hears what the stream says."""

    def on_frame(self, channel: str, raw: RawJson, *, is_first: bool) -> bool:
        """Take a frame of a channel, the first of a subscription or a later one.

        Return whether the channel is sound; if not, it is subscribed to again. ``channel`` is
        written as it was subscribed to.
        """

    def on_break(self) -> None:
        """Hear that the connection broke, and every channel with it."""


class LighterStream:
    """Hears a fixed set of channels for as long as ``run`` runs."""

    def __init__(
        self,
        settings: LighterSettings,
        channels: Sequence[str],
        listener: Listener,
        *,
        clock: Clock,
    ) -> None:
        self._settings = settings
        self._names = {channel.replace("/", ":"): channel for channel in channels}
        self._listener = listener
        self._clock = clock
        self._limit = RateLimit(
            calls=settings.messages_per_minute, weight=settings.messages_per_minute, clock=clock
        )
        self._asked_ms: dict[str, int] = {}
        self._heard_ms: dict[str, int] = {}
        self._last_frame_ms = 0
        self._down: str | None = "the stream is not connected yet"
        self._complaint: str | None = None

    @property
    def trouble(self) -> str | None:
        """Return why channels are not heard, ``None`` where all are."""
        if self._down is not None:
            return self._down
        silent = [name for name in self._names.values() if name not in self._heard_ms]
        if not silent:
            return None
        return f"the stream is silent about {', '.join(silent)}" + (
            f"; the venue said {self._complaint}" if self._complaint else ""
        )

    async def run(self) -> None:
        """Connect, listen, and connect again whenever the connection is lost; never returns."""
        delays = self._delays()
        while True:
            try:
                await self._connected()
                self._down = "the venue closed the stream"
            except (OSError, WebSocketException, FeedUnavailable) as error:
                self._down = f"the stream is down: {type(error).__name__}: {error}"
            self._listener.on_break()
            if self._heard_ms:
                delays = self._delays()  # It worked: begin with short waits again.
            self._heard_ms.clear()
            await self._clock.sleep(next(delays))

    def _delays(self) -> Iterator[int]:
        return growing_delays(
            first_ms=self._settings.first_delay_ms, most_ms=self._settings.most_delay_ms
        )

    async def _connected(self) -> None:
        async with connect(
            self._settings.stream_url,
            open_timeout=self._settings.answer_timeout_ms / 1000,
            close_timeout=_CLOSE_TIMEOUT_S,
            max_size=_MOST_FRAME_BYTES,
            # The venue has pings of its own, inside of the stream; these follow our clock.
            ping_interval=None,
        ) as connection:
            self._down, self._complaint = None, None
            self._last_frame_ms = self._clock.now_ms()
            for channel in self._names.values():
                await self._subscribe(connection, channel)
            keeper = asyncio.create_task(self._keep(connection))
            try:
                async for raw in connection:
                    self._last_frame_ms = self._clock.now_ms()
                    if not await self._heard(connection, raw):
                        return
            finally:
                keeper.cancel()
                with suppress(asyncio.CancelledError, ConnectionClosed):
                    await keeper

    async def _keep(self, connection: ClientConnection) -> None:
        """Ping, renew channels that need it, and close a connection that has died."""
        pinged_ms = self._clock.now_ms()
        try:
            while self._clock.now_ms() - self._last_frame_ms <= self._settings.most_silence_ms:
                await self._clock.sleep(_CHECK_MS)
                if self._clock.now_ms() - pinged_ms >= self._settings.ping_ms:
                    pinged_ms = self._clock.now_ms()
                    await self._say(connection, _PING)
                for channel in self._names.values():
                    if self._is_silent(channel):
                        await self._renew(connection, channel)
        finally:
            # Whatever ended it: without a keeper the connection must not go on.
            await connection.close()

    def _is_silent(self, channel: str) -> bool:
        heard_ms = self._heard_ms.get(channel)
        silent_ms = self._clock.now_ms() - (heard_ms or 0)
        return heard_ms is None or silent_ms > self._settings.most_channel_silence_ms

    async def _heard(self, connection: ClientConnection, raw: RawJson) -> bool:
        """Take one frame; return whether the connection goes on."""
        frame = read(raw, Envelope)
        if frame.type == "ping":
            self._limit.count()  # An answer cannot wait for its turn.
            await connection.send(json.dumps(_PONG))
        elif frame.error is not None or frame.type == "error":
            # It does not say which channel it is about; that one stays silent, and is renewed.
            error = frame.error or ErrorFrame(code=frame.code, message=frame.message)
            self._complaint = f"error {error.code}: {error.message!r}"
        elif frame.type == "shutdown":
            return False
        elif frame.channel in self._names:
            await self._pass_on(connection, self._names[frame.channel], frame.type, raw)
        return True

    async def _pass_on(
        self, connection: ClientConnection, channel: str, kind: str, raw: RawJson
    ) -> None:
        first_word = kind.partition("/")[0]
        if first_word not in ("subscribed", "update"):
            return
        if self._listener.on_frame(channel, raw, is_first=first_word == "subscribed"):
            self._heard_ms[channel] = self._clock.now_ms()
        else:
            self._heard_ms.pop(channel, None)
            await self._renew(connection, channel)

    async def _renew(self, connection: ClientConnection, channel: str) -> None:
        """Subscribe again, unless that was done a moment ago: then ``_keep`` does it later."""
        now_ms = self._clock.now_ms()
        if now_ms - self._asked_ms[channel] >= self._settings.renewal_ms:
            self._asked_ms[channel] = now_ms
            await self._say(connection, {"type": "unsubscribe", "channel": channel})
            await self._subscribe(connection, channel)

    async def _subscribe(self, connection: ClientConnection, channel: str) -> None:
        self._asked_ms[channel] = self._clock.now_ms()
        await self._say(connection, {"type": "subscribe", "channel": channel})

    async def _say(self, connection: ClientConnection, message: Mapping[str, str]) -> None:
        await self._limit.acquire()
        await connection.send(json.dumps(message))
