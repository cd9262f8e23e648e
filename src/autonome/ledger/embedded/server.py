"""Run the postmaster: start it, wait until it answers, stop it."""

from __future__ import annotations

import signal
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

from autonome.domain.errors import PortTaken, ServerFailed
from autonome.ledger.embedded import programs
from autonome.ledger.embedded.cluster import Cluster
from autonome.ledger.embedded.log import Log, error_from
from autonome.ledger.embedded.waiting import wait_until

__all__ = ["Server", "start_server"]

_HOST = "127.0.0.1"
_START_LIMIT_MS = 600_000
"""Long, because the start after a crash replays the write-ahead log."""
_FAST_LIMIT_MS = 60_000
_QUIT_LIMIT_MS = 10_000
_KILL_LIMIT_MS = 5_000
_PORT_TRIES = 5
_STATUS_LINE = 7
_SETTINGS = {
    "listen_addresses": _HOST,
    "unix_socket_directories": "",
    "cluster_name": "autonome",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "off",
    "log_destination": "stderr",
    "log_checkpoints": "off",
    # Nobody replicates or archives this server.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    # Large loads (COPY, then indexes) want rare checkpoints and room to sort.
    "max_wal_size": "2GB",
    "maintenance_work_mem": "256MB",
    # Killed servers would leave segments in /dev/shm, which is small in containers.
    "dynamic_shared_memory_type": "mmap",
    # Our queries are short: compiling them costs more than it saves.
    "jit": "off",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A postmaster that is our own child."""

    process: subprocess.Popen[bytes]
    """The postmaster."""
    port: int
    """Where it listens on 127.0.0.1."""

    def alive(self) -> bool:
        """Return whether the postmaster still runs."""
        return self.process.poll() is None

    def stop(self) -> None:
        """Stop it: closing sessions and saving; if that takes too long, the hard way.

        Raises:
            ServerFailed: not even SIGKILL ended it.
        """
        for number, limit_ms in (
            (signal.SIGINT, _FAST_LIMIT_MS),
            (signal.SIGQUIT, _QUIT_LIMIT_MS),
            (signal.SIGKILL, _KILL_LIMIT_MS),
        ):
            self.process.send_signal(number)
            if wait_until(lambda: not self.alive(), limit_ms=limit_ms):
                return
        raise ServerFailed(
            f"expected process {self.process.pid} to end when killed, but it lives on",
            remedy="Restart the machine: the process hangs in the kernel.",
        )


def start_server(cluster: Cluster, log: Log, *, port: int, last_port: int) -> Server:
    """Start the postmaster and wait until it answers, or was killed (see ``Server.alive``).

    ``port`` is the one to use; with 0, ``last_port`` when it is free, else any.

    Raises:
        PortTaken: another program listens on ``port``.
        DiskFull: the disk has no room left.
        ServerFailed: the postmaster ended, or does not answer in time.
    """
    if port:
        return _start_on(cluster, log, port)
    for _ in range(_PORT_TRIES - 1):
        try:
            return _start_on(cluster, log, _free_port(last_port))
        except PortTaken:
            # Another program took the port between our look and the server's.
            last_port = 0
    return _start_on(cluster, log, _free_port(0))


def _start_on(cluster: Cluster, log: Log, port: int) -> Server:
    mark = log.size()
    data = cluster.folder.data
    settings = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
    process = programs.start(
        [
            cluster.programs / "postgres",
            "-D",
            programs.DATA,
            "-p",
            str(port),
            *settings,
        ],
        folder=data,
        account=cluster.account,
        end_with=signal.SIGINT,
    )
    server = Server(process=process, port=port)
    settled = False
    try:
        settled = wait_until(
            lambda: not server.alive() or _answers(data, process.pid), limit_ms=_START_LIMIT_MS
        )
    finally:
        if not settled and server.alive():
            server.stop()
    # A negative code tells of a kill: not the server's fault, so the caller may start it again.
    if not settled or (process.returncode or 0) > 0:
        raise error_from(log.since(mark), doing=f"starting the server in {str(data)!r}", port=port)
    return server


def _answers(data: Path, pid: int) -> bool:
    """Return whether the postmaster itself wrote that it is ready."""
    try:
        lines = (data / "postmaster.pid").read_text(encoding="ascii", errors="replace").split("\n")
    except FileNotFoundError:
        return False
    return (
        len(lines) > _STATUS_LINE
        and lines[0].strip() == str(pid)
        and lines[_STATUS_LINE].strip() == "ready"
    )


def _free_port(wanted: int) -> int:
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((_HOST, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise ServerFailed(
        f"expected a free port on {_HOST}, but the system has none",
        remedy="End programs that hold many connections open, and try again.",
    )
