"""A halt that nobody asked for is in the log of control, written by the booking that halts."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from autonome.ledger.arenas import transaction
from autonome.ledger.connection import connect
from autonome.ledger.journal.port import Booking, BookingStatus
from autonome.ledger.journal.postgres import PostgresJournal
from autonome.ledger.migrate import upgrade
from autonome.ledger.queries.restoring import restore_arena
from autonome.ledger.rows import ArmState, Model
from autonome.testing.bookings import NOW
from contract.kept import entered
from integration.schema.databases import execute, found_differences


@pytest.fixture
def raw(database_url: str) -> Iterator[psycopg.Connection]:
    with transaction(database_url) as connection:
        upgrade(connection, "public")
    with connect(database_url, autocommit=True) as opened:
        yield opened


def halt(model: Model, epoch: int, reason: str, *, was_asked: bool = False) -> Booking:
    return Booking(
        model_id=model.id,
        epoch=epoch,
        halted_reason=reason,
        halt_was_asked=was_asked,
        state=ArmState(model_id=model.id, state={}, updated_at=NOW),
    )


def log(raw: psycopg.Connection) -> list[tuple[object, ...]]:
    sql = 'SELECT who, what, before, after, reason FROM "ControlLog" ORDER BY at, reason'
    return raw.execute(sql).fetchall()


def test_a_halt_that_the_arena_decides_on_is_logged_with_it(raw: psycopg.Connection) -> None:
    journal = PostgresJournal(raw, tells=True)
    model, epoch = entered(journal)
    assert journal.book(halt(model, epoch, "30 % down")) is BookingStatus.BOOKED
    assert journal.book(halt(model, epoch, "by hand", was_asked=True)) is BookingStatus.BOOKED
    after = {"haltedReason": "30 % down"}
    assert log(raw) == [("system", "halt", {"haltedReason": None}, after, "30 % down")]


def test_a_halt_that_is_refused_leaves_no_entry(raw: psycopg.Connection) -> None:
    journal = PostgresJournal(raw, tells=True)
    model, epoch = entered(journal)
    journal.begin_run(model.id, at=NOW)
    assert journal.book(halt(model, epoch, "late")) is BookingStatus.STALE_EPOCH
    assert log(raw) == []


def test_an_arm_that_is_disabled_is_restored_like_any_other(
    raw: psycopg.Connection, database_url: str
) -> None:
    """Only what another client wrote, and nobody ever ran, is left alone."""
    journal = PostgresJournal(raw)
    model, epoch = entered(journal)
    adopted, _ = entered(journal, variant="Sovereign")
    assert journal.book(Booking(model_id=model.id, epoch=epoch, enabled=False))
    raw.execute(
        """UPDATE "Arms" SET enabled = false, settings = '{"adopted": true}'"""
        """ WHERE "modelId" = %s""",
        [adopted.id],
    )
    with transaction(database_url) as connection:
        restored = restore_arena(connection, at=NOW)
    assert [(each.model.id, each.arm.enabled) for each in restored.arms] == [(model.id, False)]


def test_a_log_that_could_be_changed_is_told(raw: psycopg.Connection, database_url: str) -> None:
    execute(database_url, 'DROP TRIGGER "ControlLog_append_only" ON "ControlLog"')
    assert found_differences(database_url) == [
        'Table "ControlLog": expected trigger "ControlLog_append_only", found none.'
    ]
