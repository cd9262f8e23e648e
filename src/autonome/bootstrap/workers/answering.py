"""The worker's side: questions are taken from the queues, and their models asked, in a thread.

The thread has an event loop of its own: however long a minute of the arena takes, the other
processes hear that this one lives.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, Final

import psycopg
from procrastinate import App
from procrastinate.exceptions import ConnectorException
from psycopg_pool import PoolTimeout

from autonome.agents.llm.answer import Answer
from autonome.agents.llm.client import Connections
from autonome.agents.llm.keys import KeyRing
from autonome.agents.llm.turn import ask
from autonome.arena.paper.posted import read_posted, text_of
from autonome.bootstrap.paper.pieces import Pieces
from autonome.bootstrap.workers.queues import HEARTBEAT_S, STALLED_S, TASK
from autonome.bootstrap.workers.saying import Saying
from autonome.bootstrap.workers.sharing import SharedMarket
from autonome.domain.errors import LedgerUnavailable
from autonome.ledger.jobs import open_jobs, open_pool
from autonome.ledger.questions import QuestionBook

__all__ = ["Answering"]

_LOG: Final = logging.getLogger(__name__)
_CONNECTIONS: Final = 6
_MOST_AT_ONCE: Final = 64
"""Questions that one process asks at the same time."""
_LOOK_EVERY_S: Final = 1.0
"""How often it looks for jobs, should a notification have been lost."""
_FINISHES_WITHIN_S: Final = 3.0
"""How long a worker that stops lets its models go on."""
_JOINS_WITHIN_S: Final = 15.0
_AGAIN_AFTER_S: Final = 2.0
"""Before it begins again after an outage, or after having been taken for dead."""
_STOPPED: Final = "expected an answer of its worker, found it stopped"


class Answering:
    """Answers the questions of some queues while its context is open."""

    def __init__(
        self, url: str, arena: str, *, queues: Sequence[str], keys: KeyRing, worker: str
    ) -> None:
        """Answer as ``worker``, a name that no other process has."""
        self._url = url
        self._arena = arena
        self._queues = list(queues)
        self._keys = keys
        self._worker = worker
        self._stopped = threading.Event()
        self._stop: Callable[[], object] = lambda: None
        self._thread = threading.Thread(target=self._run, name="answering", daemon=True)

    def __enter__(self) -> Answering:
        """Begin, where there is a queue."""
        if self._queues:
            self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take no more questions, and give the last ones a moment."""
        self._stopped.set()
        self._stop()
        if self._queues:
            self._thread.join(_JOINS_WITHIN_S)

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                asyncio.run(self._answer())
            except (psycopg.Error, ConnectorException, PoolTimeout, LedgerUnavailable) as error:
                _LOG.warning("questions of %s: %s", self._arena, error)
            except Exception:
                _LOG.exception("answering the questions of %s failed", self._arena)
            self._stopped.wait(_AGAIN_AFTER_S)

    async def _answer(self) -> None:
        loop, stopped = asyncio.get_running_loop(), asyncio.Event()
        loop.set_exception_handler(_say)
        self._stop = lambda: _call_in(loop, stopped.set)
        if self._stopped.is_set():
            return
        async with (
            open_pool(self._url, self._arena, size=_CONNECTIONS) as pool,
            open_jobs(pool) as app,
            Connections() as connections,
        ):
            book, saying = QuestionBook(pool), Saying(pool)
            _offer(app, book, self._keys, connections, self._worker, saying)
            working = asyncio.create_task(
                app.run_worker_async(
                    queues=self._queues,
                    name=self._worker,
                    concurrency=_MOST_AT_ONCE,
                    fetch_job_polling_interval=_LOOK_EVERY_S,
                    abort_job_polling_interval=_LOOK_EVERY_S,
                    shutdown_graceful_timeout=_FINISHES_WITHIN_S,
                    delete_jobs="successful",
                    install_signal_handlers=False,
                    update_heartbeat_interval=HEARTBEAT_S,
                    stalled_worker_timeout=STALLED_S,
                )
            )
            waiting = asyncio.create_task(stopped.wait())
            await asyncio.wait((working, waiting), return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()
            # The library takes this for a stop, and lets the jobs at work finish.
            working.cancel()
            with suppress(asyncio.CancelledError):
                await working


def _offer(
    app: App,
    book: QuestionBook,
    keys: KeyRing,
    connections: Connections,
    worker: str,
    saying: Saying,
) -> None:
    """Let the task of the jobs be known to the library."""
    market = SharedMarket(book)
    pieces = Pieces(saying.tell)

    async def answer(text: str) -> Answer:
        posted = read_posted(text)
        seen = await market.reaching(posted.market_number, posted.observed_ms)
        return await ask(
            posted.model,
            posted.prompt,
            posted.desk(seen),
            keys,
            posted.spent,
            connections=connections,
            clock=time.monotonic,
            # The leader's clock is not here: what is said is dated by what was asked.
            told=lambda piece: pieces.add(posted.invocation, piece, at=posted.asked.at),
        )

    @app.task(name=TASK)
    async def ask_model(*, arena: str, question: str) -> None:
        text = await book.take(question, worker=worker)
        if text is None:
            return  # It was given up before its turn came.
        try:
            answered = text_of(await answer(text))
        except asyncio.CancelledError:
            await book.give_up([question], _STOPPED)
            raise
        except Exception as error:
            _LOG.exception("question %s of %s failed", question, arena)
            await book.give_up(
                [question], f"expected an answer of its worker, found {type(error).__name__}"
            )
            return
        if not await book.answer(question, answered, worker=worker):
            _LOG.warning("question %s of %s was given up before its answer came", question, arena)


def _say(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Say in a line that a job could not be finished: a worker that was paused learns it so."""
    error = context.get("exception")
    if isinstance(error, ConnectorException):
        _LOG.warning(
            "a job had been ended by another process: %s",
            str(error.__cause__ or error).splitlines()[0],
        )
    else:
        loop.default_exception_handler(context)


def _call_in(loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> None:
    with suppress(RuntimeError):  # The loop is over.
        loop.call_soon_threadsafe(call)
