"""Real processes around one home: those that use its server, its keeper, and its server."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg

from autonome.ledger.embedded.leftovers import processes_in

PATIENCE_S = 30
_USER = """
import json, sys
from pathlib import Path
from autonome.ledger.embedded import attach

with attach(Path(sys.argv[1])) as server:
    print(json.dumps(server.url), flush=True)
    sys.stdin.read()
"""


class User:
    """A process that uses the server of a home until it is told to leave."""

    def __init__(self, home: Path) -> None:
        """Start it; it attaches meanwhile."""
        self.process = subprocess.Popen(
            [sys.executable, "-c", _USER, str(home)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def url(self) -> str:
        """Wait until it has attached, and return the URL that it was given."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.process.communicate()[1]
        return str(json.loads(line))

    def leave(self) -> None:
        """End it the normal way."""
        self.process.communicate("", timeout=PATIENCE_S)
        assert self.process.returncode == 0

    def kill(self) -> None:
        """End it by SIGKILL; it may have ended already."""
        self.process.kill()
        self.process.communicate(timeout=PATIENCE_S)


def keepers_of(home: Path) -> list[int]:
    """Return the pids of the keepers of this home."""
    marker = json.dumps(str(home.resolve() / "postgres"))
    return [
        process.pid
        for process in psutil.process_iter(["cmdline", "status"])
        if process.info["status"] != psutil.STATUS_ZOMBIE
        and "autonome.ledger.embedded.keeper" in (process.info["cmdline"] or [])
        and marker in process.info["cmdline"][-1]
    ]


def data_of(home: Path) -> Path:
    """Return the data directory."""
    return home / "postgres" / "data"


def postmaster_of(home: Path) -> int:
    """Return the pid of the running server."""
    pid = int((data_of(home) / "postmaster.pid").read_text().split("\n", 1)[0])
    assert pid in processes_in(data_of(home))
    return pid


def kill_all(pids: list[int]) -> None:
    """End processes by SIGKILL, all before any is waited for; some may have ended already."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    assert eventually(lambda: not any(lives(pid) for pid in pids))


def lives(pid: int) -> bool:
    """Return whether the process runs; a zombie does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def eventually(condition: Callable[[], bool]) -> bool:
    """Return whether the condition comes true within ``PATIENCE_S``."""
    end = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def all_gone(home: Path) -> bool:
    """Return whether neither a keeper nor a process of the server is left."""
    return not keepers_of(home) and not processes_in(data_of(home))


def answers(url: str) -> bool:
    """Return whether the server answers a query."""
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            return connection.execute("SELECT 1").fetchone() == (1,)
    except psycopg.OperationalError:
        return False


def write_row(url: str, number: int) -> None:
    """Commit one row."""
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (number int PRIMARY KEY)")
        connection.execute("INSERT INTO kept VALUES (%s)", [number])


def rows(url: str) -> list[int]:
    """Return the numbers of all rows committed so far, in order."""
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT number FROM kept ORDER BY number").fetchall()
    return [number for (number,) in found]
