"""Hours and days of NAV say what their minutes say, however these were written."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from autonome.audit.arena import audit
from autonome.ledger.adoption import adopt
from autonome.ledger.arenas import transaction
from autonome.ledger.connection import connect
from autonome.ledger.journal.copying import fresh_arena
from autonome.ledger.journal.port import Journal, MarkPoints, NavPoints
from autonome.ledger.journal.postgres import PostgresJournal
from autonome.ledger.migrate import upgrade
from autonome.ledger.rollups import roll_up_new
from autonome.testing.bookings import NOW, competitor
from integration.nav.ran import START_MS, Ran, cents_of, minute

pytestmark = pytest.mark.postgres

EDGES = '"first", "firstAt", "lowest", "lowestAt", "highest", "highestAt", "last", "lastAt"'


def expected(begin: int, end: int) -> tuple[Any, ...]:
    """Return the edges of minutes [``begin``, ``end``), by plain search."""
    numbers = range(begin, end)
    lowest, highest = min(numbers, key=cents_of), max(numbers, key=cents_of)
    return tuple(
        value
        for number in (begin, lowest, highest, end - 1)
        for value in (Decimal(cents_of(number)) / 100, minute(number))
    )


@pytest.mark.parametrize(
    ("table", "width", "count"), [("NavHours", 60, 240), ("NavDays", 1440, 10)]
)
def test_minutes_are_rolled_up_as_they_are_written(
    ran: Ran, table: str, width: int, count: int
) -> None:
    rows = ran.rows(f'SELECT start, {EDGES} FROM "{table}" ORDER BY start')
    assert rows == [
        (minute(n * width), *expected(n * width, (n + 1) * width)) for n in range(count)
    ]


def tell(journal: Journal, runs: list[tuple[int, int]]) -> None:
    model, arm = competitor("Ada")
    journal.enter(model, arm)
    epoch = journal.begin_run(model.id, at=NOW)
    for begin, end in runs:
        numbers = np.arange(begin, end)
        nav = np.array([cents_of(each) * 1_000_000 for each in range(begin, end)])
        at_ms = START_MS + 60_000 * numbers
        journal.value(NavPoints(model_id=model.id, at_ms=at_ms, nav=nav))
        journal.mark(MarkPoints(symbol="BTC", at_ms=at_ms, price=nav))
    assert epoch == 1


RUNS = [(0, 7), (7, 8), (8, 8), (8, 75), (75, 1500)]


def by_rows(url: str) -> None:
    with transaction(url, "told") as connection:
        upgrade(connection, "told")
    with connect(url, arena="told", autocommit=True) as raw:
        tell(PostgresJournal(raw), RUNS)


def by_copy(url: str) -> None:
    with fresh_arena(url, "told") as journal:
        tell(journal, RUNS)


def by_migration(url: str) -> None:
    by_copy(url)
    with transaction(url, "told") as connection:
        connection.exec_driver_sql('DROP TABLE "NavHours", "NavDays", "Events", "Facts"')
        connection.exec_driver_sql('DROP TABLE "ControlLog", "Sessions", "Tokens"')
        connection.exec_driver_sql('DROP TABLE "Judgements", "ArmPolicies"')
        connection.exec_driver_sql('DROP FUNCTION "refuseChange"()')
        connection.exec_driver_sql('ALTER TABLE "Commands" DROP COLUMN payload')
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0004'")
        upgrade(connection, "told")


def by_another_client(url: str) -> None:
    by_copy(url)
    with transaction(url, "told") as connection:
        connection.exec_driver_sql("DELETE FROM \"NavHours\" WHERE start > '2025-05-05 00:30'")
        connection.exec_driver_sql('DELETE FROM "NavDays"')
        connection.exec_driver_sql('DELETE FROM "NavHours"')
        adopt(connection, "told")


@pytest.mark.parametrize("write", [by_rows, by_copy, by_migration, by_another_client])
def test_every_way_of_writing_leaves_the_same_rollups(database_url: str, write: Any) -> None:
    write(database_url)
    with connect(database_url, arena="told") as raw:
        hours = raw.execute(f'SELECT {EDGES} FROM "NavHours" ORDER BY start'.encode()).fetchall()
        days = raw.execute(f'SELECT {EDGES} FROM "NavDays" ORDER BY start'.encode()).fetchall()
    assert hours == [expected(60 * n, 60 * n + 60) for n in range(25)]
    assert days == [expected(0, 1440), expected(1440, 1500)]


def test_rolling_up_again_changes_nothing(ran: Ran) -> None:
    before = ran.rows('SELECT * FROM "NavHours" ORDER BY 1, 2')
    roll_up_new(ran.connection)
    ran.connection.execute("DELETE FROM \"NavHours\" WHERE start > '2025-05-07 12:00'")
    roll_up_new(ran.connection)
    roll_up_new(ran.connection)
    assert ran.rows('SELECT * FROM "NavHours" ORDER BY 1, 2') == before


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE \"NavHours\" SET lowest = lowest - 0.01 WHERE start = '2025-05-06 03:00'",
        'UPDATE "NavHours" SET "highestAt" = "lowestAt" WHERE start = \'2025-05-06 03:00\'',
        "UPDATE \"NavDays\" SET last = last + 0.01 WHERE start = '2025-05-06'",
    ],
)
def test_an_audit_names_a_rollup_that_is_wrong(ran: Ran, change: str) -> None:
    assert ran.connection.execute(change.encode()).rowcount == 1
    with connect(ran.url) as raw:
        report = audit(raw, arena="public", progress=lambda *_: None)
    (found,) = [each for each in report.checks if each.id == "nav-rollup"]
    assert found.failed == 1
    assert found.first is not None
    assert found.first.at is not None
    assert f"{found.first.at:%Y-%m-%d}" == "2025-05-06"
