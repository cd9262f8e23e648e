"""The journal in PostgreSQL, row by row: one booking is one statement, committed by itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

import psycopg
from sqlalchemy import Table

from autonome.domain.errors import ArenaNotEmpty, InvariantBroken
from autonome.ledger.codec import encoder, instant_text, words
from autonome.ledger.connection import explained, explanation
from autonome.ledger.control_log import entry_of, log_control
from autonome.ledger.journal.amending import amended, goes_on
from autonome.ledger.journal.events import event_of_command, event_of_cycle
from autonome.ledger.journal.minutes import check_minutes, minutes_statement
from autonome.ledger.journal.points import mark_rows, nav_rows
from autonome.ledger.journal.port import (
    Amendment,
    Booking,
    BookingStatus,
    MarkPoints,
    NavPoints,
    Run,
    taken_over,
)
from autonome.ledger.journal.prepared import PreparedStatements
from autonome.ledger.journal.statement import DOUBLED, Statement, booking_statement, insert_sql
from autonome.ledger.journal.telling import NOTICE, TELL, events_text, told
from autonome.ledger.rollups import roll_up_run
from autonome.ledger.rows import Arm, Command, CommandKind, Cycle, Model, NewEvent
from autonome.ledger.tables import arms, commands, cycles, marks, models, portfolio_size

__all__ = ["PostgresJournal"]

_BOOKED_ONCE: Final = {"Fills_pkey", "Fills_modelId_venueFillId_part_key", "Payments_pkey"}


class PostgresJournal:
    """A writer on one connection in autocommit mode; several journals may write at once.

    A booking that ends in ``LedgerUnavailable`` may or may not have been committed: sent again
    over a new connection, it is written once.
    """

    def __init__(self, connection: psycopg.Connection[Any], *, tells: bool = False) -> None:
        """Write over ``connection``; ``tells`` writes events with what they tell of."""
        if not connection.autocommit:
            raise ValueError("expected a connection in autocommit mode")
        self._connection = connection
        self._dsn = connection.info.dsn
        self._prepared = PreparedStatements(connection)
        self._tells = tells

    def enter(self, model: Model, arm: Arm, *, behind: Run | None = None) -> BookingStatus:
        """Add a competitor, unless the run that it is entered ``behind`` is over."""
        try:
            with explained(self._dsn), self._connection.transaction():
                if behind is not None and not goes_on(self._connection, behind):
                    return BookingStatus.STALE_EPOCH
                self._insert(models, [model])
                self._insert(arms, [arm])
        except psycopg.errors.UniqueViolation as error:
            raise ArenaNotEmpty(
                f"expected no model {model.name!r} of variant {model.variant} yet; one is here.",
                remedy="Choose another name, or another arena.",
            ) from error
        return BookingStatus.BOOKED

    def begin_run(self, model_id: str, *, at: datetime, after: int | None = None) -> int:
        """Raise the arm's epoch by one and return it, unless a run has begun ``after`` that one."""
        with explained(self._dsn):
            row = self._connection.execute(
                'UPDATE "Arms" SET epoch = epoch + 1, "updatedAt" = %s::timestamp'
                ' WHERE "modelId" = %s AND epoch = coalesce(%s::integer, epoch) RETURNING epoch',
                [instant_text(at), model_id, after],
            ).fetchone()
        if row is not None:
            return int(row[0])
        if after is None:
            raise KeyError(model_id)
        raise taken_over(model_id)

    def begin_cycle(self, cycle: Cycle) -> bool:
        """Write a tick, unless its instant has one."""
        sql = insert_sql(cycles, 1, replaces=False, gate="")
        sql = f'{sql} ON CONFLICT ("scheduledAt") DO NOTHING'
        values: list[str | None] = [*encoder(cycles)(cycle)]
        if self._tells:
            values.append(events_text([event_of_cycle(cycle)]))
            is_new = told("EXISTS (SELECT FROM begun)")
            sql = f"WITH begun AS ({sql} RETURNING id), {is_new} SELECT id, {NOTICE} FROM begun"
        with explained(self._dsn):
            return self._connection.execute(sql.encode(), values).rowcount == 1

    def book(self, booking: Booking) -> BookingStatus:
        """Write a booking, all or nothing."""
        self.submit(booking)
        return self.outcome()

    def amend(self, amendment: Amendment) -> BookingStatus:
        """Write what an operator changed, all or nothing."""
        with explained(self._dsn), self._connection.transaction():
            return amended(self._connection, amendment)

    def submit(self, booking: Booking) -> None:
        """Send a booking; nothing else may be asked of this journal before its ``outcome``.

        So one thread can have a booking under way in each of several journals.
        """
        self._send(booking_statement(booking, tells=self._tells))

    def minute(self, points: Sequence[NavPoints], marks: Sequence[MarkPoints]) -> BookingStatus:
        """Write NAV and marks of a minute or a few, at most once."""
        check_minutes(points, marks)
        self._send(minutes_statement(points, marks, tells=self._tells))
        return self.outcome()

    def request(self, command: Command) -> None:
        """Write down what an operator asks for, and log it; sent again, it is written once."""
        sql = insert_sql(commands, 1, replaces=False, gate="") + " ON CONFLICT (id) DO NOTHING"
        with explained(self._dsn), self._connection.transaction():
            entry = entry_of(self._connection, command)
            if self._connection.execute(sql.encode(), encoder(commands)(command)).rowcount:
                log_control(self._connection, entry)

    def finish_command(self, command_id: str, *, at: datetime, outcome: str) -> bool:
        """Say that a command was carried out."""
        with explained(self._dsn), self._connection.transaction():
            done = self._connection.execute(
                'UPDATE "Commands" SET "doneAt" = %s::timestamp, outcome = %s'
                ' WHERE id = %s AND "doneAt" IS NULL RETURNING kind, "modelId", reason',
                [instant_text(at), words(outcome), command_id],
            ).fetchone()
            if done is None:
                self._require_command(command_id)
                return False
            if self._tells:
                kind, model_id, reason = done
                event = event_of_command(
                    command_id, CommandKind(kind), model_id, reason, at=at, outcome=outcome
                )
                self._connection.execute(TELL, [events_text([event])])
        return True

    def _require_command(self, command_id: str) -> None:
        sql = 'SELECT FROM "Commands" WHERE id = %s'
        if self._connection.execute(sql, [command_id]).rowcount == 0:
            raise KeyError(command_id)

    def tell(self, events: Sequence[NewEvent]) -> None:
        """Write events that follow from no row, if events are written at all."""
        if self._tells and events:
            with explained(self._dsn):
                self._connection.execute(TELL, [events_text(events)])

    def forget_events(self, *, older_than_s: int, most: int) -> int:
        """Delete events older than ``older_than_s`` by the database's clock, ``most`` at once.

        Return how many were deleted.
        """
        with explained(self._dsn):
            return self._connection.execute(
                'DELETE FROM "Events" WHERE id IN (SELECT id FROM "Events" ORDER BY id LIMIT %s)'
                ' AND "writtenAt" < now() - make_interval(secs => %s)',
                [most, older_than_s],
            ).rowcount

    def answered(self) -> bool:
        """Say whether the outcome is known, so that ``outcome`` need not wait."""
        return self._prepared.answered()

    def outcome(self) -> BookingStatus:
        """Wait for the booking that was submitted, and return what became of it.

        Raises:
            InvariantBroken: it would have left two OPEN orders of one model and symbol.
            LedgerUnavailable: the connection was lost; whether it was committed is not known.
        """
        try:
            answer = self._prepared.answer()
        except psycopg.errors.UniqueViolation as error:
            # The same booking was under way elsewhere and committed first.
            if error.diag.constraint_name in _BOOKED_ONCE:
                return BookingStatus.ALREADY_BOOKED
            raise
        except psycopg.OperationalError as error:
            raise explanation(error, self._dsn) from error
        if answer == DOUBLED:
            raise InvariantBroken("a second OPEN order of one model and symbol")
        return BookingStatus(answer)

    def _send(self, statement: Statement) -> None:
        try:
            self._prepared.send(statement.sql, statement.texts)
        except psycopg.OperationalError as error:
            raise explanation(error, self._dsn) from error

    def fileno(self) -> int:
        """Return the descriptor that becomes readable when an answer arrives."""
        return self._connection.fileno()

    def value(self, points: NavPoints) -> None:
        """Append NAV points."""
        snapshots = [*nav_rows(points)]
        with explained(self._dsn), self._connection.transaction():
            self._insert(portfolio_size, snapshots)
            roll_up_run(self._connection, snapshots)

    def mark(self, points: MarkPoints) -> None:
        """Append marks."""
        self._insert(marks, mark_rows(points))

    def _insert(self, table: Table, rows: Iterable[Any]) -> None:
        encode = encoder(table)
        sql = insert_sql(table, 1, replaces=False, gate="")
        texts = [encode(row) for row in rows]
        with explained(self._dsn), self._connection.transaction():
            with self._connection.cursor() as cursor:
                cursor.executemany(sql, texts)

    def _execute(self, sql: str, table: Table, rows: Iterable[Any]) -> psycopg.Cursor[Any]:
        encode = encoder(table)
        values = [value for row in rows for value in encode(row)]
        with explained(self._dsn):
            return self._connection.execute(sql, values)
