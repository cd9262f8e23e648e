"""Clean up after a server that died: wait for its processes, then remove its stale pid file."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path

import psutil

from autonome.domain.errors import ServerFailed
from autonome.ledger.embedded.waiting import wait_until

__all__ = ["clear_leftovers", "processes_in"]

_SHUTDOWN_LIMIT_MS = 60_000
_ORPHANS_LIMIT_MS = 3_000
_QUIT_LIMIT_MS = 10_000
_LOOK_EVERY_MS = 20


def processes_in(data: Path) -> list[int]:
    """Return the pids of PostgreSQL's processes that live in the data directory."""
    # The working directory tells, not the pid file: a pid may belong to anybody by now, and the
    # postmaster's children may outlive it. A zombie has no working directory any more.
    place = os.path.realpath(data)
    return [
        process.pid
        for process in psutil.process_iter(["name", "cwd"])
        if process.info["cwd"] == place and process.info["name"] == "postgres"
    ]


def clear_leftovers(data: Path) -> None:
    """Wait until no process of an earlier server lives, stopping it if need be; then forget it.

    Call this only while holding ``keeper.lock``: then nobody is in charge of those processes.

    Raises:
        ServerFailed: some process does not end.
    """
    pid_file = data / "postmaster.pid"
    if not pid_file.exists():
        return
    # A postmaster is asked to close its sessions and save; one that was told so already (by the
    # kernel, when its keeper died) does not mind. Children without one end by themselves, unless
    # they are busy. Who does not end is told to drop everything: the write-ahead log has it all.
    postmaster = _postmaster_among(processes_in(data), pid_file)
    _signal(postmaster, signal.SIGINT)
    if not _all_gone(data, limit_ms=_SHUTDOWN_LIMIT_MS if postmaster else _ORPHANS_LIMIT_MS):
        _signal(processes_in(data), signal.SIGQUIT)
        if not _all_gone(data, limit_ms=_QUIT_LIMIT_MS):
            raise ServerFailed(
                f"expected the processes of an earlier server in {str(data)!r} to end, "
                f"but these live on: {processes_in(data)}",
                remedy="End them (kill -QUIT, then kill -KILL), and try again.",
            )
    pid_file.unlink(missing_ok=True)


def _postmaster_among(pids: list[int], pid_file: Path) -> list[int]:
    try:
        first = pid_file.read_text(encoding="ascii", errors="replace").split("\n", 1)[0]
    except FileNotFoundError:
        return []
    return [pid for pid in pids if str(pid) == first.strip()]


def _all_gone(data: Path, *, limit_ms: int) -> bool:
    return wait_until(lambda: not processes_in(data), limit_ms=limit_ms, every_ms=_LOOK_EVERY_MS)


def _signal(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
