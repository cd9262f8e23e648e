"""The keeper: a small process that owns one server while anybody uses it.

It is started by ``attachment`` and inherits the lock on ``keeper.lock``, so there is never a second
one. If it is killed, the kernel stops its server too.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import time
import traceback
from collections import deque
from dataclasses import dataclass
from pathlib import Path

from autonome.domain.errors import AutonomeError, DiskFull, ServerFailed
from autonome.ledger.embedded.account import account_for
from autonome.ledger.embedded.binaries import Binaries, locate
from autonome.ledger.embedded.cluster import Cluster, data_major
from autonome.ledger.embedded.files import Folder
from autonome.ledger.embedded.leftovers import clear_leftovers
from autonome.ledger.embedded.locks import FileLock
from autonome.ledger.embedded.log import Log
from autonome.ledger.embedded.placement import place, places
from autonome.ledger.embedded.server import Server, start_server
from autonome.ledger.embedded.state import State, read_state, state_of_failure, write_state
from autonome.ledger.embedded.waiting import pause

__all__ = ["Request", "keep", "main"]

_LOOK_EVERY_MS = 100
_DEATHS_MAX = 5
_DEATHS_WINDOW_MS = 10_000
_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the first user asked for."""

    folder: str
    """``home/postgres``."""
    bin_folder: str | None
    """The user's own folder of programs, if one is set."""
    port: int
    """The port to use; 0 for any."""
    min_free_mb: int
    """Free space (MiB) below which no server is started."""


def main(argument: str) -> None:
    """Leave the caller's process tree and keep the server that ``argument`` (JSON) asks for."""
    # The caller waits for the first process only; nobody has to wait for the second one.
    if os.fork() > 0:
        os._exit(0)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _leave)
    request = Request(**json.loads(argument))
    folder = Folder(path=Path(request.folder))
    try:
        keep(folder, request)
    except AutonomeError as error:
        _tell_failure(folder, error)
    except Exception as error:
        traceback.print_exc()
        problem = f"the embedded server's keeper failed: {type(error).__name__}: {error}"
        _tell_failure(folder, ServerFailed(problem, remedy=f"See {str(folder.log)!r}."))


def keep(folder: Folder, request: Request) -> None:
    """Run the server until nobody uses it.

    Raises:
        AutonomeError: it cannot be started, or dies again and again.
    """
    users = FileLock(folder.users_lock)
    log = Log(path=folder.log)
    log.trim()
    cluster, binaries = _prepare(folder, request)
    port, last_port = request.port, read_state(folder.state).port
    deaths: deque[int] = deque(maxlen=_DEATHS_MAX)
    while True:
        server = start_server(cluster, log, port=port, last_port=last_port)
        # A server that comes back after a crash must be where its users look for it.
        port = server.port
        try:
            if server.alive():
                write_state(folder.state, _ready(server, binaries))
            unused = _watch(server, users, log)
        finally:
            if server.alive():
                server.stop()
        if unused:
            write_state(folder.state, State(port=port))
            return
        write_state(folder.state, State(phase="starting", port=port))
        _count_death(deaths, folder)
        clear_leftovers(folder.data)


def _prepare(folder: Folder, request: Request) -> tuple[Cluster, Binaries]:
    """Bring the data directory into a state from which the server can start."""
    major = data_major(folder)
    account = account_for(folder.data)
    bin_folder = Path(request.bin_folder) if request.bin_folder is not None else None
    binaries = locate(bin_folder=bin_folder, data_major=major)
    cluster = Cluster(
        folder=folder,
        programs=place(binaries, account, among=places()),
        major=binaries.version[0],
        account=account,
    )
    cluster.remove_drafts()
    clear_leftovers(folder.data)
    _check_room(folder, request.min_free_mb)
    if major is None:
        cluster.make()
    elif not folder.password.exists():
        cluster.renew_password()
    return cluster, binaries


def _check_room(folder: Folder, min_free_mb: int) -> None:
    free_mb = shutil.disk_usage(folder.path).free // _MIB
    if free_mb < min_free_mb:
        raise DiskFull(
            f"expected at least {min_free_mb} MiB free on the disk of {str(folder.path)!r}, "
            f"found {free_mb} MiB",
            remedy="Free some space there, set AUTONOME_HOME to a folder on another disk, "
            "or lower AUTONOME_POSTGRES_MIN_FREE_MB.",
        )


def _ready(server: Server, binaries: Binaries) -> State:
    return State(
        phase="ready",
        port=server.port,
        keeper_pid=os.getpid(),
        server_pid=server.process.pid,
        bin=str(binaries.bin),
        version=binaries.version,
    )


def _watch(server: Server, users: FileLock, log: Log) -> bool:
    """Wait until nobody uses the server (True; newcomers must wait then) or it died (False)."""
    while server.alive():
        if users.take():
            return True
        log.trim()
        pause(_LOOK_EVERY_MS)
    return False


def _count_death(deaths: deque[int], folder: Folder) -> None:
    now_ms = time.monotonic_ns() // 1_000_000
    deaths.append(now_ms)
    if len(deaths) == _DEATHS_MAX and now_ms - deaths[0] < _DEATHS_WINDOW_MS:
        raise ServerFailed(
            f"expected the server to stay up, but it died {_DEATHS_MAX} times "
            f"within {_DEATHS_WINDOW_MS // 1000} s",
            remedy=f"Look for the reason in {str(folder.log)!r} and in the system's log "
            "(was it killed for want of memory?).",
        )


def _tell_failure(folder: Folder, error: AutonomeError) -> None:
    write_state(folder.state, state_of_failure(error, port=read_state(folder.state).port))


def _leave(number: int, _frame: object) -> None:
    # Only the first signal counts: a second one must not disturb the stopping of the server.
    for other in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(other, signal.SIG_IGN)
    raise SystemExit(128 + number)


if __name__ == "__main__":
    main(sys.argv[1])
