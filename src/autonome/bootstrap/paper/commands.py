"""What an operator asks of an arena: written down, and waited for while somebody runs it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import psycopg

from autonome.bootstrap.database import open_database
from autonome.config import Settings
from autonome.domain.errors import ArenaMissing, ArenaTaken, SettingError
from autonome.ledger.arenas import check_arena
from autonome.ledger.connection import connect, explained
from autonome.ledger.journal.postgres import PostgresJournal
from autonome.ledger.leadership import leading
from autonome.ledger.queries.models import listed_models
from autonome.ledger.queries.query import rows_where
from autonome.ledger.reader import open_reader
from autonome.ledger.rows import Command, CommandKind
from autonome.ledger.tables import commands

__all__ = ["LONGEST_WAIT_S", "CommandKind", "Ordered", "order"]

LONGEST_WAIT_S: Final = 10
"""Whoever runs an arena looks for commands about once a second."""
_LOOK_EVERY_S: Final = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """What has come of an operator's wish so far."""

    arena: str
    commands: Sequence[Command]
    """One, or one for each arm of the name that was given."""
    is_run: bool
    """Whether a process runs the arena."""

    @property
    def is_done(self) -> bool:
        """Say whether all of it was carried out."""
        return all(each.done_at is not None for each in self.commands)


def order(
    settings: Settings,
    arena: str | None,
    kind: CommandKind,
    *,
    arm: str | None,
    reason: str,
    requested_by: str,
) -> Ordered:
    """Ask something of one arm, or of all, and wait until it was carried out.

    Where nobody runs the arena there is no wait: who runs it next carries it out.

    Raises:
        SettingError: ``arena`` may not name an arena, or no arm has the name.
        ArenaMissing: it has no tables.
        LedgerError: the server cannot be used.
    """
    name = check_arena(arena or settings.arena)
    with open_database(settings) as url:
        asked = [
            Command(
                kind=kind,
                model_id=model_id,
                reason=reason,
                requested_by=requested_by,
                requested_at=datetime.now(UTC),
            )
            for model_id in asyncio.run(_whom(url, name, arm))
        ]
        _write(url, name, asked)
        is_run = _is_run(url, name)
        if is_run:
            asked = asyncio.run(_awaited(url, name, asked))
        return Ordered(arena=name, commands=asked, is_run=is_run)


async def _whom(url: str, name: str, arm: str | None) -> list[str | None]:
    """Return the ids of the models with the name of an arm; ``None`` alone is the whole arena."""
    async with open_reader(url, arena=name) as reader:
        models = await reader.all(listed_models())
    if arm is None:
        return [None]
    found: list[str | None] = [each.model_id for each in models if each.model == arm]
    if not found:
        raise SettingError(
            f"expected the name of an arm of arena {name!r}, found {arm!r}.",
            remedy="autonome models lists them.",
        )
    return found


def _write(url: str, name: str, asked: Sequence[Command]) -> None:
    try:
        with explained(url), connect(url, arena=name, autocommit=True) as connection:
            journal = PostgresJournal(connection)
            for command in asked:
                journal.request(command)
    except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn) as error:
        raise ArenaMissing(
            f"expected arena {name!r} to take commands, found it made by an older version.",
            remedy="Bring it up to date: autonome db upgrade.",
        ) from error


def _is_run(url: str, name: str) -> bool:
    """Say whether a process runs the arena: the lead can be had where none does."""
    try:
        with leading(url, name):
            return False
    except ArenaTaken:
        return True


async def _awaited(url: str, name: str, asked: Sequence[Command]) -> list[Command]:
    """Return the commands when all are done, or as they are when the wait is over."""
    ids = [each.id for each in asked]
    query = rows_where(Command, commands.c.id.in_(ids), order_by=(commands.c.id,))
    ends_at = time.monotonic() + LONGEST_WAIT_S
    async with open_reader(url, arena=name) as reader:
        while True:
            found = await reader.all(query)
            if all(each.done_at is not None for each in found) or time.monotonic() > ends_at:
                return found
            await asyncio.sleep(_LOOK_EVERY_S)
