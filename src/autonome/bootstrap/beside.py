"""The web beside an arena that runs: a process of its own, begun again when it dies.

It inherits the socket, which stays open here: nobody else can take the port meanwhile, and who
calls while it begins again is answered later. It ends when the pipe from here ends.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from autonome.bootstrap.serving import DEFAULT_HOST, address_of, bound

__all__ = ["served_beside"]

_WAITS_S: Final = (1, 2, 5, 10, 30)
"""Before each new beginning; the last one again and again."""
_END_LIMIT_S: Final = 5


@contextmanager
def served_beside(arena: str, *, port: int, warned: Callable[[str], None]) -> Iterator[str]:
    """Serve the web beside what the block does; yield the address. ``warned`` hears of deaths.

    Raises:
        PortTaken: another program listens on ``port``.
        SettingError: the port cannot be used.
    """
    with bound(DEFAULT_HOST, port) as listening:
        beside = _Beside(arena, listening, warned)
        beside.begin()
        watch = threading.Thread(target=beside.watch, name="web", daemon=True)
        watch.start()
        try:
            yield address_of(listening)
        finally:
            beside.end()
            watch.join(_END_LIMIT_S)


class _Beside:
    def __init__(self, arena: str, listening: socket.socket, warned: Callable[[str], None]) -> None:
        self._arena = arena
        self._listening = listening
        self._warned = warned
        self._ending = threading.Event()
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def begin(self) -> None:
        """Start the process, unless the end has come."""
        number = self._listening.fileno()
        command = [sys.executable, "-m", "autonome", "serve", "--arena", self._arena]
        with self._turn:
            if self._ending.is_set():
                return
            self._process = subprocess.Popen(
                [*command, "--beside", str(number)],
                stdin=subprocess.PIPE,
                pass_fds=[number],
                # Ctrl-C is for the arena: its end is this one's end too.
                start_new_session=True,
                env=os.environ,
            )

    def watch(self) -> None:
        """Begin again whenever the process dies."""
        deaths = 0
        while not self._ending.is_set():
            assert self._process is not None
            status = self._process.wait()
            wait_s = _WAITS_S[min(deaths, len(_WAITS_S) - 1)]
            deaths += 1
            if self._ending.is_set():
                return
            self._warned(
                f"The web's process ended (status {status}); the arena goes on."
                f" Beginning it again in {wait_s} s."
            )
            if self._ending.wait(wait_s):
                return
            self.begin()

    def end(self) -> None:
        """Let the process end, and make sure that it does."""
        with self._turn:
            self._ending.set()
            process = self._process
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        process.terminate()
        try:
            process.wait(_END_LIMIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(_END_LIMIT_S)
