"""The wire: what a request carries, and how much of an answer is read, whatever the library does.

Hooks of the HTTP client see every request and answer of an endpoint. The key is put on here, past
the libraries, so that nothing which logs, prints or raises ever holds it. An answer that comes as
a stream is put together here, so that the libraries read the same as if it had come whole; an
error that comes under status 200 gets the status that it means, so that they see what it is.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final

import httpx2

from autonome.agents.llm.keys import Key
from autonome.agents.llm.statuses import status_of
from autonome.agents.llm.streamed import StreamedAnswer, Unreadable

__all__ = ["WIRE", "Wire", "http_client"]

_MOST_CONNECTIONS: Final = 128
_CONNECT_S: Final = 10.0
_HEADERS: Final = frozenset({"host", "accept", "content-type", "content-length", "connection"})
"""Headers that are sent. Others come from the libraries' own environment variables, which may
hold what is meant for another host."""
_STREAM: Final = "text/event-stream"
_OK: Final = 200
_FRAMES: Final = 16
"""Most bytes of a stream for each byte of its answer: a few letters come in hundreds of bytes."""
_LONGEST_END_S: Final = 0.5
"""How long the end of a stream is waited for that has said that it is over: a connection that was
read to its end can be used again."""
_LOOPBACK: Final = ("localhost", "127.", "[::1]", "::1")


@dataclass(slots=True, kw_only=True)
class Wire:
    """One request and its answer, as they go over the wire."""

    key: Key
    most_bytes: int
    """Of the answer; the connection is closed when it goes on."""
    heard: Callable[[str], None] | None = None
    """Told the words of the answer as they come; ``None``: it is asked for whole."""
    is_streamed: bool = False
    """Whether the answer comes as a stream."""
    has_spoken: bool = False
    """Whether some of a stream has come: a model has worked for it."""
    status: int | None = None
    """Of the answer, once one has begun."""
    body: bytes = b""
    """The whole answer, without the key."""
    problem: str | None = None
    """Why the answer was not read to its end by our own decision."""


WIRE: ContextVar[Wire] = ContextVar("WIRE")
"""The request that the running task makes."""


def http_client(host: str) -> httpx2.AsyncClient:
    """Return a client for one endpoint: the arms that use it share its connections."""
    return httpx2.AsyncClient(
        # The deadline of the turn bounds the rest: a model may think for minutes.
        timeout=httpx2.Timeout(None, connect=_CONNECT_S),
        limits=httpx2.Limits(max_connections=_MOST_CONNECTIONS),
        follow_redirects=False,
        trust_env=not host.startswith(_LOOPBACK),
        event_hooks={"request": [_put_key_on], "response": [_bound]},
    )


async def _put_key_on(request: httpx2.Request) -> None:
    for name in set(request.headers.keys()) - _HEADERS:
        del request.headers[name]
    # A compressed answer could grow beyond every limit after it was counted.
    request.headers["accept-encoding"] = "identity"
    request.headers["user-agent"] = "autonome"
    wire = WIRE.get()
    scheme, host, _ = wire.key.origin
    if wire.key.header and (request.url.scheme, request.url.host) == (scheme, host):
        request.headers["authorization"] = wire.key.header


async def _bound(response: httpx2.Response) -> None:
    wire = WIRE.get()
    wire.status = response.status_code
    encoding = response.headers.get("content-encoding", "identity")
    if encoding != "identity":
        wire.problem = f"expected an answer that is not compressed, found {encoding[:40]!r}"
        raise httpx2.ReadError(wire.problem)
    kind = response.headers.get("content-type", "")
    wire.is_streamed = response.status_code == _OK and kind.startswith(_STREAM)
    response.stream = (_Streamed if wire.is_streamed else _Whole)(response, wire)
    if wire.is_streamed:
        response.headers["content-type"] = "application/json"


class _Bounded(httpx2.AsyncByteStream, ABC):
    """An answer that is read up to its limit before the libraries see it."""

    def __init__(self, response: httpx2.Response, wire: Wire) -> None:
        assert isinstance(response.stream, httpx2.AsyncByteStream)
        self._response = response
        self._stream = response.stream
        self._wire = wire

    async def __aiter__(self) -> AsyncIterator[bytes]:
        body = await self._read()
        self._require_room(len(body))
        self._wire.body = self._wire.key.hidden_in(body)
        if self._wire.status == _OK:
            # The body is read to its end before the library looks at the status.
            self._response.status_code = status_of(body) or _OK
        yield self._wire.body

    async def aclose(self) -> None:
        await self._stream.aclose()

    @abstractmethod
    async def _read(self) -> bytes: ...

    def _require_room(self, size: int, *, most: int | None = None) -> None:
        wire = self._wire
        if size > (wire.most_bytes if most is None else most):
            wire.problem = f"expected an answer of at most {wire.most_bytes} bytes, found more"
            raise httpx2.ReadError(wire.problem)


class _Whole(_Bounded):
    """An answer that comes as it is."""

    async def _read(self) -> bytes:
        body = bytearray()
        async for chunk in self._stream:
            body += chunk
            self._require_room(len(body))
        return bytes(body)


class _Streamed(_Bounded):
    """An answer that comes in pieces."""

    async def _read(self) -> bytes:
        wire = self._wire
        answer, size = StreamedAnswer(wire.heard or _to_nobody), 0
        chunks = aiter(self._stream)
        try:
            async for chunk in chunks:
                size += len(chunk)
                answer.feed(chunk)
                wire.has_spoken = answer.size > 0
                self._require_room(answer.size)
                self._require_room(size, most=wire.most_bytes * _FRAMES)
                if answer.is_over:
                    await _ended(chunks)
                    break
            answer.end()
        except Unreadable:
            return b""
        if not answer.is_whole:
            raise httpx2.ReadError("the stream ended before the answer")
        return answer.body()


async def _ended(chunks: AsyncIterator[bytes]) -> None:
    with suppress(TimeoutError, httpx2.HTTPError):
        async with asyncio.timeout(_LONGEST_END_S):
            async for _ in chunks:
                """Nothing that follows the end has a meaning."""


def _to_nobody(_: str) -> None:
    """Hear nothing."""
