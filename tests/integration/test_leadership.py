"""An arena has one leader at a time, and never waits for a dead or silent one."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import threading
from urllib.parse import urlsplit

import pytest
from psycopg import conninfo

from autonome.domain.errors import ArenaTaken, LedgerUnavailable, SettingError
from autonome.ledger.arenas import transaction
from autonome.ledger.connection import connect
from autonome.ledger.journal.port import BookingStatus, Run
from autonome.ledger.journal.postgres import PostgresJournal
from autonome.ledger.leadership import leading
from autonome.ledger.migrate import upgrade
from autonome.testing.bookings import NOW, competitor

PATIENCE_MS = 20_000
"""Far longer than any of the waits below takes."""

LEAD_FOREVER = """
import sys, threading
from autonome.ledger.leadership import leading
with leading(sys.argv[1], "spring"):
    print("leads", flush=True)
    threading.Event().wait()
"""


def test_a_second_leader_is_refused_at_once_and_told_what_to_do(database_url: str) -> None:
    with leading(database_url, "spring") as leadership:
        assert leadership.still_leads()
        with pytest.raises(ArenaTaken, match="'spring'") as caught, leading(database_url, "spring"):
            pytest.fail("two led at once")
        assert "another arena" in caught.value.remedy
        assert leadership.still_leads()
    assert not leadership.still_leads()


def test_whoever_waits_or_is_refused_is_told_who_leads(database_url: str) -> None:
    told: list[str] = []
    me = f"'autonome lead {os.getpid()}@{socket.gethostname()}"[:60]
    with leading(database_url, "spring"), pytest.raises(ArenaTaken) as caught:
        with leading(database_url, "spring", wait_ms=50, warned=told.append):
            pytest.fail("two led at once")
    assert len(told) == 1
    assert told[0].startswith(f"Arena 'spring' is run by {me}")
    assert told[0].endswith("; waiting up to 0.05 s for it.")
    assert f"expected nobody to run arena 'spring', but {me}" in caught.value.problem
    assert re.search(
        r" from .+ since 2\d{3}-\d\d-\d\d \d\d:\d\d:\d\d UTC does\.$", caught.value.problem
    )


def test_a_role_that_may_not_see_the_leader_is_told_that_there_is_one(database_url: str) -> None:
    role = f"stranger_{os.getpid()}"
    with connect(database_url, autocommit=True) as admin:
        admin.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'strange'".encode())
        url = conninfo.make_conninfo(database_url, user=role, password="strange")
        try:
            with leading(database_url, "spring"), pytest.raises(ArenaTaken) as caught:
                with leading(url, "spring"):
                    pytest.fail("two led at once")
        finally:
            admin.execute(f"DROP ROLE {role}".encode())
    words = "expected nobody to run arena 'spring', but another process does."
    assert caught.value.problem == words


def test_another_arena_or_a_later_time_has_its_own_leader(database_url: str) -> None:
    with leading(database_url, "spring"), leading(database_url, "autumn") as other:
        assert other.still_leads()
    with leading(database_url, "spring") as again:
        assert again.still_leads()


def test_whoever_waits_leads_when_the_first_one_is_done(database_url: str) -> None:
    with leading(database_url, "spring") as first:
        waiting = threading.Thread(target=wait_for_lead, args=(database_url,))
        waiting.start()
        wait_until_somebody_waits(database_url)
        assert first.still_leads()
    waiting.join(PATIENCE_MS / 1_000)
    assert not waiting.is_alive()


def wait_for_lead(url: str) -> None:
    with leading(url, "spring", wait_ms=PATIENCE_MS) as leadership:
        assert leadership.still_leads()


def wait_until_somebody_waits(url: str, *, event: str = "advisory") -> None:
    """Return once a session waits for a lock in this database, by default an advisory one."""
    with connect(url, autocommit=True) as connection:
        connection.execute("SET statement_timeout = '20s'")
        connection.execute(
            f"""DO $$ BEGIN
                WHILE NOT EXISTS (
                    SELECT FROM pg_stat_activity
                    WHERE datname = current_database() AND wait_event = '{event}')
                LOOP PERFORM pg_stat_clear_snapshot(), pg_sleep(0.01); END LOOP;
            END $$""".encode()
        )


def test_whoever_waits_for_too_long_is_refused(database_url: str) -> None:
    with leading(database_url, "spring"):
        with pytest.raises(ArenaTaken), leading(database_url, "spring", wait_ms=50):
            pytest.fail("two led at once")


def test_a_leader_that_says_nothing_for_its_lease_loses_the_lead(database_url: str) -> None:
    with leading(database_url, "spring", lease_ms=300) as silent:
        with leading(database_url, "spring", wait_ms=PATIENCE_MS) as next_one:
            assert next_one.still_leads()
            assert not silent.still_leads()
            assert not silent.still_leads()


def test_a_new_leader_lets_no_former_one_add_an_arm_that_it_would_not_know(
    database_url: str,
) -> None:
    with transaction(database_url, "spring") as made:
        upgrade(made, "spring")
    with (
        connect(database_url, arena="spring", autocommit=True) as former,
        leading(database_url, "spring") as newer,
    ):
        journal = PostgresJournal(former)
        first, second = competitor("first"), competitor("second")
        journal.enter(*first)
        run = Run(first[0].id, journal.begin_run(first[0].id, at=NOW))
        # What is begun before the lead is lost is there when the new leader looks.
        with former.transaction():
            assert journal.enter(*second, behind=run) is BookingStatus.BOOKED
            new = threading.Thread(target=newer.end_earlier_runs)
            new.start()
            wait_until_somebody_waits(database_url, event="transactionid")
        new.join(PATIENCE_MS / 1_000)
        assert former.execute('SELECT count(*) FROM "Arms"').fetchone() == (2,)
        assert journal.enter(*competitor("late"), behind=run) is BookingStatus.STALE_EPOCH


def test_who_has_lost_the_lead_ends_nobodys_run(database_url: str) -> None:
    with transaction(database_url, "spring") as made:
        upgrade(made, "spring")
    with (
        connect(database_url, arena="spring", autocommit=True) as session,
        leading(database_url, "spring", lease_ms=300) as silent,
        leading(database_url, "spring", wait_ms=PATIENCE_MS) as next_one,
    ):
        journal, (model, arm) = PostgresJournal(session), competitor("first")
        journal.enter(model, arm)
        next_one.end_earlier_runs()
        with pytest.raises(LedgerUnavailable):
            silent.end_earlier_runs()
        assert session.execute('SELECT epoch FROM "Arms"').fetchone() == (arm.epoch + 1,)


def test_a_leader_whose_connection_is_cut_no_longer_leads(database_url: str) -> None:
    with leading(database_url, "spring") as leadership:
        with connect(database_url, autocommit=True) as connection:
            cut = connection.execute(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
                " WHERE datname = %s AND pid <> pg_backend_pid() AND backend_type = %s",
                [urlsplit(database_url).path.lstrip("/"), "client backend"],
            ).fetchall()
        assert cut == [(True,)]
        assert not leadership.still_leads()
        with leading(database_url, "spring") as next_one:
            assert next_one.still_leads()


def test_a_leader_that_is_killed_leaves_the_lead_to_the_next(database_url: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", LEAD_FOREVER, database_url], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "leads\n"
        with pytest.raises(ArenaTaken), leading(database_url, "spring"):
            pytest.fail("two led at once")
        process.kill()
        with leading(database_url, "spring", wait_ms=PATIENCE_MS) as leadership:
            assert leadership.still_leads()


def test_a_server_that_is_not_there_is_no_leader_either() -> None:
    url = "postgresql://nobody@127.0.0.1:1/nothing"
    with pytest.raises(LedgerUnavailable), leading(url, "spring"):
        pytest.fail("led nothing")


def test_a_name_that_no_arena_may_have_is_not_led(database_url: str) -> None:
    with pytest.raises(SettingError, match="arena's name"), leading(database_url, "Spring"):
        pytest.fail("led nothing")
