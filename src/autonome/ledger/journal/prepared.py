"""Statements that a connection's server has parsed and planned once.

libpq is called directly: a cursor's own work, parameter by parameter, costs as much processor time
as the booking itself. Texts go in, the first row comes out as texts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import psycopg
from psycopg import errors, pq

__all__ = ["PreparedStatements"]


class PreparedStatements:
    """The prepared statements of one connection in autocommit mode."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self._names: dict[str, bytes] = {}
        # Planning anew costs more than the statement; its plans do not depend on the values.
        connection.execute("SET plan_cache_mode = force_generic_plan")

    def first_row(self, sql: str, texts: Iterable[str | None]) -> Sequence[bytes | None]:
        """Run ``sql`` with texts for its ``$1``, ``$2``, ... and return its first row as texts.

        Raises:
            psycopg.Error: as a cursor would.
        """
        values = [None if text is None else text.encode() for text in texts]
        with self._connection.lock:
            connection = self._connection.pgconn
            result = connection.exec_prepared(self._name(connection, sql), values)  # type: ignore[arg-type]
            self._check(connection, result, pq.ExecStatus.TUPLES_OK)
        return [result.get_value(0, column) for column in range(result.nfields)]

    def _name(self, connection: pq.abc.PGconn, sql: str) -> bytes:
        name = self._names.get(sql)
        if name is None:
            name = b"autonome_%d" % len(self._names)
            self._check(
                connection, connection.prepare(name, sql.encode()), pq.ExecStatus.COMMAND_OK
            )
            self._names[sql] = name
        return name

    @staticmethod
    def _check(connection: pq.abc.PGconn, result: pq.abc.PGresult, expected: pq.ExecStatus) -> None:
        if connection.status != pq.ConnStatus.OK:
            raise psycopg.OperationalError(connection.get_error_message())
        if result.status != expected:
            raise errors.error_from_result(result)
