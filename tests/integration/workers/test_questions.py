"""A question is answered once, by its worker, under the epoch of its arm; or it is given up."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest

from autonome.ledger.arenas import transaction
from autonome.ledger.connection import connect
from autonome.ledger.jobs import Pool, make_jobs_schema, open_pool
from autonome.ledger.journal.port import Booking
from autonome.ledger.journal.postgres import PostgresJournal
from autonome.ledger.migrate import upgrade
from autonome.ledger.questions import Ended, QuestionBook
from autonome.ledger.rows import Invocation
from autonome.testing.bookings import competitor

pytestmark = pytest.mark.postgres

ARENA = "spring"
AT = datetime(2025, 5, 5, tzinfo=UTC)
TEXT = '{"b": 1.10, "a": "\\u0000"}'
"""The order of its keys and its digits are to stay; PostgreSQL's other type of JSON refuses it."""


class Written:
    """An arena with one model, whose run is the first, and some invocations."""

    def __init__(self, url: str) -> None:
        self.url = url
        make_jobs_schema(url)
        with transaction(url, ARENA) as connection:
            upgrade(connection, ARENA)
        model, arm = competitor("Ada")
        self.model_id = model.id
        with connect(url, arena=ARENA, autocommit=True) as connection:
            journal = PostgresJournal(connection)
            journal.enter(model, arm)
            self.epoch = journal.begin_run(model.id, at=AT)
            for name in ("one", "two"):
                asked = Invocation(
                    id=name, model_id=model.id, response="", created_at=AT, updated_at=AT
                )
                journal.book(Booking(model_id=model.id, epoch=self.epoch, invocations=(asked,)))

    def begin_run(self) -> int:
        """Let another process take the arm over."""
        with connect(self.url, arena=ARENA, autocommit=True) as connection:
            return PostgresJournal(connection).begin_run(self.model_id, at=AT)

    def run(self, work: Callable[[QuestionBook, Pool], Awaitable[None]]) -> None:
        """Do some work with the arena's questions."""

        async def whole() -> None:
            async with open_pool(self.url, ARENA, size=2) as pool:
                await work(QuestionBook(pool), pool)

        asyncio.run(whole())

    async def put(self, book: QuestionBook, pool: Pool, name: str) -> bool:
        """Put a question, under the epoch that the caller knows."""
        async with pool.connection() as connection:
            return await book.put(connection, name, TEXT, model_id=self.model_id, epoch=self.epoch)


@pytest.fixture
def written(database_url: str) -> Written:
    """Return an arena with one model."""
    return Written(database_url)


def test_a_question_is_taken_answered_heard_and_forgotten(written: Written) -> None:
    async def work(book: QuestionBook, pool: Pool) -> None:
        assert await written.put(book, pool, "one")
        assert await book.ended(["one"]) == []
        assert await book.take("one", worker="a") == TEXT
        assert await book.answer("one", TEXT, worker="a")
        assert await book.ended(["one", "two"]) == [
            Ended(id="one", answer=TEXT, reason=None, was_taken=True)
        ]
        assert not await book.answer("one", "{}", worker="a")
        assert await book.take("one", worker="b") is None
        await book.forget(["one"])
        assert await book.ended(["one"]) == []

    written.run(work)


def test_an_answer_that_comes_after_its_question_was_given_up_changes_nothing(
    written: Written,
) -> None:
    async def work(book: QuestionBook, pool: Pool) -> None:
        assert await written.put(book, pool, "one")
        assert await book.take("one", worker="a") is not None
        assert await book.give_up(["one", "two"], "its worker is silent") == ["one"]
        assert not await book.answer("one", TEXT, worker="a")
        given_up = Ended(id="one", answer=None, reason="its worker is silent", was_taken=True)
        assert await book.ended(["one"]) == [given_up]
        assert await book.give_up(["one"], "again") == []
        await book.forget(["one"])
        assert await book.ended(["one"]) == [given_up]

    written.run(work)


def test_who_took_a_question_from_another_is_the_only_one_to_answer(written: Written) -> None:
    async def work(book: QuestionBook, pool: Pool) -> None:
        assert await written.put(book, pool, "one")
        assert await book.take("one", worker="a") is not None
        assert await book.take("one", worker="b") is not None
        assert not await book.answer("one", TEXT, worker="a")
        assert await book.answer("one", TEXT, worker="b")

    written.run(work)


def test_under_an_old_epoch_nothing_is_put_taken_or_answered(written: Written) -> None:
    async def work(book: QuestionBook, pool: Pool) -> None:
        assert await written.put(book, pool, "one")
        assert await book.take("one", worker="a") is not None
        epoch = written.begin_run()
        assert not await book.answer("one", TEXT, worker="a")
        assert await book.take("one", worker="b") is None
        assert not await written.put(book, pool, "two")
        written.epoch = epoch
        assert await written.put(book, pool, "two")
        assert await book.give_up_old("another leads") == ["one"]
        assert [each.reason for each in await book.ended(["one", "two"])] == ["another leads"]

    written.run(work)


def test_a_market_that_is_shared_anew_replaces_the_one_before(written: Written) -> None:
    async def work(book: QuestionBook, pool: Pool) -> None:
        first = await book.begin_market(b"\0\1")
        await book.extend_market(first, 1, b"\2")
        assert await book.market_parts(first, first=0) == [b"\0\1", b"\2"]
        assert await book.market_parts(first, first=1) == [b"\2"]
        second = await book.begin_market(b"\3")
        assert second > first
        assert await book.market_parts(first, first=0) == []
        assert await book.market_parts(second, first=0) == [b"\3"]

    written.run(work)
