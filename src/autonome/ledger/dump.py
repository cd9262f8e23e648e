"""Write one arena to a file, and read it back."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from autonome.domain.errors import ArenaMissing, ArenaNotEmpty, SettingError
from autonome.ledger.arenas import LOCK_WAIT_MS, arena_exists, arena_relations, transaction
from autonome.ledger.client_programs import programs_for, run_program
from autonome.ledger.connection import where

__all__ = ["dump", "restore"]

_TRANSACTION_TIMEOUT_MAJOR: Final = 17
"""The first version of PostgreSQL that knows the setting ``transaction_timeout``."""
_HEADER_BYTES: Final = 4096
"""A restore script sets up its session within as many bytes."""


def dump(url: str, *, arena: str, file: Path, binaries_folder: Path | None = None) -> None:
    """Write everything in ``arena`` to ``file``, in pg_dump's custom format, readable to us alone.

    The file appears when it is complete, replacing one of that name; a failure leaves none.

    Raises:
        ArenaMissing: there is no such arena, or it has no tables.
        SettingError: PostgreSQL's programs or the folder of ``file`` are not to be found, or
            ``arena`` is no arena's name.
        LedgerError: the server cannot be used, or pg_dump failed.
    """
    if not file.parent.is_dir():
        raise SettingError(
            f"expected a folder for the file {str(file)!r}, found none at {str(file.parent)!r}",
            remedy="Make the folder, or name another file.",
        )
    with transaction(url, arena) as connection:
        major = _major(connection)
        if not arena_relations(connection, arena):
            raise ArenaMissing(
                f"expected tables in arena {arena!r} at {where(url)}, found none",
                remedy="Name an arena that has tables, or make them with: autonome db upgrade",
            )
    pg_dump = programs_for(folder=binaries_folder, server_major=major).tool("pg_dump")
    with _draft_of(file) as draft:
        arguments = [
            "--format=custom",
            f"--schema={arena}",
            "--no-owner",
            "--no-privileges",
            f"--lock-wait-timeout={LOCK_WAIT_MS}",
            f"--file={draft}",
        ]
        run_program(pg_dump, arguments, url=url)


def restore(url: str, *, arena: str, file: Path, binaries_folder: Path | None = None) -> None:
    """Bring ``arena`` back from ``file``, all or nothing.

    Raises:
        ArenaNotEmpty: the arena has tables already.
        SettingError: ``file`` holds no such arena, or PostgreSQL's programs are not to be found.
        LedgerError: the server cannot be used, or a program failed; nothing was changed.
    """
    with transaction(url, arena) as connection:
        major = _major(connection)
        present = arena_relations(connection, arena)
        if present:
            raise ArenaNotEmpty(
                f"expected arena {arena!r} at {where(url)} without tables, found {len(present)}"
                f" of them, the first being {present[0]!r}",
                remedy="Restore into another database, or drop the arena first.",
            )
        schema = [] if arena_exists(connection, arena) else [f'--command=CREATE SCHEMA "{arena}"']
    programs = programs_for(folder=binaries_folder, server_major=major)
    pg_restore, psql = programs.tool("pg_restore"), programs.tool("psql")
    _require_arena(pg_restore, arena=arena, file=file)
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "restore.sql"
        choice = [f"--schema={arena}", "--no-owner", "--no-privileges"]
        run_program(pg_restore, [*choice, f"--file={script}", str(file)])
        if major < _TRANSACTION_TIMEOUT_MAJOR:
            _comment_out(script, b"SET transaction_timeout")
        safely = ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--single-transaction"]
        run_program(psql, [*safely, *schema, f"--file={script}"], url=url)


def _major(connection: Connection) -> int:
    version = connection.dialect.server_version_info
    if version is None:
        raise LookupError("expected a connection that knows its server's version, found None")
    return int(version[0])


def _require_arena(pg_restore: Path, *, arena: str, file: Path) -> None:
    """Refuse a file from which pg_restore would take nothing and still report success."""
    if f" TABLE {arena} Models " not in run_program(pg_restore, ["--list", str(file)]):
        raise SettingError(
            f"expected the tables of arena {arena!r} in {str(file)!r}, found none",
            remedy="Name the arena that was dumped; an arena keeps its name.",
        )


def _comment_out(script: Path, statement: bytes) -> None:
    """Turn ``statement``, which an older server would not know, into a comment of equal length."""
    with script.open("r+b") as target:
        header = target.read(_HEADER_BYTES)
        target.seek(0)
        target.write(header.replace(statement, b"--" + statement[2:], 1))


@contextmanager
def _draft_of(file: Path) -> Iterator[Path]:
    """Lend a draft beside ``file`` that takes its place once the block has succeeded."""
    handle, name = tempfile.mkstemp(prefix=f".{file.name}.", suffix=".draft", dir=file.parent)
    draft = Path(name)
    try:
        yield draft
        os.fsync(handle)
        draft.replace(file)
    finally:
        os.close(handle)
        draft.unlink(missing_ok=True)
    _sync(file.parent)


def _sync(folder: Path) -> None:
    """Make the names in ``folder`` survive a power failure."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
