"""The event streams of an arena, served on a free port, and a reader of one of them."""

from __future__ import annotations

import http.client
import json
import socket
import threading
from collections.abc import Mapping
from types import TracebackType
from typing import Any, NamedTuple

import uvicorn

from autonome.web.app import create_app
from autonome.web.events.ending import EndingServer
from autonome.web.settings import WebSettings

__all__ = ["ARENA", "EventServer", "Heard", "Reader"]

ARENA = "told"
_LIMIT_S = 10


class EventServer:
    """Serves the events of one database while its context is open."""

    def __init__(self, url: str) -> None:
        self.app = create_app(WebSettings(arena=ARENA), url)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        config = uvicorn.Config(self.app, log_config=None, log_level="critical")
        self._server = EndingServer(config, self.app)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True
        )

    def __enter__(self) -> EventServer:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop as a signal would, and wait until it has."""
        self._server.should_exit = True
        self._thread.join(_LIMIT_S)
        assert not self._thread.is_alive()
        self._socket.close()

    def reader(
        self,
        query: str = "",
        *,
        last_id: int | str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reader:
        """Open a stream."""
        named = {} if last_id is None else {"Last-Event-ID": str(last_id)}
        return Reader(self.port, query, {**named, **(headers or {})})


class Heard(NamedTuple):
    """One event, as a browser would pass it on."""

    id: int | None
    """The last id that the stream has named."""
    kind: str
    data: dict[str, Any]


class Reader:
    """Reads a stream by the rules of server-sent events."""

    def __init__(self, port: int, query: str, headers: Mapping[str, str]) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_LIMIT_S)
        self._connection.request("GET", f"/api/v1/events{query}", headers=dict(headers))
        self.answer = self._connection.getresponse()
        self.last_id: int | None = None
        self.comments: list[str] = []
        self.opening: Heard | None = None
        if self.answer.status == 200:
            # Once the opening is there, the server listens for this reader.
            self.opening = self._block()

    def _block(self) -> Heard | None:
        """Read up to the next empty line; ``None`` when it was no event."""
        kind, data = "message", ""
        while True:
            line = self.answer.readline().decode()
            if not line:
                raise EOFError
            name, _, text = line.rstrip("\n").partition(": ")
            if not name:
                self.comments.append(text)
            if line == "\n":
                return Heard(self.last_id, kind, json.loads(data)) if data else None
            if name == "id":
                self.last_id = int(text)
            if name == "event":
                kind = text
            if name == "data":
                data += text

    def next(self) -> Heard:
        """Wait for the next event."""
        while True:
            heard = self._block()
            if heard is not None:
                return heard

    def take(self, count: int) -> list[Heard]:
        """Wait for so many events."""
        return [self.next() for _ in range(count)]

    def rest(self) -> list[Heard]:
        """Return everything up to the end of the stream."""
        heard = []
        while True:
            try:
                heard.append(self.next())
            except EOFError:
                return heard

    def close(self) -> None:
        """Leave."""
        self.answer.close()
        self._connection.close()
