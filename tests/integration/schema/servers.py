"""A server of the system's PostgreSQL for the length of a block, started without our own code."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

__all__ = ["oldest_system_server", "system_server"]

_SYSTEM_SERVERS = Path("/usr/lib/postgresql")
_STEP_LIMIT_S = 60
_POLL_S = 0.05


def oldest_system_server() -> Path | None:
    """Return the folder of the oldest programs that the system has, ``None`` without any."""
    installed = [path for path in _SYSTEM_SERVERS.glob("*/bin") if path.parent.name.isdecimal()]
    return min(installed, key=lambda path: int(path.parent.name), default=None)


@contextmanager
def system_server(programs: Path) -> Iterator[str]:
    """Run a new server on a free loopback port, lend its URL, and leave nothing of it behind."""
    # PostgreSQL refuses to run as root.
    user = "nobody" if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="system-server-"))
    if user is not None:
        shutil.chown(folder, user)
    password = secrets.token_hex(16)
    try:
        (folder / "password").write_text(password, encoding="utf-8")
        subprocess.run(
            [programs / "initdb", f"--pgdata={folder}/data", "--username=postgres", "--no-sync",
             "--auth=scram-sha-256", f"--pwfile={folder}/password", "--encoding=UTF8",
             "--locale=C"],
            user=user, cwd="/", check=True, capture_output=True,
            timeout=_STEP_LIMIT_S,
        )  # fmt: skip
        with _running(programs, folder, user) as port:
            url = f"postgresql://postgres:{password}@127.0.0.1:{port}/postgres"
            _wait_until_ready(url)
            yield url
    finally:
        shutil.rmtree(folder)


@contextmanager
def _running(programs: Path, folder: Path, user: str | None) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    settings = ["fsync=off", "listen_addresses=127.0.0.1", f"unix_socket_directories={folder}"]
    arguments = [part for setting in settings for part in ("-c", setting)]
    command = [f"{programs}/postgres", "-D", f"{folder}/data", "-p", str(port), *arguments]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, user=user, cwd="/", stdout=log, stderr=log)
    try:
        yield port
    finally:
        # SIGINT asks PostgreSQL for a fast shutdown: it ends every session, then itself.
        server.send_signal(signal.SIGINT)
        server.wait(_STEP_LIMIT_S)


def _wait_until_ready(url: str) -> None:
    end = time.monotonic() + _STEP_LIMIT_S
    while True:
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            if time.monotonic() > end:
                raise
            time.sleep(_POLL_S)
        else:
            return
