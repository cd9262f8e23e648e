"""Old NAV points go, in bounded parts, and nothing that they said is lost, however it ends."""

from __future__ import annotations

import asyncio
import random
import signal
import subprocess
import sys
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from autonome.audit.arena import audit
from autonome.ledger.connection import connect
from autonome.ledger.queries.frames import snapshot
from autonome.ledger.queries.nav import newest_nav
from autonome.ledger.queries.restoring import restore_arena
from autonome.ledger.reader import open_reader
from autonome.ledger.thinning import Thinned, thin_nav
from integration.nav.ran import DAYS, START, Ran, minute

pytestmark = pytest.mark.postgres

END = START + timedelta(days=DAYS)
TIMES = 'SELECT "createdAt" FROM "PortfolioSize" ORDER BY 1'
EDGES = """SELECT start, first, "firstAt", lowest, "lowestAt", highest, "highestAt", last, "lastAt"
           FROM "{table}" ORDER BY start"""


def thin(ran: Ran, **options: Any) -> int:
    """Thin until nothing is left to do; return how many calls did something."""
    for calls in range(1000):
        done = thin_nav(ran.connection, now=END, **options)
        if not done.intervals:
            return calls
    raise AssertionError("it never ends")


def test_minutes_go_after_a_week_and_closes_of_hours_stay(ran: Ran) -> None:
    assert thin(ran) == 1
    kept = [row[0] for row in ran.rows(TIMES)]
    assert kept == [
        *(minute(60 * hour + 59) for hour in range(3 * 24)),
        *(minute(each) for each in range(3 * 1440, DAYS * 1440)),
    ]


def test_hours_go_later_and_closes_of_days_stay(ran: Ran) -> None:
    thin(ran, minutes_kept=timedelta(days=2), hours_kept=timedelta(days=7))
    kept = [row[0] for row in ran.rows(TIMES)]
    assert kept == [
        *(minute(1440 * day + 1439) for day in range(3)),
        *(minute(60 * hour + 59) for hour in range(3 * 24, 8 * 24)),
        *(minute(each) for each in range(8 * 1440, DAYS * 1440)),
    ]


@pytest.mark.parametrize("hours", [0, 1, 59])
def test_an_hour_is_thinned_when_all_of_it_is_old_enough(ran: Ran, hours: int) -> None:
    now = END - timedelta(days=DAYS) + timedelta(days=7, minutes=60 + hours)
    done = thin_nav(ran.connection, now=now)
    assert done == Thinned(intervals=1, points=59)
    assert thin_nav(ran.connection, now=now) == Thinned(intervals=0, points=0)


def test_one_call_does_a_bounded_part(ran: Ran) -> None:
    done = thin_nav(ran.connection, now=END, intervals_at_once=5)
    assert done == Thinned(intervals=5, points=5 * 59)
    assert thin(ran, intervals_at_once=5) == 14


def test_rollups_say_the_same_before_and_after(ran: Ran) -> None:
    before = [ran.rows(EDGES.format(table=table)) for table in ("NavHours", "NavDays")]
    thin(ran, hours_kept=timedelta(days=8))
    assert [ran.rows(EDGES.format(table=table)) for table in ("NavHours", "NavDays")] == before


def test_what_no_rollup_knew_is_rolled_up_before_it_goes(ran: Ran) -> None:
    before = ran.rows(EDGES.format(table="NavHours"))
    ran.connection.execute('UPDATE "NavHours" SET lowest = last, "lowestAt" = "lastAt"')
    thin(ran)
    assert ran.rows(EDGES.format(table="NavHours"))[:72] == before[:72]


def test_an_adopted_model_is_left_alone(ran: Ran) -> None:
    ran.connection.execute("""UPDATE "Arms" SET settings = '{"adopted": true}'""")
    assert thin_nav(ran.connection, now=END) == Thinned(intervals=0, points=0)


