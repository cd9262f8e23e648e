"""The server's log: kept small, and read when the server fails."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from autonome.domain.errors import DiskFull, LedgerError, PortTaken, ServerFailed

__all__ = ["SIZE_LIMIT_BYTES", "Log", "error_from", "port_taken"]

SIZE_LIMIT_BYTES = 8 * 1024 * 1024
"""The log is moved aside (once, to ``server.log.1``) when it grows beyond this."""
_TAIL_LINES = 12
_TAIL_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """The one file that the keeper and the server append to."""

    path: Path
    """The file."""

    def size(self) -> int:
        """Return the number of bytes written so far: a mark to read from later."""
        # Somebody may have removed the file; the server does not mind, so neither does this.
        return self.path.stat().st_size if self.path.exists() else 0

    def since(self, mark: int) -> str:
        """Return what was written after ``mark``, its last 64 KiB at most."""
        if not self.path.exists():
            return ""
        with self.path.open("rb") as file:
            end = file.seek(0, os.SEEK_END)
            file.seek(max(mark, end - _TAIL_BYTES))
            return file.read().decode(errors="replace")

    def trim(self) -> None:
        """Move the log aside when it is too long."""
        # Copied and cut rather than renamed: the server keeps appending to the file it was given.
        if self.size() > SIZE_LIMIT_BYTES:
            shutil.copy2(self.path, self.path.with_name(f"{self.path.name}.1"))
            os.truncate(self.path, 0)


def error_from(written: str, *, doing: str, port: int = 0) -> LedgerError:
    """Return the error that the log lines ``written`` while ``doing`` something speak of."""
    for line in written.splitlines():
        if "No space left on device" in line and "shared memory" not in line:
            return DiskFull(
                f"expected room on the disk while {doing}, but PostgreSQL says: {line.strip()}",
                remedy="Free some space on that disk, or set AUTONOME_HOME to a folder on another.",
            )
        if "could not bind" in line and "Address already in use" in line:
            return port_taken(port)
    tail = "\n".join(written.splitlines()[-_TAIL_LINES:])
    return ServerFailed(
        f"expected success while {doing}, but PostgreSQL gave up; its log ends with:\n{tail}",
        remedy="Correct what the log complains about and try again; "
        "the data, if there is any, was left as it is.",
    )


def port_taken(port: int) -> PortTaken:
    """Return the error for a port on which another program listens."""
    return PortTaken(
        f"expected port {port} of 127.0.0.1 to be free, but another program listens on it",
        remedy="Stop that program, or set AUTONOME_POSTGRES_PORT to another port (0 picks one).",
    )
