"""Run PostgreSQL's client programs against a database URL, no secret on any command line."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from psycopg import conninfo, pq

from autonome.domain.errors import DataDirectoryMismatch, LedgerError, SettingError
from autonome.ledger.embedded.binaries import Binaries, locate

__all__ = ["LIMIT_MS", "environment_of", "programs_for", "run_program"]

LIMIT_MS: Final = 3_600_000
"""Longest time that one program may run."""

_ERROR_LINES: Final = 5
"""Last lines of a program's complaint that a message repeats."""


def programs_for(*, folder: Path | None, server_major: int) -> Binaries:
    """Return programs not older than the server: older ones would refuse it.

    Raises:
        SettingError: no programs are to be found, or only older ones.
    """
    programs = locate(bin_folder=folder, data_major=None)
    if programs.version[0] >= server_major:
        return programs
    try:
        return locate(bin_folder=folder, data_major=server_major)
    except DataDirectoryMismatch as error:
        raise SettingError(
            f"expected client programs of PostgreSQL {server_major} or newer, as the server is, "
            f"found those of {programs.version[0]} in {str(programs.bin)!r}",
            remedy=f"Set AUTONOME_POSTGRES_BIN to the bin folder of a PostgreSQL {server_major}.",
        ) from error


def run_program(program: Path, arguments: Sequence[str], *, url: str | None = None) -> str:
    """Run ``program`` on the database of ``url`` and return what it wrote.

    Raises:
        SettingError: ``url`` carries what cannot be passed on without showing it.
        LedgerError: the program failed or took longer than ``LIMIT_MS``; the message ends with
            its last words.
    """
    try:
        done = subprocess.run(
            [str(program), *arguments],
            env=os.environ | ({} if url is None else environment_of(url)),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=LIMIT_MS / 1000,
            check=True,
        )
    except subprocess.TimeoutExpired as error:
        raise _failure(program, f"it was not done after {LIMIT_MS} ms") from error
    except subprocess.CalledProcessError as error:
        raise _failure(program, str(error.stderr)) from error
    return done.stdout


def environment_of(url: str) -> dict[str, str]:
    """Return the variables in which libpq looks for the parts of ``url``."""
    variables = {
        option.keyword.decode(): option.envvar.decode()
        for option in pq.Conninfo.get_defaults()
        if option.envvar
    }
    environment = {}
    for keyword, value in conninfo.conninfo_to_dict(url).items():
        if keyword not in variables:
            raise SettingError(
                f"expected a database URL whose parts all have a variable of libpq, "
                f"found the parameter {keyword!r}",
                remedy="Leave that parameter out of the database URL for this command.",
            )
        environment[variables[keyword]] = str(value)
    return environment


def _failure(program: Path, complaint: str) -> LedgerError:
    words = "\n".join(complaint.strip().splitlines()[-_ERROR_LINES:])
    return LedgerError(
        f"expected {program.name} to succeed, but: {words}",
        remedy="Correct what it complains about, then run the command again.",
    )
