"""A running arena thins its NAV beside its loop, and stops when it is asked to."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from autonome.bootstrap.paper.thinning import keep_thin
from integration.nav.ran import DAYS, START, Ran

pytestmark = pytest.mark.postgres

END = START + timedelta(days=DAYS)


def test_it_thins_what_is_old_by_the_arenas_clock_until_it_is_stopped(ran: Ran) -> None:
    async def run() -> None:
        stopped = asyncio.Event()
        asked = 0

        def clock() -> object:
            nonlocal asked
            asked += 1
            if asked == 3:  # One call thins all, the second finds nothing; this is the next go.
                stopped.set()
            return END

        warned: list[str] = []
        await asyncio.wait_for(
            keep_thin(
                ran.url,
                "public",
                clock=clock,  # type: ignore[arg-type]
                stopped=stopped,
                warned=warned.append,
                every_s=0.01,
            ),
            60,
        )
        assert warned == []

    asyncio.run(run())
    assert ran.rows('SELECT count(*) FROM "NavHours" WHERE thinned') == [(72,)]


def test_a_database_that_is_away_is_told_and_waited_for(ran: Ran) -> None:
    stopped = asyncio.Event()
    warned: list[str] = []

    def told(words: str) -> None:
        warned.append(words)
        stopped.set()

    async def run() -> None:
        nowhere = "postgresql://u:p@127.0.0.1:1/none"
        work = keep_thin(nowhere, "public", clock=lambda: END, stopped=stopped, warned=told)
        await asyncio.wait_for(work, 60)

    asyncio.run(run())
    assert len(warned) == 1
    assert warned[0].startswith("Old NAV points were not thinned: ")
