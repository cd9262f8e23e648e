"""Audit an arena: every model's statement against its rows, at one snapshot of the database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

import psycopg

from autonome.audit.fees import Executions
from autonome.audit.nav import Marks, check_minutes, check_nav
from autonome.audit.orders import check_orders
from autonome.audit.records import check_conservation, check_finite, check_records
from autonome.audit.report import Report, Tally
from autonome.audit.rollups import THINNED
from autonome.audit.rows import (
    Connection,
    Model,
    fills_of,
    marks_of,
    models,
    nav_of,
    orders_of,
    payments_of,
)
from autonome.audit.statement import Statement
from autonome.audit.tool_calls import check_tool_calls

__all__ = ["Progress", "audit"]

Progress = Callable[[int, int], None]
"""Told how many NAV points were compared, and of how many."""

_IS_REPLAY: Final = """
    SELECT coalesce(obj_description(current_schema()::regnamespace), '') LIKE 'An Autonome replay%'
"""
_POINTS: Final = 'SELECT count(*) FROM "PortfolioSize"'


def audit(connection: Connection, *, arena: str, progress: Progress) -> Report:
    """Recompute the arena on the connection's search path, and compare every stored figure.

    All is read in one read-only transaction of its own, so others may write meanwhile.
    """
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    connection.read_only = True
    with connection.transaction():
        return _Audit(connection, progress).run(arena)


class _Audit:
    """One run: the connection, and what models have in common."""

    def __init__(self, connection: Connection, progress: Progress) -> None:
        self._connection = connection
        self._progress = progress
        self._tally = Tally()
        self._executions = Executions()
        self._held = 0
        """1e-16 quote: the cash of all accounts so far."""
        self._points = 0
        self._compared = 0

    def run(self, arena: str) -> Report:
        tally = self._tally
        check_finite(self._connection, tally)
        every = models(self._connection)
        if not any(check.failed for check in tally.checks()):
            check_records(self._connection, tally)
            self._walk(every)
        unvalued = tuple(model.name for model in every if model.is_adopted)
        return Report(
            arena=arena,
            checks=tally.checks(),
            unvalued_models=unvalued,
            thinned_hours=self._one(THINNED),
        )

    def _walk(self, every: Sequence[Model]) -> None:
        is_replay = self._one(_IS_REPLAY)
        self._points = self._one(_POINTS)
        marks = marks_of(self._connection)
        minutes = sorted(set().union(*marks.values())) if is_replay else None
        for model in every:
            self._audit_model(model, marks, minutes)
        if is_replay:
            self._executions.check(self._tally)
        check_conservation(self._connection, self._held, self._tally)

    def _audit_model(self, model: Model, marks: Marks, minutes: Sequence[datetime] | None) -> None:
        connection, tally = self._connection, self._tally
        fills = fills_of(connection, model.id)
        statement = Statement.begin(
            model_id=model.id,
            capital=model.capital or 0,
            orders=orders_of(connection, model.id),
            fills=fills,
            payments=payments_of(connection, model.id),
            tally=tally,
        )
        if not model.is_adopted:
            runs = nav_of(connection, model.id)
            instants = check_nav(statement, runs, marks, reached=self._reached)
            check_minutes(statement, instants, minutes)
        statement.finish()
        check_orders(statement)
        check_tool_calls(connection, model.id, fills, tally)
        self._executions.add(model.id, fills)
        self._held += statement.account.cash_from_trades

    def _reached(self, points: int) -> None:
        self._compared += points
        self._progress(self._compared, self._points)

    def _one(self, query: str) -> int:
        row = self._connection.execute(query.encode()).fetchone()
        return int(row[0]) if row else 0
