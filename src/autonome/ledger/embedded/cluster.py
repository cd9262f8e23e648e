"""Make the data directory: whole or not at all, with the database and the role ``autonome``."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from autonome.domain.errors import ServerFailed
from autonome.ledger.embedded.account import Account
from autonome.ledger.embedded.files import Folder, write_private
from autonome.ledger.embedded.log import error_from
from autonome.ledger.embedded.programs import DATA, run

__all__ = ["ROLE", "Cluster", "data_major"]

ROLE = "autonome"
"""Name of the role and of the database."""
_DRAFT_PREFIX = "data.new-"
_BUILTIN_LOCALE_MAJOR = 17
_SET_MAJOR = 16
"""The first version whose initdb takes settings."""
_STEP_LIMIT_MS = 120_000


def data_major(folder: Folder) -> int | None:
    """Return the major version of PostgreSQL that made the data; None when there is no data.

    Raises:
        ServerFailed: something else than PostgreSQL's data is there.
    """
    try:
        text = (folder.data / "PG_VERSION").read_text(encoding="ascii")
    except FileNotFoundError:
        if folder.data.exists():
            raise ServerFailed(
                f"expected PostgreSQL's data in {str(folder.data)!r}, but it has no PG_VERSION",
                remedy="Move that folder away: new data is made when there is none.",
            ) from None
        return None
    match = re.match(r"\d+", text)
    if match is None:
        raise ServerFailed(
            f"expected a version in {str(folder.data / 'PG_VERSION')!r}, found {text!r}",
            remedy="Restore the data directory from a backup.",
        )
    return int(match[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """A data directory that no server runs on, and what is needed to work on it."""

    folder: Folder
    """Where the data lies, or shall lie."""
    programs: Path
    """Folder of ``postgres`` and ``initdb``."""
    major: int
    """Major version of those programs."""
    account: Account | None
    """Who owns the data; None for this process's own user."""

    def make(self) -> None:
        """Make the data with a new password; nothing is left behind when this is interrupted.

        Raises:
            DiskFull: the disk has no room for it.
            ServerFailed: a program gave up, or took too long.
        """
        password = self._new_password()
        draft = Path(tempfile.mkdtemp(prefix=_DRAFT_PREFIX, dir=self.folder.path))
        if self.account:
            os.chown(draft, self.account.uid, self.account.gid)
        self._run(["initdb", *self._initdb_options()], draft, text=f"{password}\n")
        self._run_sql(f"CREATE DATABASE {ROLE} TEMPLATE template0", draft)
        # Nothing above waited for the disk; this does, once, for everything.
        self._run(["initdb", "--sync-only"], draft)
        draft.rename(self.folder.data)
        _sync(self.folder.path)

    def remove_drafts(self) -> None:
        """Remove what an interrupted ``make`` left."""
        for draft in self.folder.path.glob(f"{_DRAFT_PREFIX}*"):
            # A dying initdb may still write there; what is left is removed next time.
            shutil.rmtree(draft, ignore_errors=True)

    def renew_password(self) -> None:
        """Set a new password, for when the file was lost.

        Raises:
            ServerFailed: the program gave up.
        """
        password = self._new_password()
        self._run_sql(f"ALTER ROLE {ROLE} PASSWORD '{password}'", self.folder.data)

    def _new_password(self) -> str:
        password = secrets.token_urlsafe(32)
        write_private(self.folder.password, f"{password}\n")
        return password

    def _initdb_options(self) -> list[str]:
        locale = ["--locale=C"]
        if self.major >= _BUILTIN_LOCALE_MAJOR:
            locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        # A killed initdb would leave segments in /dev/shm that no later start would find.
        segments = ["--set=dynamic_shared_memory_type=mmap"] if self.major >= _SET_MAJOR else []
        return [
            f"--username={ROLE}",
            "--auth=scram-sha-256",
            "--pwfile=/dev/stdin",
            "--encoding=UTF8",
            *locale,
            *segments,
            "--no-sync",
            "--no-instructions",
        ]

    def _run_sql(self, statement: str, data: Path) -> None:
        # Single-user mode: no port, no password, no second process to stop afterwards.
        options = ["exit_on_error=true", "log_min_error_statement=panic", "log_checkpoints=off"]
        settings = [part for option in options for part in ("-c", option)]
        self._run(["postgres", "--single", *settings], data, database="postgres", text=statement)

    def _run(self, command: list[str], data: Path, *, text: str = "", database: str = "") -> None:
        doing = f"running {command[0]} in {str(data)!r}"
        try:
            outcome = run(
                [
                    self.programs / command[0],
                    *command[1:],
                    "-D",
                    DATA,
                    *([database] if database else []),
                ],
                folder=data,
                account=self.account,
                limit_ms=_STEP_LIMIT_MS,
                text=text,
            )
        except subprocess.TimeoutExpired as error:
            raise error_from(f"no end after {_STEP_LIMIT_MS} ms", doing=doing) from error
        if outcome.code != 0:
            raise error_from(outcome.complaint, doing=doing)


def _sync(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
