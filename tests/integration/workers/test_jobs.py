"""The schema of jobs is made once, whoever comes first, and beside it no arena has its name."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from autonome.domain.errors import LedgerUnavailable, SettingError
from autonome.ledger.arenas import check_arena
from autonome.ledger.jobs import make_jobs_schema, open_pool

pytestmark = pytest.mark.postgres

TABLES = """
SELECT table_name FROM information_schema.tables
WHERE table_schema = 'autonome_jobs' ORDER BY table_name
"""
UNDO = b"""
ALTER TYPE autonome_jobs.procrastinate_job_event_type RENAME VALUE 'retried' TO 'undone'
"""


def tables(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        return [name for (name,) in connection.execute(TABLES.encode()).fetchall()]


def test_workers_that_start_at_once_make_the_schema_once(database_url: str) -> None:
    with ThreadPoolExecutor(4) as threads:
        for made in [threads.submit(make_jobs_schema, database_url) for _ in range(8)]:
            made.result()
    assert tables(database_url) == [
        "procrastinate_events",
        "procrastinate_jobs",
        "procrastinate_periodic_defers",
        "procrastinate_workers",
    ]


def test_what_the_library_has_changed_since_is_applied_in_its_order(database_url: str) -> None:
    """Undone is the last change: a function by which failed jobs are tried again."""
    make_jobs_schema(database_url)
    function = "autonome_jobs.procrastinate_retry_job_v2"
    present = f"SELECT to_regproc('{function}') IS NOT NULL"
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(f"DROP FUNCTION {function}".encode())
        connection.execute(UNDO)
        connection.execute(
            b"COMMENT ON SCHEMA autonome_jobs IS '03.03.00_01_pre_priority_lock_fetch_job.sql'"
        )
        make_jobs_schema(database_url)
        assert connection.execute(present.encode()).fetchone() == (True,)


def test_no_arena_may_have_the_name_of_the_jobs() -> None:
    with pytest.raises(SettingError, match="jobs of all arenas"):
        check_arena("autonome_jobs")


def test_a_server_that_is_not_there_is_unavailable() -> None:
    async def work() -> None:
        async with open_pool("postgresql://a@127.0.0.1:9/a", "public", size=1, within_s=1):
            pytest.fail("a pool without a server")

    with pytest.raises(LedgerUnavailable, match=r"127\.0\.0\.1:9"):
        asyncio.run(work())
