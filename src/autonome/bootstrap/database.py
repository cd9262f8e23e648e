"""The ledger's database: the user's own or the embedded one, and what is done to it as a whole."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from autonome.config import Settings
from autonome.ledger import dump, shell
from autonome.ledger.adoption import Adoption, adopt
from autonome.ledger.arenas import transaction
from autonome.ledger.migrate import latest_revision, upgrade
from autonome.ledger.schema.differences import differences

__all__ = [
    "Checked",
    "Upgraded",
    "check_database",
    "dump_arena",
    "open_database",
    "open_shell",
    "restore_arena",
    "upgrade_database",
    "wait_for_interrupt",
]


@contextmanager
def open_database(settings: Settings) -> Iterator[str]:
    """Yield the URL of the ledger's database: the user's own, or the embedded one, started.

    Raises:
        LedgerError: the embedded server cannot be started; the kind says why.
    """
    if settings.database_url is not None:
        yield settings.database_url.get_secret_value()
        return
    from autonome.ledger.embedded import attach

    with attach(
        settings.home,
        bin_folder=settings.postgres_bin,
        port=settings.postgres_port,
        min_free_mb=settings.postgres_min_free_mb,
    ) as server:
        yield server.url


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgraded:
    """What ``upgrade_database`` did."""

    arena: str
    revision: str
    adoption: Adoption


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What ``check_database`` found."""

    arena: str
    differences: list[str]


def upgrade_database(settings: Settings, arena: str | None) -> Upgraded:
    """Bring an arena to the latest revision and adopt what other clients wrote, in one go."""
    name = arena or settings.arena
    with open_database(settings) as url, transaction(url, name) as connection:
        upgrade(connection, name)
        adoption = adopt(connection, name)
    return Upgraded(arena=name, revision=latest_revision(), adoption=adoption)


def check_database(settings: Settings, arena: str | None) -> Checked:
    """Compare the live catalogue of an arena with the contract."""
    name = arena or settings.arena
    with open_database(settings) as url, transaction(url, name) as connection:
        return Checked(arena=name, differences=differences(connection, name))


def open_shell(settings: Settings, arena: str | None) -> int:
    """Run psql on an arena and return its exit status."""
    with open_database(settings) as url:
        return shell.open_shell(
            url, arena=arena or settings.arena, binaries_folder=settings.postgres_bin
        )


def dump_arena(settings: Settings, arena: str | None, file: Path) -> str:
    """Write an arena to ``file`` and return its name."""
    name = arena or settings.arena
    with open_database(settings) as url:
        dump.dump(url, arena=name, file=file, binaries_folder=settings.postgres_bin)
    return name


def restore_arena(settings: Settings, arena: str | None, file: Path) -> str:
    """Bring an arena back from ``file`` and return its name."""
    name = arena or settings.arena
    with open_database(settings) as url:
        dump.restore(url, arena=name, file=file, binaries_folder=settings.postgres_bin)
    return name


def wait_for_interrupt() -> None:
    """Sleep until the user interrupts."""
    with contextlib.suppress(KeyboardInterrupt):
        signal.pause()
