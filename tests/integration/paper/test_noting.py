"""What the market says is noted beside an arena, whatever the database does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import psycopg
import pytest

from autonome.bootstrap.paper.noting import keep_noted
from integration.small_arena import write

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]

LIMIT_S = 20.0
NOTED = """SELECT said->>'n', xmin::text FROM "Facts" WHERE name = 'market'"""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def noted(url: str) -> list[tuple[str, str]]:
    with psycopg.connect(url) as raw:
        return raw.execute(NOTED).fetchall()


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(LIMIT_S):
        while not holds():
            await asyncio.sleep(0.02)


async def test_what_changes_is_noted_and_what_stays_is_not_written_again(
    database_url: str,
) -> None:
    write(database_url, "public")
    stopped, said, asked, warned = asyncio.Event(), {"n": "1"}, [0], list[str]()

    def now() -> dict[str, str]:
        asked[0] += 1
        return dict(said)

    noting = asyncio.create_task(
        keep_noted(
            database_url, "public", said=now, stopped=stopped, warned=warned.append, every_s=0.01
        )
    )
    await until(lambda: [row[0] for row in noted(database_url)] == ["1"])
    (first,), before = noted(database_url), asked[0]
    await until(lambda: asked[0] > before + 5)
    assert noted(database_url) == [first]
    said["n"] = "2"
    await until(lambda: [row[0] for row in noted(database_url)] == ["2"])
    stopped.set()
    await asyncio.wait_for(noting, LIMIT_S)
    assert warned == []


async def test_what_stays_is_noted_again_after_a_while(database_url: str) -> None:
    write(database_url, "public")
    stopped, warned = asyncio.Event(), list[str]()
    noting = asyncio.create_task(
        keep_noted(
            *(database_url, "public"),
            said=lambda: {"n": "1"},
            stopped=stopped,
            warned=warned.append,
            every_s=0.01,
            again_s=0.05,
        )
    )
    await until(lambda: bool(noted(database_url)))
    (first,) = noted(database_url)
    await until(lambda: noted(database_url) != [first])
    stopped.set()
    await asyncio.wait_for(noting, LIMIT_S)
    assert warned == []


async def test_a_failure_is_told_once_and_ends_nothing(database_url: str) -> None:
    stopped, warned = asyncio.Event(), list[str]()
    failures = [0]

    def fails() -> dict[str, str]:
        failures[0] += 1
        raise RuntimeError("a feed that broke")

    noting = asyncio.create_task(
        keep_noted(
            database_url, "public", said=fails, stopped=stopped, warned=warned.append, every_s=0.01
        )
    )
    await until(lambda: bool(warned))
    stopped.set()
    await asyncio.wait_for(noting, LIMIT_S)
    assert failures == [1]
    assert warned == ["What the market says was not noted: RuntimeError('a feed that broke')"]


async def test_a_database_without_the_table_is_no_reason_to_stop(database_url: str) -> None:
    stopped, warned = asyncio.Event(), list[str]()
    noting = asyncio.create_task(
        keep_noted(
            database_url, "public", said=lambda: {"n": "1"}, stopped=stopped, warned=warned.append
        )
    )
    await until(lambda: bool(warned))
    assert not noting.done()
    stopped.set()
    await asyncio.wait_for(noting, LIMIT_S)
