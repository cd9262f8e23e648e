"""The wire: what a request carries, and how much of an answer is read, whatever the library does.

Hooks of the HTTP client see every request and answer of an endpoint. The key is put on here, past
the libraries, so that nothing which logs, prints or raises ever holds it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final

import httpx2

from autonome.agents.llm.keys import Key

__all__ = ["WIRE", "Wire", "http_client"]

_MOST_CONNECTIONS: Final = 128
_CONNECT_S: Final = 10.0
_HEADERS: Final = frozenset({"host", "accept", "content-type", "content-length", "connection"})
"""Headers that are sent. Others come from the libraries' own environment variables, which may
hold what is meant for another host."""
_LOOPBACK: Final = ("localhost", "127.", "[::1]", "::1")


@dataclass(slots=True, kw_only=True)
class Wire:
    """One request and its answer, as they go over the wire."""

    key: Key
    most_bytes: int
    """Of the answer; the connection is closed when it goes on."""
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
    assert isinstance(response.stream, httpx2.AsyncByteStream)
    response.stream = _Bounded(response.stream, wire)


class _Bounded(httpx2.AsyncByteStream):
    """An answer that is read whole, up to its limit, before anybody sees it."""

    def __init__(self, stream: httpx2.AsyncByteStream, wire: Wire) -> None:
        self._stream = stream
        self._wire = wire

    async def __aiter__(self) -> AsyncIterator[bytes]:
        wire, body = self._wire, bytearray()
        async for chunk in self._stream:
            body += chunk
            if len(body) > wire.most_bytes:
                wire.problem = f"expected an answer of at most {wire.most_bytes} bytes, found more"
                raise httpx2.ReadError(wire.problem)
        wire.body = wire.key.hidden_in(bytes(body))
        yield wire.body

    async def aclose(self) -> None:
        await self._stream.aclose()
