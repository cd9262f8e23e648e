"""An arena worked out by hand, made once; every test corrupts a copy of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from autonome.ledger.arenas import transaction
from autonome.ledger.connection import connect
from autonome.ledger.migrate import upgrade
from autonome.ledger.rollups import fill_rollups

_SERIAL = count(1)
_ROWS = Path(__file__).with_name("worked_arena.sql")
_REPLAY_MARK = "COMMENT ON SCHEMA arena IS 'An Autonome replay; made by hand.'"


@contextmanager
def _database(server_url: str, *, template: str) -> Iterator[str]:
    name = f"audited_{os.getpid()}_{next(_SERIAL)}"
    with psycopg.connect(server_url, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    yield urlsplit(server_url)._replace(path=f"/{name}").geturl()
    with psycopg.connect(server_url, autocommit=True) as admin:
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="package")
def worked_database(server_url: str) -> Iterator[str]:
    """Return the name of a database whose arena adds up."""
    with _database(server_url, template="template0") as url:
        with transaction(url, "arena") as connection:
            upgrade(connection, "arena")
        with connect(url, arena="arena", autocommit=True) as connection:
            connection.execute(_ROWS.read_text(encoding="utf-8").encode())
            fill_rollups(connection)
            connection.execute(_REPLAY_MARK)
        yield urlsplit(url).path.removeprefix("/")


@pytest.fixture
def arena_url(server_url: str, worked_database: str) -> Iterator[str]:
    """Make a copy of the arena, for one test to change."""
    with _database(server_url, template=worked_database) as url:
        yield url
