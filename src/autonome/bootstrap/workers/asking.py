"""The leader's side: questions are posted as jobs, and their answers awaited."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Final

import psycopg
from procrastinate import App
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status
from psycopg_pool import PoolTimeout

from autonome.agents.llm.answer import Answer, Attempt, Failure, FailureKind
from autonome.agents.llm.budget import Budget, prompt_tokens
from autonome.arena.paper.minds import Ask
from autonome.arena.paper.posted import posted, read_answer, text_of
from autonome.arena.paper.thinking_arm import Question
from autonome.bootstrap.workers.queues import STALLED_S, TASK, queue_of
from autonome.bootstrap.workers.sharing import MarketSharing
from autonome.domain.errors import LedgerUnavailable
from autonome.domain.money import ZERO
from autonome.ledger.jobs import Pool, open_jobs, open_pool
from autonome.ledger.questions import Ended, QuestionBook

__all__ = ["asking_workers"]

_LOG: Final = logging.getLogger(__name__)
_CONNECTIONS: Final = 4
_LISTEN_EVERY_S: Final = 0.25
_RESCUE_EVERY_S: Final = 5.0
"""A worker that died is known by now and ``STALLED_S``, well within half a minute."""
_TAKEN_WITHIN_S: Final = 30.0
"""How long a question waits for a worker, beside its own deadline."""
_ENDS_WITHIN_S: Final = 5.0
"""Longest farewell of a leader that goes."""
_KEPT_HOURS: Final = 24
"""How long jobs and questions that failed can be looked at."""
_OUTAGES: Final = (psycopg.Error, ConnectorException, PoolTimeout)
_SILENT: Final = f"expected an answer of its worker, found it silent for {STALLED_S:.0f} s"
_LED_BEFORE: Final = "the process that led the arena ended before it heard the answer"
_LED_UNTIL_NOW: Final = "the process that led the arena stopped"


async def asking_workers(
    url: str, name: str, stack: AsyncExitStack, *, taken_within_s: float = _TAKEN_WITHIN_S
) -> Ask:
    """Return what asks models by way of the workers of an arena that this process leads.

    Raises:
        LedgerUnavailable: the server cannot be reached.
    """
    pool = await stack.enter_async_context(open_pool(url, name, size=_CONNECTIONS))
    app = await stack.enter_async_context(open_jobs(pool))
    asking = _Asking(name, pool, app, taken_within_s)
    try:
        await asking.begin()
    except _OUTAGES as error:
        raise LedgerUnavailable(
            f"expected to take over the questions of arena {name!r}: {error}",
            remedy="Check that the database runs, then try again.",
        ) from error
    stack.push_async_callback(asking.end)
    return asking.ask


class _Asking:
    """The questions that this process has put and that are not answered yet."""

    def __init__(self, arena: str, pool: Pool, app: App, taken_within_s: float) -> None:
        self._taken_within_s = taken_within_s
        self._arena = arena
        self._pool = pool
        self._jobs = app.job_manager
        self._app = app
        self._book = QuestionBook(pool)
        self._market = MarketSharing(self._book)
        self._waiting: dict[str, asyncio.Future[Ended]] = {}
        """By question: what has become of it."""
        self._heard: list[str] = []
        """Answers that are still in the table."""
        self._tasks: list[asyncio.Task[None]] = []

    async def begin(self) -> None:
        """End what earlier leaders have asked, and begin to listen."""
        await self._abort(await self._book.give_up_old(_LED_BEFORE))
        self._tasks = [
            asyncio.create_task(self._listen()),
            asyncio.create_task(self._rescue()),
        ]

    async def end(self) -> None:
        """Stop listening, and let workers stop asking: nobody will hear them."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with contextlib.suppress(TimeoutError, *_OUTAGES):
            async with asyncio.timeout(_ENDS_WITHIN_S):
                await self._forget()
                await self._give_up(list(self._waiting), _LED_UNTIL_NOW)

    async def ask(self, question: Question) -> Answer:
        """Return what a worker brings of a model, or a failure in words."""
        key = question.invocation.id
        self._waiting[key] = asyncio.get_running_loop().create_future()
        try:
            await self._put(question)
            ended = await self._ended(question)
        except Exception:
            del self._waiting[key]
            raise
        # One that is cancelled goes on waiting, so that the end gives it up.
        del self._waiting[key]
        if ended.answer is None:
            return _failed(question, ended)
        answer = read_answer(ended.answer)
        for call in answer.calls:
            if isinstance(call, Attempt):
                # What the desk has told the model bounds what the arena opens.
                question.desk.attempt(call.action)
        return answer

    async def _ended(self, question: Question) -> Ended:
        model, key = question.arm.agent.model, question.invocation.id
        limit_s = model.deadline_ms / 1_000 + self._taken_within_s
        try:
            return await asyncio.wait_for(self._waiting[key], limit_s)
        except TimeoutError:
            found = f"expected a worker with the keys of endpoint {model.endpoint.name!r}"
            await self._give_up([key], f"{found} to answer within {limit_s:.0f} s, found none")
            (ended,) = await self._book.ended([key])
            return ended

    async def _put(self, question: Question) -> None:
        """Write the question down and post its job, both or neither."""
        number = await self._market.share(question.desk.observation)
        text = text_of(posted(question, market_number=number))
        account, key = question.desk.account, question.invocation.id
        endpoint = question.arm.agent.model.endpoint
        async with self._pool.connection() as connection, connection.transaction():
            is_put = await self._book.put(
                connection, key, text, model_id=account.model_id, epoch=account.epoch
            )
            if not is_put:
                raise LedgerUnavailable(
                    "expected to lead the arena, found that the lead was lost.",
                    remedy="Try again: who leads now is said then.",
                )
            deferrer = self._app.configure_task(
                TASK,
                queue=queue_of(self._arena, endpoint),
                # One arm is never asked by two workers at once.
                lock=f"{self._arena} {account.model_id}",
                connection=connection,
            )
            await deferrer.defer_async(arena=self._arena, question=key)

    async def _listen(self) -> None:
        """Hear what has been answered or given up, for ever."""
        while True:
            await asyncio.sleep(_LISTEN_EVERY_S)
            if not self._waiting:
                continue
            try:
                ended = await self._book.ended(list(self._waiting))
                for each in ended:
                    heard = self._waiting.get(each.id)
                    if heard is not None and not heard.done():
                        heard.set_result(each)
                self._heard += [each.id for each in ended if each.answer is not None]
                await self._forget()
            except _OUTAGES as error:
                _LOG.warning("questions of %s: %s", self._arena, error)

    async def _forget(self) -> None:
        """Delete what was heard: the invocations keep all of it."""
        if self._heard:
            await self._book.forget(self._heard)
            self._heard = []

    async def _rescue(self) -> None:
        """End the jobs of workers that died, for ever: nobody else would, and their arms wait."""
        while True:
            try:
                stalled = await self._jobs.get_stalled_jobs(
                    task_name=TASK, seconds_since_heartbeat=STALLED_S
                )
                for job in stalled:
                    if job.id is not None and self._is_ours(job):
                        # Never tried again: the next tick asks the arm anew.
                        with contextlib.suppress(ConnectorException):
                            await self._jobs.finish_job_by_id_async(
                                job.id, status=Status.FAILED, delete_job=False
                            )
                        await self._book.give_up([str(job.task_kwargs["question"])], _SILENT)
                await self._book.forget_old(hours=_KEPT_HOURS)
                await self._jobs.delete_old_jobs(
                    _KEPT_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
                )
            except _OUTAGES as error:
                _LOG.warning("jobs of %s: %s", self._arena, error)
            await asyncio.sleep(_RESCUE_EVERY_S)

    async def _give_up(self, keys: list[str], reason: str) -> None:
        await self._abort(await self._book.give_up(keys, reason))

    async def _abort(self, keys: list[str]) -> None:
        """End the jobs of questions that were given up, so that no model works for nobody."""
        if not keys:
            return
        for status in (Status.TODO, Status.DOING):
            for job in await self._jobs.list_jobs_async(task=TASK, status=status.value):
                is_meant = self._is_ours(job) and job.task_kwargs.get("question") in keys
                if is_meant and job.id is not None:
                    await self._jobs.cancel_job_by_id_async(job.id, abort=True)

    def _is_ours(self, job: Job) -> bool:
        given: Mapping[str, object] = job.task_kwargs
        return given.get("arena") == self._arena


def _failed(question: Question, ended: Ended) -> Answer:
    """Return an answer that never came.

    Where a worker had begun, its first request counts as sent: nobody will say what it cost.
    """
    from autonome.agents.llm.payload import payload_of

    model, prompt = question.arm.agent.model, question.prompt
    budget = Budget(model, question.spent)
    if ended.was_taken:
        budget.reserve(prompt_tokens(prompt.system + prompt.user))
    words = ended.reason or "given up"
    failure = Failure(kind=FailureKind.WORKER_LOST, words=words, retryable=True)
    payload = payload_of(
        model,
        prompt,
        messages=(),
        steps=(),
        calls=(),
        spent=budget.turn,
        warnings=(),
        failure=failure,
    )
    return Answer(
        response="",
        calls=(),
        payload=payload,
        cost=ZERO,
        tokens=0,
        spent=budget.turn,
        failure=failure,
    )
