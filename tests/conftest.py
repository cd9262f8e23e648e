"""Fixtures of every test: one PostgreSQL server for the session, a fresh database for each test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

_SERIAL = count(1)


def _with_database(url: str, name: str) -> str:
    return urlsplit(url)._replace(path=f"/{name}").geturl()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of this suite."""
    parser.addoption(
        "--kill-rounds", type=int, default=3, help="how often each kill test repeats (default 3)"
    )
    parser.addoption(
        "--soak-seeds",
        type=int,
        default=0,
        help="seeds of the paper arena's soak, a day with faults each",
    )
    parser.addoption(
        "--unattended-minutes",
        type=int,
        default=0,
        help="how long the arena with a nasty model runs at least, alone",
    )
    parser.addoption("--update-golden", action="store_true", help="write the golden prompts anew")


@pytest.fixture(scope="session")
def kill_rounds(pytestconfig: pytest.Config) -> int:
    """Return how often a kill test repeats."""
    return int(pytestconfig.getoption("--kill-rounds"))


@pytest.fixture(scope="session")
def server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start the embedded server for the session, or use the one that the environment names."""
    named = os.environ.get("AUTONOME_TEST_DATABASE_URL")
    if named:
        yield named
        return
    from autonome.ledger.embedded import attach

    home: Path = tmp_path_factory.mktemp("server")
    with attach(home) as server:
        yield server.url


@pytest.fixture
def database_url(server_url: str) -> Iterator[str]:
    """Make an empty database of its own for one test, and drop it afterwards."""
    name = f"test_{os.getpid()}_{next(_SERIAL)}"
    with psycopg.connect(server_url, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    try:
        yield _with_database(server_url, name)
    finally:
        with psycopg.connect(server_url, autocommit=True) as admin:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
