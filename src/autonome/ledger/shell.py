"""psql for the user, on one arena."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from autonome.ledger.arenas import check_arena, transaction
from autonome.ledger.client_programs import environment_of, programs_for
from autonome.ledger.connection import arena_conninfo

__all__ = ["open_shell"]


def open_shell(url: str, *, arena: str, binaries_folder: Path | None = None) -> int:
    """Run psql with ``arena`` on the search path, in UTC, and return its exit status.

    Raises:
        SettingError: psql is not to be found, or ``arena`` may not name an arena.
        LedgerError: the server cannot be used.
    """
    with transaction(url, check_arena(arena)) as connection:
        version = connection.dialect.server_version_info
    major = int(version[0]) if version else 0
    psql = programs_for(folder=binaries_folder, server_major=major).tool("psql")
    environment = {**os.environ, "PGTZ": "UTC", **environment_of(arena_conninfo(url, arena))}
    process = subprocess.Popen([str(psql)], env=environment)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            """Ctrl-C is for psql, which cancels its query; only psql's own end ends this."""
