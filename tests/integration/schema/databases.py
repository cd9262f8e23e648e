"""What tests of the schema do to a database from outside: plain SQL over plain connections."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg

from autonome.ledger.arenas import transaction
from autonome.ledger.migrate import upgrade
from autonome.ledger.schema.differences import differences

__all__ = ["DRIZZLE", "SEED_TABLES", "execute", "found_differences", "rows", "upgraded"]

DRIZZLE = Path(__file__).parents[2] / "golden" / "drizzle"
"""Folder of what Drizzle made of the seed."""
SEED_TABLES = ("Models", "Invocations", "ToolCalls", "PortfolioSize", "Orders")


def execute(url: str, sql: str) -> None:
    """Run ``sql``, one or several statements, in one transaction."""
    with psycopg.connect(url) as connection:
        connection.execute(sql.encode())


def rows(url: str, sql: str) -> list[tuple[Any, ...]]:
    """Return the rows of a query."""
    with psycopg.connect(url) as connection:
        return connection.execute(sql.encode()).fetchall()


def upgraded(url: str, arena: str = "public") -> str:
    """Upgrade ``arena`` in a transaction of its own, and return ``url``."""
    with transaction(url) as connection:
        upgrade(connection, arena)
    return url


def found_differences(url: str, arena: str = "public") -> list[str]:
    """Return what the check finds in ``arena``."""
    with transaction(url) as connection:
        return differences(connection, arena)