def test_a_thinned_arena_passes_its_audit_which_says_what_is_gone(ran: Ran) -> None:
    thin(ran)
    with connect(ran.url) as raw:
        report = audit(raw, arena="public", progress=lambda *_: None)
    assert report.is_clean
    assert report.thinned_hours == 72


def test_an_audit_names_the_high_of_an_hour_that_is_wrong(ran: Ran) -> None:
    thin(ran)
    change = """UPDATE "NavHours" SET highest = highest + 1 WHERE start = '2025-05-05 02:00'"""
    ran.connection.execute(change)
    with connect(ran.url) as raw:
        report = audit(raw, arena="public", progress=lambda *_: None)
    failed = {check.id: check.first for check in report.checks if check.first is not None}
    assert {"nav", "nav-rollup"} <= failed.keys()
    assert failed["nav"].table == "NavHours"


def test_an_arena_goes_on_with_the_same_peak_and_opening(ran: Ran) -> None:
    def figures() -> Any:
        with snapshot(ran.url, "public") as connection:
            (arm,) = restore_arena(connection, at=END - timedelta(minutes=1)).arms
        return arm.figures

    ran.connection.execute(
        """UPDATE "PortfolioSize" SET "netPortfolio" = 20000
           WHERE "createdAt" = '2025-05-05 10:30' """
    )
    ran.connection.execute("""UPDATE "NavDays" SET highest = 20000 WHERE start = '2025-05-05' """)
    before = figures()
    thin(ran)
    assert before.peak_nav is not None
    assert figures().day_opening_nav == before.day_opening_nav
    assert figures().peak_nav == 20000


def test_intervals_of_thinned_hours_have_their_extremes(ran: Ran) -> None:
    async def read() -> Any:
        async with open_reader(ran.url) as reader:
            return await reader.all(newest_nav(width=timedelta(days=1), limit=DAYS))

    def shown() -> Any:
        return [
            (each.start, each.first, each.last, each.lowest, each.highest)
            for each in asyncio.run(read())
        ]

    before = shown()
    thin(ran)
    assert shown() == before


CHILD = """
import sys
from datetime import datetime
from autonome.ledger.connection import connect
from autonome.ledger.thinning import thin_nav
with connect(sys.argv[1], autocommit=True) as raw:
    print("begins", flush=True)
    while thin_nav(raw, now=datetime.fromisoformat(sys.argv[2]), intervals_at_once=3).intervals:
        pass
"""


@pytest.mark.kill
def test_a_job_that_is_killed_loses_nothing(ran: Ran, kill_rounds: int) -> None:
    before = ran.rows(EDGES.format(table="NavHours"))
    chance = random.Random(5)
    for _ in range(kill_rounds):
        command = [sys.executable, "-c", CHILD, ran.url, END.isoformat()]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == "begins\n"
            try:
                child.wait(timeout=chance.uniform(0.01, 0.15))
            except subprocess.TimeoutExpired:
                child.send_signal(signal.SIGKILL)
        assert ran.rows(EDGES.format(table="NavHours")) == before
        by_hour = dict(
            ran.rows("""SELECT date_trunc('hour', "createdAt"), count(*) FROM "PortfolioSize"
                        GROUP BY 1""")
        )
        for start, thinned in ran.rows('SELECT start, thinned FROM "NavHours"'):
            assert by_hour[start] == (1 if thinned else 60)
    thin(ran)
    assert ran.rows('SELECT count(*) FROM "NavHours" WHERE thinned') == [(72,)]


def test_a_thinning_that_fails_leaves_everything(ran: Ran) -> None:
    before = ran.rows(TIMES)
    ran.connection.execute("SET statement_timeout = 1")
    with pytest.raises(psycopg.errors.QueryCanceled):
        thin_nav(ran.connection, now=END)
    ran.connection.execute("RESET statement_timeout")
    assert ran.rows(TIMES) == before
