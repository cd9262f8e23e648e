"""Tables without their indexes and keys while rows pour in, and with the same ones afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import psycopg

__all__ = ["without_indexes_and_keys"]

_CONSTRAINTS = """
    SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid)
    FROM pg_constraint
    WHERE connamespace = current_schema()::regnamespace AND contype IN ('p', 'u', 'f')
    ORDER BY CASE contype WHEN 'p' THEN 0 WHEN 'u' THEN 1 ELSE 2 END, conname
"""
_INDEXES = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid)
    FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
    WHERE relnamespace = current_schema()::regnamespace
      AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
    ORDER BY relname
"""


class _Constraint(NamedTuple):
    table: str
    name: str
    definition: str

    @property
    def is_reference(self) -> bool:
        return self.definition.startswith("FOREIGN KEY")


@contextmanager
def without_indexes_and_keys(connection: psycopg.Connection[Any]) -> Iterator[None]:
    """Drop every index and key of the current schema, and make the same ones after the block.

    Building an index over rows that are there costs a fraction of feeding it row by row. All of
    it belongs to the caller's transaction; nothing is made again when the block fails.
    """
    constraints = [_Constraint(*row) for row in connection.execute(_CONSTRAINTS).fetchall()]
    indexes = connection.execute(_INDEXES).fetchall()
    for each in reversed(constraints):
        _run(connection, f"ALTER TABLE {each.table} DROP CONSTRAINT {each.name}")
    for name, _ in indexes:
        _run(connection, f"DROP INDEX {name}")
    yield
    _run(connection, "SET LOCAL maintenance_work_mem = '256MB'")
    references = [each for each in constraints if each.is_reference]
    for each in (each for each in constraints if not each.is_reference):
        _add(connection, each)
    for _, definition in indexes:
        _run(connection, definition)
    for each in references:
        _add(connection, each)


def _add(connection: psycopg.Connection[Any], each: _Constraint) -> None:
    _run(connection, f"ALTER TABLE {each.table} ADD CONSTRAINT {each.name} {each.definition}")


def _run(connection: psycopg.Connection[Any], statement: str) -> None:
    """Run DDL made of names and definitions that the catalogue itself quoted."""
    connection.execute(statement.encode())
