"""Bring an arena up to date: make it, adopt it, or add what newer versions need."""

from __future__ import annotations

from pathlib import Path
from threading import Lock
from typing import Final

from psycopg import errors as postgres
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from autonome.domain.errors import LedgerError, SchemaMismatch
from autonome.ledger.arenas import LOCK_WAIT_MS, arena_exists, check_arena, inside, take_turns

__all__ = ["current_revision", "latest_revision", "upgrade"]

_SCRIPTS: Final = Path(__file__).parent / "migrations"
# Alembic hands its context to the revisions through module globals.
_ONE_AT_A_TIME: Final = Lock()


def upgrade(connection: Connection, arena: str, *, lock_wait_ms: int = LOCK_WAIT_MS) -> None:
    """Bring ``arena`` to the latest revision, making its schema where there is none.

    Everything happens in the transaction of ``connection``; the caller commits or rolls back.

    Raises:
        SettingError: ``arena`` may not name an arena.
        SchemaMismatch: tables are there that differ from the contract or stand in our way.
        LedgerUnavailable: another transaction kept a lock for longer than ``lock_wait_ms``.
        LedgerError: the user may not create what is missing.
    """
    check_arena(arena)
    try:
        with inside(connection, arena, lock_wait_ms=lock_wait_ms):
            take_turns(connection, arena)
            if not arena_exists(connection, arena):
                connection.exec_driver_sql(f'CREATE SCHEMA "{arena}"')
            with _ONE_AT_A_TIME:
                _run_revisions(connection, arena)
    except DBAPIError as error:
        raise _explained(error, arena) from error


def current_revision(connection: Connection, arena: str) -> str | None:
    """Return the revision that ``arena`` is at, ``None`` if it was never upgraded."""
    from alembic.migration import MigrationContext

    with inside(connection, arena):
        return MigrationContext.configure(connection).get_current_revision()


def latest_revision() -> str:
    """Return the revision that ``upgrade`` leads to."""
    from alembic.script import ScriptDirectory

    head = ScriptDirectory(str(_SCRIPTS)).get_current_head()
    if head is None:
        raise FileNotFoundError(f"expected revisions in {_SCRIPTS}, found none")
    return head


def _run_revisions(connection: Connection, arena: str) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        problem = f"expected arena {arena!r} at a revision of this version of Autonome: {error}"
        raise SchemaMismatch(
            problem,
            remedy="Use the newer version of Autonome that upgraded it; or, if another program"
            " keeps its migrations there, another arena.",
            differences=[str(error)],
        ) from error


def _explained(error: DBAPIError, arena: str) -> LedgerError | DBAPIError:
    """Return the error that tells the user what to do, or ``error`` itself."""
    cause = error.orig
    if isinstance(cause, postgres.DuplicateTable | postgres.DuplicateObject):
        return SchemaMismatch(
            f"expected arena {arena!r} without an object that a revision is about to make: {cause}",
            remedy="Rename or move the object, or use another arena.",
            differences=[str(cause)],
        )
    if isinstance(cause, postgres.InsufficientPrivilege):
        return LedgerError(
            f"expected the right to create the tables of arena {arena!r}: {cause}",
            remedy="Let the owner of the database upgrade it, or grant this user CREATE.",
        )
    return error
