"""Locks between processes, which the kernel releases when their holder dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from autonome.domain.errors import LedgerUnavailable
from autonome.ledger.embedded.files import open_private
from autonome.ledger.embedded.waiting import wait_until

__all__ = ["FileLock", "held"]


class FileLock:
    """One open lock file; the lock lives until the last process with this descriptor closes it."""

    __slots__ = ("fd", "path")

    def __init__(self, path: Path) -> None:
        """Open the file, without locking it."""
        self.path = path
        self.fd = open_private(path, os.O_RDWR)

    def take(self, *, shared: bool = False, limit_ms: int = 0) -> bool:
        """Try for ``limit_ms`` to lock the file; return whether it is locked now."""
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX

        def taken() -> bool:
            try:
                fcntl.flock(self.fd, kind | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True

        return wait_until(taken, limit_ms=limit_ms)

    def close(self) -> None:
        """Close this process's descriptor; closing twice is fine."""
        # Not unlocked: a child that shares the descriptor goes on holding the lock.
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1


@contextmanager
def held(path: Path, *, limit_ms: int) -> Iterator[None]:
    """Hold the file's lock alone while the block runs.

    Raises:
        LedgerUnavailable: another process kept it longer than ``limit_ms``.
    """
    lock = FileLock(path)
    try:
        if not lock.take(limit_ms=limit_ms):
            raise LedgerUnavailable(
                f"expected to lock {str(path)!r} within {limit_ms} ms, "
                "but another process holds it",
                remedy="Try again; if it lasts, end the process that holds that file open.",
            )
        yield
    finally:
        lock.close()
