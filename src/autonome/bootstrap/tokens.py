"""Tokens of an arena: made, listed and revoked from the command line."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

import psycopg

from autonome.bootstrap.database import open_database
from autonome.config import Settings
from autonome.domain.errors import ArenaMissing
from autonome.ledger import tokens
from autonome.ledger.arenas import check_arena
from autonome.ledger.connection import connect, explained
from autonome.ledger.reader import open_reader
from autonome.ledger.rows import Token, TokenScope

__all__ = ["Token", "TokenScope", "create_token", "list_tokens", "require_a_token", "revoke_token"]

T = TypeVar("T")


def create_token(
    settings: Settings, arena: str | None, name: str, scope: TokenScope, *, who: str
) -> str:
    """Make a token, and return its text.

    Raises:
        SettingError: the name cannot be used.
        ArenaMissing: the arena has no tables for it.
        LedgerError: the server cannot be used.
    """
    now = datetime.now(UTC)
    return _written(
        settings, arena, lambda raw: tokens.create_token(raw, name, scope, at=now, who=who)
    )


def revoke_token(settings: Settings, arena: str | None, name: str, *, who: str) -> bool:
    """End a token and its sessions; ``False`` where it had ended before."""
    now = datetime.now(UTC)
    return _written(settings, arena, lambda raw: tokens.revoke_token(raw, name, at=now, who=who))


def list_tokens(settings: Settings, arena: str | None) -> Sequence[Token]:
    """Return every token there is or was, by name."""
    with open_database(settings) as url:
        return asyncio.run(_listed(url, check_arena(arena or settings.arena)))


async def _listed(url: str, arena: str) -> Sequence[Token]:
    async with open_reader(url, arena=arena) as reader:
        return await reader.all(tokens.listed_tokens())


def require_a_token(url: str, arena: str) -> None:
    """Refuse to go on where nobody could show a token.

    Raises:
        ArenaMissing: the arena has none that was not revoked.
    """
    try:
        found = asyncio.run(_listed(url, arena))
    except ArenaMissing:
        found = ()
    if not any(each.revoked_at is None for each in found):
        raise ArenaMissing(
            f"expected a token of arena {arena!r}, without which nobody could read; there is none.",
            remedy="Make one (autonome token create NAME --scope read), or let everybody read"
            " with --public, or leave --host out.",
        )


def _written(
    settings: Settings, arena: str | None, job: Callable[[psycopg.Connection[Any]], T]
) -> T:
    name = check_arena(arena or settings.arena)
    with open_database(settings) as url:
        try:
            with explained(url), connect(url, arena=name, autocommit=True) as connection:
                return job(connection)
        except psycopg.errors.UndefinedTable as error:
            raise ArenaMissing(
                f"expected the tables of arena {name!r}, found none, or those of an older version.",
                remedy="Make them, or bring them up to date: autonome db upgrade.",
            ) from error
