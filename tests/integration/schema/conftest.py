"""Databases for tests of the schema, each on the newest and on the oldest server at hand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integration.schema.databases import DRIZZLE, execute
from integration.schema.servers import oldest_system_server, system_server


@pytest.fixture(scope="session", params=["session server", "oldest server"])
def server_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Return the session's server, then the oldest one that the system has."""
    if request.param == "session server":
        yield request.getfixturevalue("server_url")
        return
    programs = oldest_system_server()
    if programs is None:
        pytest.skip("the system has no PostgreSQL of its own")
    with system_server(programs) as url:
        yield url


@pytest.fixture
def drizzle_url(database_url: str) -> str:
    """Make the schema in an empty database as Drizzle does, without rows."""
    execute(database_url, (DRIZZLE / "0000_seed.sql").read_text(encoding="utf-8"))
    return database_url


@pytest.fixture
def foreign_url(drizzle_url: str) -> str:
    """Fill Drizzle's schema with the rows of another client."""
    execute(drizzle_url, (DRIZZLE / "rows.sql").read_text(encoding="utf-8"))
    return drizzle_url
