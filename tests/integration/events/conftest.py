"""An arena that tells, a server of its events, and readers over HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from autonome.ledger.arenas import transaction
from autonome.ledger.connection import connect
from autonome.ledger.journal.postgres import PostgresJournal
from autonome.ledger.migrate import upgrade
from integration.events.server import ARENA, EventServer


@pytest.fixture
def url(database_url: str) -> str:
    with transaction(database_url, ARENA) as connection:
        upgrade(connection, ARENA)
    return database_url


@pytest.fixture
def journal(url: str) -> Iterator[PostgresJournal]:
    with connect(url, arena=ARENA, autocommit=True) as connection:
        yield PostgresJournal(connection, tells=True)


@pytest.fixture
def server(url: str) -> Iterator[EventServer]:
    with EventServer(url) as served:
        yield served
