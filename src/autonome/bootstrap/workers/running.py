"""Run a worker: it asks models for whoever leads the arena, and leads where nobody does."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Final

from autonome.arena.paper.minds import Ask
from autonome.arena.paper.running import STOPPED
from autonome.bootstrap.arena_file.plan import ArenaPlan
from autonome.bootstrap.database import open_database
from autonome.bootstrap.paper.asking import Heard, keys_of
from autonome.bootstrap.paper.past import Past
from autonome.bootstrap.paper.running import Told, kept_up, lead_arena, prepare_arena
from autonome.bootstrap.paper.stops import Stops
from autonome.bootstrap.workers.queues import queue_of
from autonome.config import Settings
from autonome.domain.errors import ArenaTaken
from autonome.ledger.jobs import make_jobs_schema

__all__ = ["run_worker", "worker_name"]

_TRIES_TO_LEAD_EVERY_S: Final = 2.0


def worker_name() -> str:
    """Return what other processes call this one: its machine and its number there."""
    return f"{socket.gethostname()}:{os.getpid()}"


def run_worker(
    settings: Settings,
    plan: ArenaPlan,
    name: str,
    *,
    told: Told,
    warned: Callable[[str], None],
) -> str:
    """Work for an arena until it is stopped (SIGINT, SIGTERM) or its market ends; return why.

    ``told`` is told after each minute of the arena while this process leads it.

    Raises:
        SettingError, MarketDataError, LedgerError: what each says.
    """
    from autonome.bootstrap.workers.answering import Answering
    from autonome.bootstrap.workers.asking import asking_workers

    stops, past = Stops(), Past(warned=warned)
    for each in plan.endpoints:
        if each.missing is not None:
            warned(f"No key in {each.missing}: other workers ask endpoint {each.endpoint.name!r}.")
    queues = [queue_of(name, each.endpoint) for each in plan.offered if each.missing is None]

    def lead_or_wait(url: str) -> str:
        async def asked(stack: AsyncExitStack, _: Heard) -> Ask:
            # Of an answer nothing is heard before it is whole: it comes from another process.
            return await asking_workers(url, name, stack)

        while True:
            try:
                return lead_arena(
                    url, plan, name, told=told, warned=warned, stops=stops, past=past, asking=asked
                )
            except ArenaTaken:
                if stops.asked_within(_TRIES_TO_LEAD_EVERY_S):
                    return STOPPED

    def run_once(reached: Callable[[], None]) -> str:
        with open_database(settings) as url:
            prepare_arena(url, name)
            reached()
            make_jobs_schema(url)
            with Answering(url, name, queues=queues, keys=keys_of(plan), worker=worker_name()):
                return lead_or_wait(url)

    return kept_up(run_once, stops, warned)
