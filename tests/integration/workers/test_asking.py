"""A leader posts a question, a worker asks the model, and the leader hears what it says."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from decimal import Decimal
from typing import Any, Final

import psycopg
import pytest

from autonome.agents.llm.agent import LlmAgent
from autonome.agents.llm.answer import Answer, Attempt, FailureKind
from autonome.agents.llm.budget import Spent
from autonome.agents.llm.keys import KeyRing
from autonome.arena.paper.thinking_arm import Question, ThinkingArm
from autonome.bootstrap.workers.answering import Answering
from autonome.bootstrap.workers.asking import asking_workers
from autonome.bootstrap.workers.queues import queue_of
from autonome.domain.errors import LedgerUnavailable
from autonome.domain.value import changed
from autonome.ledger.arenas import transaction
from autonome.ledger.connection import connect
from autonome.ledger.jobs import make_jobs_schema
from autonome.ledger.journal.port import Booking
from autonome.ledger.journal.postgres import PostgresJournal
from autonome.ledger.migrate import upgrade
from autonome.testing.model_server import ModelServer
from autonome.testing.models import Answers, Call, Stalls
from unit.arena.paper.small_arena import SmallArena, thinker

pytestmark = pytest.mark.postgres

ARENA: Final = "spring"
KEY: Final = "sk-local-77c0ffee1234"
PATIENCE_S: Final = 20.0
ENTERS: Final = Answers(
    calls=(
        Call(
            name="create_position",
            arguments={
                "symbol": "BTC",
                "side": "LONG",
                "quantity": Decimal("0.02"),
                "leverage": 2,
                "stop_loss": Decimal("49000.5"),
                "confidence": Decimal("0.5"),
                "reason": "because",
            },
        ),
    ),
)
JOBS: Final = "SELECT status::text FROM autonome_jobs.procrastinate_jobs"
QUESTIONS: Final = 'SELECT state, reason FROM spring."Questions"'


class Posted:
    """A question whose arm and invocation are in the ledger."""

    def __init__(self, url: str, server: str, *, deadline_ms: int) -> None:
        self.url = url
        make_jobs_schema(url)
        with transaction(url, ARENA) as connection:
            upgrade(connection, ARENA)
        agent = thinker()
        endpoint = changed(agent.model.endpoint, base_url=server)
        model = changed(agent.model, endpoint=endpoint, deadline_ms=deadline_ms)
        self.endpoint = endpoint
        small = SmallArena(LlmAgent(model=model, variant=agent.variant))
        (arm,) = small.arena.arms
        assert isinstance(arm, ThinkingArm)
        seen = small.minutes(5)
        assert seen is not None
        self.question: Question = arm.question(seen.observation, seen.snapshot, today="2025-05-05")
        account = self.question.desk.account
        with connect(url, arena=ARENA, autocommit=True) as connection:
            self._journal(connection, account.model_id, account.epoch)

    def _journal(self, connection: psycopg.Connection[Any], model_id: str, epoch: int) -> None:
        journal, asked = PostgresJournal(connection), self.question.invocation
        entrant = self.question.arm.entrant
        journal.enter(entrant.model, entrant.arm)
        while journal.begin_run(model_id, at=asked.created_at) < epoch:
            pass
        journal.book(Booking(model_id=model_id, epoch=epoch, invocations=(asked,)))

    def take_over(self) -> None:
        """Let another process run the arm."""
        with connect(self.url, arena=ARENA, autocommit=True) as connection:
            account, asked = self.question.desk.account, self.question.invocation
            PostgresJournal(connection).begin_run(account.model_id, at=asked.created_at)

    def asked(self, *, taken_within_s: float = PATIENCE_S) -> Answer:
        """Return what the leader hears."""

        async def whole() -> Answer:
            async with AsyncExitStack() as stack:
                ask = await asking_workers(self.url, ARENA, stack, taken_within_s=taken_within_s)
                return await ask(self.question)

        return asyncio.run(whole())

    @contextmanager
    def worker(self) -> Iterator[None]:
        """Let a worker with the key answer."""
        keys = KeyRing(clock=time.monotonic)
        keys.add(self.endpoint, [KEY])
        queues = [queue_of(ARENA, self.endpoint)]
        with Answering(self.url, ARENA, queues=queues, keys=keys, worker="here"):
            yield

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return what a statement finds."""
        with psycopg.connect(self.url) as connection:
            return connection.execute(sql.encode()).fetchall()


