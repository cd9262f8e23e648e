"""Each journal in turn, and what it keeps once everything is written."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from typing import TypeVar

import pytest

from autonome.ledger.arenas import transaction
from autonome.ledger.connection import connect
from autonome.ledger.journal.copying import fresh_arena
from autonome.ledger.journal.memory import MemoryJournal
from autonome.ledger.journal.port import Journal
from autonome.ledger.journal.postgres import PostgresJournal
from autonome.ledger.migrate import upgrade
from autonome.ledger.queries.query import rows_where
from autonome.ledger.reader import open_reader
from contract.kept import Kept

Row = TypeVar("Row")


def stored_rows(url: str, arena: str, kind: type[Row]) -> list[Row]:
    async def rows() -> list[Row]:
        async with open_reader(url, arena=arena) as reader:
            return await reader.all(rows_where(kind))

    return asyncio.run(rows())


@pytest.fixture(params=["memory", "row by row", "copy"])
def kept(request: pytest.FixtureRequest) -> Iterator[Kept]:
    """Yield each journal; ``read`` ends the writing."""
    if request.param == "memory":
        memory = MemoryJournal()
        yield Kept(memory, lambda kind: list(memory.rows(kind)))
        return
    url: str = request.getfixturevalue("database_url")
    with ExitStack() as stack:
        if request.param == "copy":
            journal: Journal = stack.enter_context(fresh_arena(url, "arena_one"))
        else:
            with transaction(url, "arena_one") as connection:
                upgrade(connection, "arena_one")
            raw = stack.enter_context(connect(url, arena="arena_one", autocommit=True))
            journal = PostgresJournal(raw)

        def read(kind: type[Row]) -> list[Row]:
            stack.close()
            return stored_rows(url, "arena_one", kind)

        yield Kept(journal, read)
