"""Run a paper arena: lead it, keep its clock, and go on when the database comes back."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from functools import partial
from itertools import chain, repeat
from typing import Any, Final

import psycopg

from autonome.arena.live.noted import market_said
from autonome.arena.paper.arena import PaperArena
from autonome.arena.paper.minds import Minds
from autonome.arena.paper.operators import Operators
from autonome.arena.paper.running import STOPPED, Running
from autonome.bootstrap.arena_file.plan import ArenaPlan
from autonome.bootstrap.database import open_database
from autonome.bootstrap.paper.asking import Asking, asking_by
from autonome.bootstrap.paper.noting import noted_beside
from autonome.bootstrap.paper.opening import opened
from autonome.bootstrap.paper.past import Past
from autonome.bootstrap.paper.recruiting import Recruiting
from autonome.bootstrap.paper.said import said_of
from autonome.bootstrap.paper.status import Status, status_of
from autonome.bootstrap.paper.stops import Stops, unless
from autonome.bootstrap.paper.thinning import thinned_beside
from autonome.bootstrap.paper.watchers import Watchers
from autonome.config import Settings
from autonome.domain.errors import FeedUnavailable, LedgerUnavailable
from autonome.ledger.adoption import adopt
from autonome.ledger.arenas import transaction
from autonome.ledger.connection import connect, explained
from autonome.ledger.facts import note_fact
from autonome.ledger.journal.postgres import PostgresJournal
from autonome.ledger.leadership import LEASE_MS, Leadership, leading
from autonome.ledger.migrate import upgrade
from autonome.ledger.queries.running import pending_commands
from autonome.ledger.rows import Command, Fact, FactName

__all__ = ["Told", "kept_up", "lead_arena", "prepare_arena", "run_arena", "wall_clock"]

Told = Callable[[Status], None]
"""Told after each minute of the arena."""

_COMMANDS_EVERY_S: Final = 1.0
_WAITS_S: Final = (1, 2, 5, 10, 30, 60)
"""Before each new try while the database is away; the last one again and again."""
_STEADY_S: Final = 60
"""A run as long as this was no failed try."""
_LEADER_WAIT_MS: Final = 30_000
"""A process that was killed loses the lead when its connection ends, which takes a moment."""


def run_arena(
    settings: Settings,
    plan: ArenaPlan,
    name: str,
    *,
    told: Told,
    warned: Callable[[str], None] = lambda _: None,
) -> str:
    """Run an arena until it is stopped (SIGINT, SIGTERM) or its market ends; return why it ended.

    A database that goes away and comes back interrupts it, and so does a venue that is away when
    it begins: it restores itself and goes on. ``warned`` is told. A database that never answered
    ends it.

    Raises:
        SettingError, MarketDataError, FeedRefused, LedgerError: what each says.
    """
    stops, past = Stops(), Past(warned=warned)

    def run_once(reached: Callable[[], None]) -> str:
        with open_database(settings) as url:
            prepare_arena(url, name)
            reached()
            return lead_arena(
                url,
                plan,
                name,
                told=told,
                warned=warned,
                stops=stops,
                past=past,
                wait_ms=_LEADER_WAIT_MS,
            )

    return kept_up(run_once, stops, warned)


def kept_up(
    run_once: Callable[[Callable[[], None]], str], stops: Stops, warned: Callable[[str], None]
) -> str:
    """Return what ``run_once`` returns, begun again when the database or the venue was away.

    It calls what it is given once the database has answered: until then a database that is away
    is more likely an address that is wrong.

    Raises:
        LedgerUnavailable: the database never answered.
    """
    waits, answered = _waits(), threading.Event()
    while True:
        begun = time.monotonic()
        try:
            return run_once(answered.set)
        except (LedgerUnavailable, FeedUnavailable) as error:
            if isinstance(error, LedgerUnavailable) and not answered.is_set():
                raise
            if time.monotonic() - begun > _STEADY_S:
                waits = _waits()
            wait_s = next(waits)
            warned(f"{error.problem} Trying again in {wait_s} s.")
            if stops.asked_within(wait_s):
                return STOPPED


def _waits() -> Iterator[int]:
    return chain(_WAITS_S, repeat(_WAITS_S[-1]))


def prepare_arena(url: str, name: str) -> None:
    """Make the arena's tables, or bring them up to date."""
    with transaction(url, name) as connection:
        upgrade(connection, name)
        adopt(connection, name)


