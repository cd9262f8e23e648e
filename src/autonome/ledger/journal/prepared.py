"""Statements that a connection's server has parsed and planned once.

libpq is called directly: a cursor's own work, parameter by parameter, costs as much processor time
as the booking itself. Texts go in, one text comes out.
"""

from __future__ import annotations

import select
from collections.abc import Iterable
from typing import Any

import psycopg
from psycopg import errors, pq

__all__ = ["PreparedStatements"]


class PreparedStatements:
    """The prepared statements of one connection in autocommit mode."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self._names: dict[str, bytes] = {}
        self._arrival = select.poll()
        self._arrival.register(connection.fileno(), select.POLLIN)
        # Planning anew costs more than the statement; its plans do not depend on the values.
        connection.execute("SET plan_cache_mode = force_generic_plan")

    def send(self, sql: str, texts: Iterable[str | None]) -> None:
        """Send ``sql`` with texts for its ``$1``, ``$2``, ...; ``answer`` takes the answer.

        Raises:
            psycopg.Error: as a cursor would.
        """
        values = [None if text is None else text.encode() for text in texts]
        connection = self._connection.pgconn
        name = self._names.get(sql) or self._prepare(connection, sql)
        connection.send_query_prepared(name, values)

    def answered(self) -> bool:
        """Say whether the answer has arrived, so that ``answer`` need not wait."""
        connection = self._connection.pgconn
        connection.consume_input()
        return not connection.is_busy()

    def answer(self) -> str:
        """Wait for the answer to what was sent, and return its first value as text.

        Raises:
            psycopg.Error: as a cursor would.
        """
        connection = self._connection.pgconn
        # libpq would wait too, but would not let other threads run meanwhile.
        while not self.answered():
            self._arrival.poll()
        result = connection.get_result()
        while connection.get_result() is not None:
            """Take the end of the answer too; the connection is free again then."""
        value = _checked(connection, result, pq.ExecStatus.TUPLES_OK).get_value(0, 0)
        return value.decode() if value is not None else ""

    def _prepare(self, connection: pq.abc.PGconn, sql: str) -> bytes:
        name = b"autonome_%d" % len(self._names)
        result = connection.prepare(name, sql.encode())
        _checked(connection, result, pq.ExecStatus.COMMAND_OK)
        self._names[sql] = name
        return name


def _checked(
    connection: pq.abc.PGconn, result: pq.abc.PGresult | None, expected: pq.ExecStatus
) -> pq.abc.PGresult:
    if result is None or connection.status != pq.ConnStatus.OK:
        raise psycopg.OperationalError(connection.get_error_message())
    if result.status != expected:
        raise errors.error_from_result(result)
    return result
