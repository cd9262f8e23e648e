"""A web server over real HTTP on loopback, and a client that sends exactly what it is told."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any

import uvicorn
from fastapi import FastAPI

from autonome.web.app import create_app
from autonome.web.settings import WebSettings

__all__ = ["LIMIT_S", "Answer", "Client", "served"]

LIMIT_S = 30


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """Return the code of an error, whose shape is looked at too."""
        error = self.json["error"]
        assert set(error) == {"code", "message", "remedy", "field", "requestId"}
        assert error["message"]
        assert error["remedy"]
        return str(error["code"])


@dataclass(frozen=True)
class Client:
    """Sends requests to one server."""

    port: int
    app: FastAPI

    def ask(
        self, path: str, *, method: str = "GET", body: bytes | None = None, **headers: str
    ) -> Answer:
        """Send a request; a header's name has underscores for hyphens, ``host`` replaces Host."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=LIMIT_S)
        try:
            sent = {key.replace("_", "-"): value for key, value in headers.items()}
            connection.request(method, path, body=body, headers=sent)
            response = connection.getresponse()
            found = {key.lower(): value for key, value in response.getheaders()}
            return Answer(response.status, found, response.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Any:
        """Return the JSON of a path of the API that answers."""
        answer = self.ask(f"/api/v1{path}", **headers)
        assert answer.status == 200, answer.body
        return answer.json

    def items(self, path: str) -> list[Any]:
        return list(self.get(path)["items"])


@contextmanager
def served(url: str, settings: WebSettings | None = None) -> Iterator[Client]:
    """Serve a database until the block ends."""
    app = create_app(settings or WebSettings(), url)
    server = uvicorn.Server(
        uvicorn.Config(app, log_level="critical", access_log=False, ws="none", lifespan="on")
    )
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        started = threading.Event()

        async def serve() -> None:
            task = asyncio.ensure_future(server.serve(sockets=[listening]))
            while not (server.started or task.done()):
                await asyncio.sleep(0.01)
            started.set()
            await task

        thread = threading.Thread(target=lambda: asyncio.run(serve()))
        thread.start()
        try:
            assert started.wait(LIMIT_S)
            yield Client(listening.getsockname()[1], app)
        finally:
            server.should_exit = True
            thread.join(LIMIT_S)
            assert not thread.is_alive()
