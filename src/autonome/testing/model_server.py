"""A local server of models that speaks chat completions, over real HTTP, and does as it is told."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from types import TracebackType
from typing import Any, Final

import uvicorn

from autonome.testing.models.completions import completion, events
from autonome.testing.models.replies import (
    Answers,
    Call,
    Drops,
    Raw,
    Reply,
    Stalls,
    Status,
    Streams,
)

__all__ = ["Asked", "ModelServer", "Script"]

_HOLDS: Final = Answers(calls=(Call(name="holding", arguments='{"reason": "script over"}'),))
_STOPS_WITHIN_S: Final = 10.0
_MOST_WAITING: Final = 512
_JSON: Final = ("content-type", "application/json")
_STREAM: Final = ("content-type", "text/event-stream")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request, as it came."""

    number: int
    """Counted from 0."""
    path: str
    headers: Mapping[str, str]
    """Names in lower case."""
    body: Mapping[str, Any]
    """JSON; numbers with a fraction are Decimals."""
    was_left: threading.Event = field(default_factory=threading.Event)
    """Set when the client hung up before the reply was over."""

    @property
    def key(self) -> str | None:
        """Return the key that came with it."""
        return self.headers.get("authorization", "").removeprefix("Bearer ") or None

    @property
    def messages(self) -> Sequence[Mapping[str, Any]]:
        """Return the messages of the conversation, oldest first."""
        messages: Sequence[Mapping[str, Any]] = self.body["messages"]
        return messages


Script = Sequence[Reply] | Callable[[Asked], Reply]
"""What is replied: one after the other, then ``holding`` for ever, or by a function."""


class ModelServer:
    """Serves a script on a free port of loopback while its context is open."""

    def __init__(self, script: Script) -> None:
        """Take a port; a function as script is called on the server's own thread."""
        self._script = script
        # Named as TCP, or the event loop would not switch off its waiting for more to send.
        self._socket = socket.socket(proto=socket.IPPROTO_TCP)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.listen(_MOST_WAITING)
        config = uvicorn.Config(
            self._serve,
            interface="asgi3",
            lifespan="off",
            log_config=None,
            log_level="critical",
            access_log=False,
            ws="none",
            loop="asyncio",
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, name="model-server", daemon=True)
        self.requests: list[Asked] = []
        """Every request so far, in the order of arrival."""

    @property
    def url(self) -> str:
        """Return the base URL that a client is told."""
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}/v1"

    def __enter__(self) -> ModelServer:
        """Start to serve; requests that come earlier wait in the queue of the socket."""
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop, whatever is under way."""
        self._server.should_exit = self._server.force_exit = True
        self._thread.join(_STOPS_WITHIN_S)
        self._socket.close()

    def _run(self) -> None:
        self._server.run(sockets=[self._socket])

    def _reply(self, asked: Asked) -> Reply:
        if callable(self._script):
            return self._script(asked)
        return self._script[asked.number] if asked.number < len(self._script) else _HOLDS

    async def _serve(self, scope: Any, receive: Any, send: Any) -> None:
        body = bytearray()
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        asked = Asked(
            number=len(self.requests),
            path=scope["path"],
            headers={name.decode(): text.decode() for name, text in scope["headers"]},
            body=json.loads(body or b"{}", parse_float=Decimal),
        )
        self.requests.append(asked)
        work = asyncio.ensure_future(_replied(self._reply(asked), asked, send))
        leaving = asyncio.ensure_future(receive())
        await asyncio.wait((work, leaving), return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            asked.was_left.set()
        work.cancel()
        leaving.cancel()
        results = await asyncio.gather(work, leaving, return_exceptions=True)
        if isinstance(results[0], _Dropped):
            raise results[0]


class _Dropped(Exception):
    """Makes the HTTP server close the connection where the reply stands."""


async def _replied(reply: Reply, asked: Asked, send: Any) -> None:
    if isinstance(reply, Stalls):
        if reply.has_begun:
            await _begin(send, 200, [_JSON])
        await asyncio.Event().wait()
    elif isinstance(reply, Drops):
        await _begin(send, 200, [_JSON, ("content-length", str(reply.after_bytes + 1_000))])
        await _go_on(send, b'{"id": "gen", "choices": ' + b" " * reply.after_bytes)
        raise _Dropped
    elif isinstance(reply, Status):
        error = {"error": {"code": reply.code, "message": reply.message}}
        await _begin(send, reply.code, [_JSON, *reply.headers.items()])
        await _end(send, json.dumps(error).encode())
    elif isinstance(reply, Raw):
        await _begin(send, 200, [_JSON, *reply.headers.items()])
        await _end(send, reply.body)
    elif isinstance(reply, Streams):
        await _stream(reply, send)
    else:
        await _answer(reply, asked, send)


async def _stream(reply: Streams, send: Any) -> None:
    await _begin(send, 200, [_STREAM])
    for chunk in reply.chunks:
        if reply.chunk_ms:
            await asyncio.sleep(reply.chunk_ms / 1_000)
        await _go_on(send, chunk)
    if reply.then == "stalls":
        await asyncio.Event().wait()
    if reply.then == "drops":
        raise _Dropped
    await _end(send, b"")


async def _answer(answer: Answers, asked: Asked, send: Any) -> None:
    prompt = "".join(str(message.get("content") or "") for message in asked.messages)
    asked_for = {"number": asked.number, "model": str(asked.body.get("model")), "prompt": prompt}
    pieces: Iterator[bytes] | Sequence[bytes]
    if asked.body.get("stream"):
        await _begin(send, 200, [_STREAM])
        pieces = events(answer, **asked_for)  # type: ignore[arg-type]
    else:
        await _begin(send, 200, [_JSON])
        body = completion(answer, **asked_for)  # type: ignore[arg-type]
        size = 64 if answer.chunk_ms else 65_536
        pieces = [body[start : start + size] for start in range(0, len(body), size)]
    for piece in pieces:
        if answer.chunk_ms:
            await asyncio.sleep(answer.chunk_ms / 1_000)
        await _go_on(send, piece)
    await _end(send, b"")


async def _begin(send: Any, status: int, headers: Sequence[tuple[str, str]]) -> None:
    raw = [(name.encode(), text.encode()) for name, text in headers]
    await send({"type": "http.response.start", "status": status, "headers": raw})


async def _go_on(send: Any, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})


async def _end(send: Any, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": False})
