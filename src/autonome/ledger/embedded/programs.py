"""Start PostgreSQL's programs: in which folder, as whom, with what environment, dying with us."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from autonome.ledger.embedded.account import Account

__all__ = ["DATA", "Outcome", "run", "start"]

_PR_SET_PDEATHSIG = 1
_KEPT_VARIABLES = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR")


DATA: Final = "{data}"
"""Stands for the data directory among the arguments of a program that runs in it."""


class Outcome(NamedTuple):
    """How a program ended."""

    code: int
    """Its exit code; negative when a signal ended it."""
    complaint: str
    """What it wrote to its standard error."""


def start(
    command: Sequence[str | Path],
    *,
    folder: Path,
    account: Account | None,
    end_with: signal.Signals,
    stdin: int = subprocess.DEVNULL,
    stdout: int | None = None,
    stderr: int | None = None,
) -> subprocess.Popen[bytes]:
    """Start a program in ``folder``; the kernel sends it ``end_with`` when this process dies."""
    inherited = os.open(folder, os.O_RDONLY)
    # The borrowed user may not be allowed to walk down to the data (home may lie in /root). It
    # need not: the folder is opened as root, and this name leads straight to it. The working
    # directory would not do, since initdb 15 leaves it.
    borrowed = account is not None and sys.platform == "linux"
    data = f"/proc/self/fd/{inherited}" if borrowed else str(folder)
    try:
        return subprocess.Popen(
            [data if part == DATA else part for part in command],
            cwd=folder,
            env=_environment(),
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            pass_fds=[inherited] if borrowed else [],
            preexec_fn=_death_wish(end_with),
        )
    finally:
        os.close(inherited)


def run(
    command: Sequence[str | Path],
    *,
    folder: Path,
    account: Account | None,
    limit_ms: int,
    text: str = "",
) -> Outcome:
    """Run a program to its end with ``text`` as its input.

    Raises:
        subprocess.TimeoutExpired: it took longer than ``limit_ms``, and was killed.
    """
    reader, writer = os.pipe()
    try:
        if account:
            # The program may open its input by name (/dev/stdin), which the kernel checks.
            os.fchown(reader, account.uid, account.gid)
        process = start(
            command,
            folder=folder,
            account=account,
            end_with=signal.SIGKILL,
            stdin=reader,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
    finally:
        os.close(reader)
        with os.fdopen(writer, "wb") as pipe:
            pipe.write(text.encode())
    try:
        _, complaint = process.communicate(timeout=limit_ms / 1000)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise
    return Outcome(process.returncode, complaint.decode(errors="replace"))


def _environment() -> dict[str, str]:
    # The caller's PG... variables would change what the programs do, and its secrets are not
    # theirs to know. Messages stay English, because they are searched for known failures.
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    return {**kept, "LC_ALL": "C"}


def _death_wish(end_with: signal.Signals) -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    parent = os.getpid()
    # Loaded before the fork: between fork and exec as little as possible may happen.
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def ask_kernel() -> None:
        prctl(_PR_SET_PDEATHSIG, int(end_with), 0, 0, 0)
        # The parent may have died before the kernel was asked.
        if os.getppid() != parent:
            os._exit(1)

    return ask_kernel
