"""A thousand open event streams: how long an event takes from its writer to its readers.

Each process is one of its own: the arena that writes, the server, and the readers on raw sockets;
the delay is from before the event is written until the bytes of it have come to a reader.
"""

from __future__ import annotations

import asyncio
import re
import resource
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from statistics import quantiles

from autonome.ledger.arenas import transaction
from autonome.ledger.connection import connect
from autonome.ledger.embedded import attach
from autonome.ledger.journal.postgres import PostgresJournal
from autonome.ledger.migrate import upgrade
from autonome.ledger.rows import EventKind, NewEvent
from bench.figures import report

__all__ = ["read", "run", "serve"]

_ARENA = "public"
_STREAMS = 1_000
_SECONDS = 20
_WARM_UP = 3
"""Seconds that do not count: the first event finds everything cold."""
_STARTS_WITHIN_S = 60
_SENT = re.compile(rb'"sentNs": (\d+)')
_AT_ONCE = 50
"""Connections that are opened together."""


def run(folder: Path) -> None:
    """Open the streams, write an event a second, and report the delays of all of them."""
    with attach(folder) as server:
        with transaction(server.url, _ARENA) as connection:
            upgrade(connection, _ARENA)
        with _process("serve", server.url) as serving:
            port = _said(serving)
            with _process("read", port) as reading:
                _said(reading)
                _write(server.url)
                _print(reading.communicate()[0])
            serving.communicate()


def _process(function: str, argument: str) -> subprocess.Popen[str]:
    program = f"from bench.streams import {function}; {function}({argument!r})"
    pipe = subprocess.PIPE
    return subprocess.Popen([sys.executable, "-c", program], stdin=pipe, stdout=pipe, text=True)


def _said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline().strip()
    if not line:
        sys.exit("expected a process that starts, found that it ended")
    return line


def _write(url: str) -> None:
    with connect(url, arena=_ARENA, autocommit=True) as connection:
        journal = PostgresJournal(connection, tells=True)
        begin = time.monotonic()
        for number in range(_WARM_UP + _SECONDS):
            time.sleep(max(0.0, begin + number - time.monotonic()))
            payload = {"sentNs": time.time_ns(), "change": "COMMAND", "reason": "a measurement"}
            event = NewEvent(at=datetime.now(UTC), kind=EventKind.ARENA, payload=payload)
            journal.tell([event])


def serve(url: str) -> None:
    """Serve the streams until nobody listens to this process any more."""
    import uvicorn

    from autonome.web.app import create_app
    from autonome.web.events.ending import EndingServer
    from autonome.web.settings import WebSettings

    app = create_app(WebSettings(arena=_ARENA), url)
    listener = socket.create_server(("127.0.0.1", 0), backlog=_STREAMS)
    config = uvicorn.Config(app, log_level="warning", access_log=False)
    server = EndingServer(config, app)

    async def until_left() -> None:
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        print(listener.getsockname()[1], flush=True)
        await asyncio.to_thread(sys.stdin.read)
        server.should_exit = True
        await serving

    asyncio.run(until_left())
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = used.ru_utime + used.ru_stime
    print(f"  server: {seconds:.1f} s of CPU, {used.ru_maxrss / 1_024:.0f} MiB", file=sys.stderr)


class _Reader(asyncio.Protocol):
    """One stream on a raw socket."""

    def __init__(self) -> None:
        self.delays_ms: list[float] = []
        self.opened = asyncio.get_running_loop().create_future()
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(b"GET /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")

    def data_received(self, data: bytes) -> None:
        if not self.opened.done() and b"retry:" in data:
            self.opened.set_result(None)
        now = time.time_ns()
        self.delays_ms += [(now - int(sent)) / 1e6 for sent in _SENT.findall(data)]
        if len(self.delays_ms) == _WARM_UP + _SECONDS and not self.done.done():
            self.done.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(ConnectionError("a stream ended"))


def read(port: str) -> None:
    """Open the streams, and print the delay of every event in each of them."""
    asyncio.run(_read(int(port)))


async def _read(port: int) -> None:
    loop = asyncio.get_running_loop()
    readers: list[_Reader] = []
    async with asyncio.timeout(_STARTS_WITHIN_S):
        for _ in range(0, _STREAMS, _AT_ONCE):
            opening = [loop.create_connection(_Reader, "127.0.0.1", port) for _ in range(_AT_ONCE)]
            some = [protocol for _, protocol in await asyncio.gather(*opening)]
            await asyncio.gather(*(each.opened for each in some))
            readers += some
    print(len(readers), flush=True)
    async with asyncio.timeout(_STARTS_WITHIN_S + _SECONDS):
        await asyncio.gather(*(each.done for each in readers))
    for each in readers:
        print(*(f"{ms:.2f}" for ms in each.delays_ms[_WARM_UP:]))


def _print(said: str) -> None:
    streams = [[float(ms) for ms in line.split()] for line in said.splitlines()]
    if len(streams) != _STREAMS or any(len(each) != _SECONDS for each in streams):
        sys.exit(f"expected {_SECONDS} events in each of {_STREAMS} streams, found fewer")
    cuts = quantiles(chain.from_iterable(streams), n=100)
    report(f"event to {_STREAMS} streams, median", [cuts[49]], unit="ms")
    report(f"event to {_STREAMS} streams, p99", [cuts[98]], unit="ms", bound="bound 500")
    slowest = [max(chain.from_iterable(streams))]
    report("the slowest of all", slowest, unit="ms")
