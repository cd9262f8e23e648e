"""Use the embedded server: hold on to it, and start its keeper when there is none."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from autonome.domain.errors import LedgerUnavailable, ServerFailed
from autonome.ledger.embedded.binaries import Binaries
from autonome.ledger.embedded.files import Folder, open_private, write_error
from autonome.ledger.embedded.locks import FileLock, held
from autonome.ledger.embedded.state import State, read_state, write_state
from autonome.ledger.embedded.waiting import pause

__all__ = ["EmbeddedServer", "attach"]

_STOP_LIMIT_MS = 90_000
"""How long to wait for a server that is being stopped; longer than its keeper's own limits."""
_START_LIMIT_MS = 660_000
"""How long to wait for a keeper; longer than its own limits."""
_SPAWN_LIMIT_MS = 15_000
_CONNECT_LIMIT_MS = 5_000
_SPAWNS_MAX = 5
_LOOK_EVERY_MS = 10
_PLAIN = "?hostaddr=127.0.0.1&sslmode=disable&gssencmode=disable"
"""What libpq's variables (PGSSLMODE and so on) may say of other servers is not meant for ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedServer:
    """One use of the server of one home; the server runs as long as there is a use of it."""

    url: str
    """``postgresql://autonome:<password>@127.0.0.1:<port>/autonome?...``: a secret."""
    binaries: Binaries
    """The server's programs; ``psql`` and the like are there too."""
    use: FileLock
    """The shared lock that makes this a use."""

    def __repr__(self) -> str:
        """Tell which server this is, without its password."""
        return f"EmbeddedServer({str(self.use.path.parent)!r})"

    def close(self) -> None:
        """End this use; the server stops soon after its last use has ended."""
        self.use.close()

    def __enter__(self) -> Self:
        """Return the use itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the use."""
        self.close()


def attach(
    home: Path, *, bin_folder: Path | None = None, port: int = 0, min_free_mb: int = 256
) -> EmbeddedServer:
    """Return a use of the server of ``home``, starting it first if it does not run.

    The use ends with ``close``, or with this process. The other arguments only matter to a server
    that must be started: a running one is taken as it is.

    Raises:
        LedgerError: the server cannot be used; the subclass tells why.
        SettingError: no PostgreSQL was found.
    """
    folder = Folder.prepare(home)
    command = _keeper_command(folder, bin_folder, port, min_free_mb)
    use = _begin_use(folder)
    try:
        state = _ready_state(folder, command)
        password = folder.password.read_text(encoding="utf-8").strip()
    except OSError as error:
        use.close()
        raise write_error(home, error) from error
    except BaseException:
        use.close()
        raise
    return EmbeddedServer(
        url=f"postgresql://autonome:{password}@127.0.0.1:{state.port}/autonome{_PLAIN}",
        binaries=Binaries(bin=Path(state.bin), version=state.version),
        use=use,
    )


def _begin_use(folder: Folder) -> FileLock:
    use = FileLock(folder.users_lock)
    if use.take(shared=True, limit_ms=_STOP_LIMIT_MS):
        return use
    use.close()
    raise LedgerUnavailable(
        f"expected the server in {str(folder.path)!r} to have stopped, but it still stops",
        remedy="Wait a minute and try again.",
    )


def _keeper_command(
    folder: Folder, bin_folder: Path | None, port: int, min_free_mb: int
) -> list[str]:
    request = {
        "folder": str(folder.path),
        "bin_folder": str(bin_folder.absolute()) if bin_folder is not None else None,
        "port": port,
        "min_free_mb": min_free_mb,
    }
    # -P: what lies in the working directory must not pass for one of the keeper's modules.
    return [sys.executable, "-P", "-m", "autonome.ledger.embedded.keeper", json.dumps(request)]


def _ready_state(folder: Folder, command: list[str]) -> State:
    """Wait for a keeper's server, starting a keeper whenever there is none."""
    end_ns = time.monotonic_ns() + _START_LIMIT_MS * 1_000_000
    spawned = 0
    waited = False
    while time.monotonic_ns() < end_ns:
        # Under this lock a keeper comes to life and the old state is wiped at one stroke: so what
        # is read here while a keeper lives was written by that keeper.
        with (
            held(folder.start_lock, limit_ms=_SPAWN_LIMIT_MS),
            closing(FileLock(folder.keeper_lock)) as lock,
        ):
            keeper_lives = not lock.take()
            state = read_state(folder.state)
            if not keeper_lives:
                if waited and state.phase == "failed":
                    raise state.error()
                if spawned == _SPAWNS_MAX:
                    break
                _spawn(folder, command, lock, last_port=state.port)
                spawned += 1
        if keeper_lives and state.phase == "ready" and _accepts(state.port):
            return state
        waited = True
        pause(_LOOK_EVERY_MS)
    raise ServerFailed(
        f"expected a server in {str(folder.path)!r}, but its keeper "
        + (f"ended {spawned} times without a word" if spawned else "does not get ready"),
        remedy=f"Look for the reason in {str(folder.log)!r}.",
    )


def _accepts(port: int) -> bool:
    """Return whether the server takes connections: it may have died since its keeper looked."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=_CONNECT_LIMIT_MS / 1000).close()
    except OSError:
        return False
    return True


def _spawn(folder: Folder, command: list[str], lock: FileLock, *, last_port: int) -> None:
    """Start a keeper that inherits the lock; it lives on when this process ends."""
    write_state(folder.state, State(phase="starting", port=last_port))
    log = open_private(folder.log, os.O_WRONLY | os.O_APPEND)
    try:
        starter = subprocess.Popen(
            command,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=[lock.fd],
            start_new_session=True,
        )
    finally:
        os.close(log)
    try:
        code = starter.wait(_SPAWN_LIMIT_MS / 1000)
    except subprocess.TimeoutExpired:
        starter.kill()
        code = starter.wait()
    if code != 0:
        raise ServerFailed(
            f"expected the server's keeper to start, but it ended with code {code}",
            remedy=f"Look for the reason in {str(folder.log)!r}.",
        )