def lead_arena(
    url: str,
    plan: ArenaPlan,
    name: str,
    *,
    told: Told,
    warned: Callable[[str], None],
    stops: Stops,
    past: Past,
    wait_ms: int = 0,
    asking: Asking | None = None,
) -> str:
    """Lead an arena until it is stopped or its market ends; return why it ended.

    ``past`` has what an earlier try of this process read of a live market.
    ``asking`` makes what asks its models; by default this process asks them.

    Raises:
        ArenaTaken: another process leads it, and went on to for ``wait_ms``.
        SettingError, MarketDataError, FeedError, LedgerError: what each says.
    """
    with (
        leading(url, name, wait_ms=wait_ms, warned=warned) as leadership,
        connect(url, arena=name, autocommit=True) as session,
    ):
        leadership.end_earlier_runs()
        with explained(url):
            # Who hangs in the middle of a minute keeps no lock that the next leader waits for.
            session.execute(f"SET idle_in_transaction_session_timeout = {LEASE_MS}".encode())
            note_fact(session, Fact(name=FactName.RUN, at=wall_clock(), said=plan.said))
        asking = asking or partial(asking_by, plan)
        return asyncio.run(_run(plan, url, leadership, session, told, warned, stops, past, asking))


async def _run(
    plan: ArenaPlan,
    url: str,
    leadership: Leadership,
    session: psycopg.Connection[Any],
    told: Told,
    warned: Callable[[str], None],
    stops: Stops,
    past: Past,
    asking: Asking,
) -> str:
    stopped, name = asyncio.Event(), leadership.arena
    async with AsyncExitStack() as stack:
        stack.enter_context(stops.told_to(stopped))
        journal = PostgresJournal(session, tells=True)
        opening = opened(plan, journal, url, name, stack=stack, past=past, warned=warned)
        found = await unless(stopped, opening)
        if found is None:
            return STOPPED
        arena, minutes, now_ms = found
        watchers = Watchers(journal, now=lambda: arena.stage.now, seconds=time.monotonic)
        ask = await asking(stack, watchers.heard)
        minds = Minds(arena, ask, wall=wall_clock, arena_ms=now_ms)

        def told_all(arena: PaperArena) -> None:
            watchers.forget()
            told(status_of(arena, minds))

        running = Running(
            arena=arena,
            minutes=minutes,
            minds=minds,
            operators=Operators(
                arena, _Commands(url, name), wall=wall_clock, recruits=Recruiting(plan)
            ),
            leads=leadership.still_leads,
            told=told_all,
        )
        watchers.started()
        async with (
            thinned_beside(url, name, clock=lambda: arena.stage.now, warned=warned),
            noted_beside(url, name, said=lambda: market_said(arena.stage), warned=warned),
            # A live venue says only now what it lists, and the ledger which arms the plan's are.
            noted_beside(
                *(url, name), said=lambda: said_of(plan, arena), warned=warned, name=FactName.RUN
            ),
        ):
            ended = await running.run(stopped)
        watchers.stopped(ended)
        return ended


class _Commands:
    """Commands that wait, read at most once a second."""

    def __init__(self, url: str, name: str) -> None:
        self._url = url
        self._name = name
        self._read_at = 0.0

    def __call__(self) -> list[Command]:
        if time.monotonic() - self._read_at < _COMMANDS_EVERY_S:
            return []
        self._read_at = time.monotonic()
        query = pending_commands()
        with transaction(self._url, self._name) as connection:
            return [query.read(row) for row in connection.execute(query.statement)]


def wall_clock() -> datetime:
    """Return the present, UTC."""
    return datetime.now(UTC)
