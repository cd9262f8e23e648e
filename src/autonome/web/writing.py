"""Writes: commands, tokens in use, sessions; each over a connection of its own, in a thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

import psycopg
from psycopg import conninfo
from starlette.concurrency import run_in_threadpool

from autonome.domain.errors import ArenaMissing
from autonome.ledger.connection import connect, explained

__all__ = ["Writer"]

T = TypeVar("T")
_STATEMENT_LIMIT_MS: Final = 10_000


class Writer:
    """Writes to one arena: that of the server, where its tokens are."""

    def __init__(self, url: str, arena: str) -> None:
        """Keep where the database is; connections are opened when they are needed: few are."""
        present = conninfo.conninfo_to_dict(url).get("options") or ""
        options = f"{present} -c statement_timeout={_STATEMENT_LIMIT_MS}"
        self._url = conninfo.make_conninfo(url, options=options.strip())
        self.arena = arena

    async def write(self, job: Callable[[psycopg.Connection[Any]], T]) -> T:
        """Return what ``job`` returns, given a connection in autocommit mode.

        Raises:
            ArenaMissing: the arena has no tables, or those of an older version.
            LedgerError: the server cannot be used.
        """
        return await run_in_threadpool(self._done, job)

    def _done(self, job: Callable[[psycopg.Connection[Any]], T]) -> T:
        try:
            with (
                explained(self._url),
                connect(self._url, arena=self.arena, autocommit=True) as connection,
            ):
                return job(connection)
        except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn) as error:
            raise ArenaMissing(
                f"expected arena {self.arena!r} to take commands, found it made by an older"
                " version, or not at all.",
                remedy="Bring it up to date: autonome db upgrade.",
            ) from error