def test_a_worker_asks_for_the_leader_and_leaves_nothing_behind(database_url: str) -> None:
    with ModelServer([ENTERS]) as server:
        posted = Posted(database_url, server.url, deadline_ms=10_000)
        with posted.worker():
            answer = posted.asked()
    assert answer.failure is None
    assert all(isinstance(call, Attempt) for call in answer.calls)
    assert {asked.key for asked in server.requests} == {KEY}
    assert answer.payload["state"] == "COMPLETED"
    # The leader's own desk has heard it too: what the model was told bounds what may open.
    assert posted.question.desk.told == {0: Decimal("0.02")}
    assert posted.rows(QUESTIONS) == []
    assert posted.rows(JOBS) == []


def test_what_a_model_says_to_a_worker_is_told_to_who_watches_the_arena(database_url: str) -> None:
    words = "BTC goes up, and I go with it. " * 20
    with ModelServer([changed(ENTERS, text=words, chunk_ms=10)]) as server:
        posted = Posted(database_url, server.url, deadline_ms=10_000)
        with posted.worker():
            posted.asked()
            text, until = "", time.monotonic() + PATIENCE_S
            while len(text) < len(words.strip()) and time.monotonic() < until:
                time.sleep(0.05)
                told = posted.rows(
                    """SELECT "modelId", payload FROM spring."Events" WHERE kind = 'text'
                       ORDER BY id"""
                )
                text = "".join(payload["piece"] for _, payload in told)
    assert text == words.strip()
    assert len(told) > 1
    invocation = posted.question.invocation
    assert {model_id for model_id, _ in told} == {invocation.model_id}
    assert {payload["invocationId"] for _, payload in told} == {invocation.id}


def test_a_question_that_nobody_may_ask_fails_in_words_and_costs_nothing(
    database_url: str,
) -> None:
    posted = Posted(database_url, "http://127.0.0.1:9/v1", deadline_ms=1)
    answer = posted.asked(taken_within_s=0.5)
    assert answer.failure is not None
    assert answer.failure.kind is FailureKind.WORKER_LOST
    assert "keys of endpoint 'test'" in answer.failure.words
    assert answer.payload["state"] == "FAILED"
    assert answer.spent == Spent()
    assert posted.rows(QUESTIONS) == [("GIVEN_UP", answer.failure.words)]
    assert posted.rows(JOBS) == [("cancelled",)]


def test_a_worker_that_stops_gives_its_question_up_and_what_it_may_have_cost_counts(
    database_url: str,
) -> None:
    with ModelServer([Stalls()]) as server:
        posted = Posted(database_url, server.url, deadline_ms=60_000)

        async def whole() -> Answer:
            async with AsyncExitStack() as stack:
                ask = await asking_workers(posted.url, ARENA, stack)
                with posted.worker():
                    asking = asyncio.create_task(ask(posted.question))
                    async with asyncio.timeout(PATIENCE_S):
                        while not server.requests:
                            await asyncio.sleep(0.05)
                return await asyncio.wait_for(asking, PATIENCE_S)

        answer = asyncio.run(whole())
    assert answer.failure is not None
    assert answer.failure.kind is FailureKind.WORKER_LOST
    assert "stopped" in answer.failure.words
    assert answer.spent.tokens > 0
    assert posted.rows(JOBS) == [("aborted",)]


def test_a_leader_that_was_taken_over_puts_no_question_and_posts_no_job(database_url: str) -> None:
    posted = Posted(database_url, "http://127.0.0.1:9/v1", deadline_ms=1_000)
    posted.take_over()
    with pytest.raises(LedgerUnavailable, match="lead was lost"):
        posted.asked()
    assert posted.rows(QUESTIONS) == []
    assert posted.rows(JOBS) == []
