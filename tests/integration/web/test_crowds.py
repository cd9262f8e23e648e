"""Many who ask at once: nobody waits for a connection that somebody holds who waits, too."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from autonome.domain.errors import LedgerUnavailable
from autonome.ledger.queries.presence import arena_time
from autonome.ledger.reader import Reader
from integration.web.served import Client

CROWD = 100


def test_a_hundred_different_questions_for_the_leaderboard_are_answered(small: Client) -> None:
    questions = ["&".join(["net=true"] * count) for count in range(1, CROWD + 1)]
    with ThreadPoolExecutor(CROWD) as askers:
        answers = askers.map(lambda words: small.ask(f"/api/v1/leaderboard?{words}"), questions)
        assert {each.status for each in answers} == {200}


def test_a_crowd_gets_its_reports_one_after_the_other(small: Client) -> None:
    ids = [each["id"] for each in small.items("/arms")] * 10
    with ThreadPoolExecutor(len(ids)) as askers:
        answers = askers.map(lambda model: small.ask(f"/api/v1/arms/{model}/report"), ids)
        assert {each.status for each in answers} == {200}


def test_a_pool_whose_connections_are_all_busy_is_no_mistake_of_ours(small_url: str) -> None:
    url = small_url.replace("postgresql://", "postgresql+psycopg://")

    async def ask_twice() -> None:
        engine = create_async_engine(url, pool_size=1, max_overflow=0, pool_timeout=0.01)
        reader = Reader(engine, url=small_url, arena="public")
        async with reader.at_once():
            with pytest.raises(LedgerUnavailable, match="all of them busy"):
                await reader.one(arena_time())
        await reader.close()

    asyncio.run(ask_twice())
