"""What is open, asked 200 times a second: 100 arms with two positions each, written each second.

Server, readers and writer are processes of their own. A request counts from when it was due, so
that one that waits for others before it is late as well.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import numpy as np

from autonome.ledger.arenas import transaction
from autonome.ledger.connection import connect
from autonome.ledger.embedded import attach
from autonome.ledger.migrate import upgrade

__all__ = ["read", "run"]

_A_SECOND: Final = 200
_SECONDS: Final = 20
_WARM_UP: Final = 2
_CONNECTIONS: Final = 32
_PATHS: Final = (
    "positions?limit=500",
    "leaderboard",
    "nav?model=m1",
)
_FILLED: Final = """
    INSERT INTO "Models" (id, name, "openRouterModelName")
    SELECT 'm' || n, 'arm ' || n, 'bench' FROM generate_series(1, 100) n;
    INSERT INTO "Arms" ("modelId", kind, "startingCapital")
    SELECT 'm' || n, 'LLM', 10000 FROM generate_series(1, 100) n;
    INSERT INTO "Orders" (id, "modelId", symbol, side, quantity, leverage, "entryPrice", "exitPlan",
                          status, "openedAt", "slTriggerPrice")
    SELECT 'o' || n || s, 'm' || n, s, 'LONG', 0.2, 3, 100, '{"stop": 90, "target": 120}', 'OPEN',
           '2026-01-01'::timestamp + n * interval '1 minute', 90
    FROM generate_series(1, 100) n, unnest(ARRAY['BTC', 'ETH']) s;
    INSERT INTO "Fills" (id, "orderId", "modelId", symbol, "venueFillId", side, quantity, price,
                         fee, liquidity, "filledAt")
    SELECT o.id, o.id, o."modelId", o.symbol, o.id, 'BUY', 0.2, 100, 0.01, 'TAKER', o."openedAt"
    FROM "Orders" o;
    INSERT INTO "ArmStates" SELECT 'm' || n, '{"cashFlow": "9959.98"}', now()
    FROM generate_series(1, 100) n;
    INSERT INTO "Facts" VALUES ('run', now(), '{"instruments": {
        "BTC": {"tick": "0.1", "maintenanceRate": "0.01"},
        "ETH": {"tick": "0.01", "maintenanceRate": "0.01"}}}');
    INSERT INTO "Marks" SELECT s, '2026-01-01'::timestamp + n * interval '1 minute', 100 + n % 7
    FROM generate_series(1, 1440) n, unnest(ARRAY['BTC', 'ETH']) s;
    INSERT INTO "PortfolioSize" (id, "modelId", "netPortfolio", "createdAt")
    SELECT m || ':' || n, 'm' || m, 10000 + (n + m) % 97,
           '2026-01-01'::timestamp + n * interval '1 minute'
    FROM generate_series(1, 100) m, generate_series(1, 1440) n;
"""
_MARK: Final = """
    INSERT INTO "Marks" SELECT s, '2026-01-02'::timestamp + %s * interval '1 minute', 101
    FROM unnest(ARRAY['BTC', 'ETH']) s
"""


def run(folder: Path) -> None:
    """Fill an arena, serve it, and ask."""
    from autonome.ledger.rollups import fill_rollups

    with attach(folder) as server:
        with transaction(server.url) as connection:
            upgrade(connection, "public")
        with connect(server.url, autocommit=True) as raw:
            raw.execute(_FILLED.encode())
            fill_rollups(raw)
            raw.execute("VACUUM ANALYZE")
        with _serving(server.url) as port:
            for path in _PATHS:
                _ask(server.url, port, path)


@contextmanager
def _serving(url: str) -> Iterator[str]:
    """Yield the port of a server of its own process."""
    program = f"from bench.streams import serve; serve({url!r})"
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=pipe, stdout=pipe, text=True
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.communicate()


def _ask(url: str, port: str, path: str) -> None:
    """Ask for one path while an arena writes a mark each second."""
    program = f"from bench.positions import read; read({port!r}, {path!r})"
    done = threading.Event()
    writer = threading.Thread(target=_write, args=(url, done))
    writer.start()
    try:
        subprocess.run([sys.executable, "-c", program], check=True)
    finally:
        done.set()
        writer.join()


def _write(url: str, done: threading.Event) -> None:
    with connect(url, autocommit=True) as raw:
        (begun,) = raw.execute('SELECT count(*) FROM "Marks"').fetchone() or (0,)
        for number in range(10 * _SECONDS):
            raw.execute(_MARK.encode(), [begun + number])
            if done.wait(1.0):
                return


def read(port: str, path: str) -> None:
    """Ask ``_A_SECOND`` times a second, and print how long the answers took."""
    asyncio.run(_read(int(port), path))


async def _read(port: int, path: str) -> None:
    took: list[float] = []
    waiting: asyncio.Queue[float] = asyncio.Queue()
    begin = time.perf_counter() + 1.0
    for number in range(_A_SECOND * (_SECONDS + _WARM_UP)):
        waiting.put_nowait(begin + number / _A_SECOND)
    await asyncio.gather(*(_client(port, path, waiting, took) for _ in range(_CONNECTIONS)))
    counted = 1000 * np.array(took[_A_SECOND * _WARM_UP :])
    p50, p95, p99 = np.percentile(counted, [50, 95, 99])
    what = f"{path}, {_A_SECOND} a second"
    print(f"  {what:<40} p50 {p50:>6.1f}  p95 {p95:>6.1f}  p99 {p99:>6.1f} ms", flush=True)


async def _client(port: int, path: str, waiting: asyncio.Queue[float], took: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 22)
    request = f"GET /api/v1/{path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()
    while not waiting.empty():
        due = waiting.get_nowait()
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        if not head.startswith(b"http/1.1 200"):
            sys.exit(f"expected an answer, found {head!r}")
        await reader.readexactly(int(head.split(b"content-length: ")[1].split(b"\r\n")[0]))
        took.append(time.perf_counter() - due)
    writer.close()
