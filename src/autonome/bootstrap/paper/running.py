"""Run a paper arena: from a plan to the loop, and from what the ledger holds to going on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from itertools import chain, repeat
from typing import Final

from autonome.agents.llm.answer import Answer
from autonome.arena.paper.arena import PaperArena
from autonome.arena.paper.minds import Ask, Minds
from autonome.arena.paper.operators import Operators
from autonome.arena.paper.pace import Pace
from autonome.arena.paper.running import Running
from autonome.arena.paper.thinking_arm import Question
from autonome.bootstrap.arena_file.plan import ArenaPlan, LlmPlan
from autonome.bootstrap.database import open_database
from autonome.bootstrap.paper.arms import entrants_of
from autonome.bootstrap.paper.minutes import begin_of, playback_of
from autonome.bootstrap.paper.status import Status, status_of
from autonome.bootstrap.paper.stops import Stops
from autonome.bootstrap.paper.watchers import Watchers
from autonome.config import Settings
from autonome.domain.errors import InvariantBroken, LedgerUnavailable
from autonome.domain.instants import ms_of
from autonome.ledger.adoption import adopt
from autonome.ledger.arenas import transaction
from autonome.ledger.connection import connect
from autonome.ledger.journal.port import Journal
from autonome.ledger.journal.postgres import PostgresJournal
from autonome.ledger.leadership import leading
from autonome.ledger.migrate import upgrade
from autonome.ledger.queries.frames import snapshot
from autonome.ledger.queries.restoring import RestoredArena, restore_arena
from autonome.ledger.queries.running import pending_commands
from autonome.ledger.rows import Command
from autonome.market.candles import MINUTE_MS
from autonome.market.feeds.playback import Playback
from autonome.venue.simulated.candle_venue import CandleVenue

__all__ = ["Told", "arena_of", "asking_by", "found_in", "run_arena", "wall_clock"]

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

    A database that goes away and comes back interrupts it: it restores itself and goes on.
    ``warned`` is told.

    Raises:
        SettingError, MarketDataError, LedgerError: what each says.
    """
    stops = Stops()
    waits = _waits()
    while True:
        begun = time.monotonic()
        try:
            return _led(settings, plan, name, told, stops)
        except LedgerUnavailable as error:
            if time.monotonic() - begun > _STEADY_S:
                waits = _waits()
            wait_s = next(waits)
            warned(f"{error.problem} Trying again in {wait_s} s.")
            if stops.asked_within(wait_s):
                return "it was stopped"


def _waits() -> Iterator[int]:
    return chain(_WAITS_S, repeat(_WAITS_S[-1]))


def _led(settings: Settings, plan: ArenaPlan, name: str, told: Told, stops: Stops) -> str:
    with open_database(settings) as url:
        with transaction(url, name) as connection:
            upgrade(connection, name)
            adopt(connection, name)
        with (
            leading(url, name, wait_ms=_LEADER_WAIT_MS) as leadership,
            connect(url, arena=name, autocommit=True) as session,
        ):
            found = found_in(url, name)
            journal = PostgresJournal(session, tells=True)
            arena, playback = arena_of(plan, found, journal)
            watchers = Watchers(journal, arena.stage.clock, seconds=time.monotonic)

            watchers.started()
            commands, leads = _Commands(url, name), leadership.still_leads
            ended = asyncio.run(_run(plan, arena, playback, commands, leads, told, stops, watchers))
            watchers.stopped(ended)
            return ended


def found_in(url: str, name: str) -> RestoredArena:
    """Return an arena as its rows left it."""
    with snapshot(url, name) as connection:
        found = restore_arena(connection, at=datetime.now(UTC))
        if found.marked_at is None:
            return found
        # The day that counts is the arena's own, wherever its time has come to.
        return restore_arena(connection, at=found.marked_at)


def arena_of(
    plan: ArenaPlan, found: RestoredArena, journal: Journal
) -> tuple[PaperArena, Playback]:
    """Return the arena where it was, or at its beginning, and its market."""
    now = datetime.now(UTC)
    begin = min((each.arm.created_at for each in found.arms), default=None)
    playback = playback_of(plan, begin, now=now)
    bars = begin_of(plan, playback)
    if begin is not None:
        first = playback.until(1)
        assert first is not None
        reached = found.marked_at or begin
        bars = (ms_of(reached) - int(first.open_ms[0])) // MINUTE_MS
    market = playback.until(bars)
    if market is None:
        raise InvariantBroken(f"the arena has reached {bars} bars, its market has {len(playback)}")
    venue = CandleVenue(profile=plan.profile, market=market, seed=plan.seed)
    arena = PaperArena(venue, journal, cadence_minutes=plan.cadence_minutes, seed=plan.seed)
    at = arena.stage.clock.at(bars)
    known = {each.model.id: each for each in found.arms}
    arena.join(entrants_of(plan, market, found.arms, at=at), known)
    return arena, playback


async def _run(
    plan: ArenaPlan,
    arena: PaperArena,
    playback: Playback,
    commands: Callable[[], list[Command]],
    leads: Callable[[], bool],
    told: Told,
    stops: Stops,
    watchers: Watchers,
) -> str:
    def told_all(arena: PaperArena) -> None:
        watchers.forget()
        told(status_of(arena, minds))

    async with AsyncExitStack() as stack:
        clock = arena.stage.clock
        pace = Pace(
            begin_ms=clock.at_ms(clock.end),
            speed=plan.market.speed,
            clock=time.monotonic,
            begun=time.monotonic(),
        )
        ask = await asking_by(plan, stack, watchers.heard)
        minds = Minds(arena, ask, wall=wall_clock, arena_ms=pace.now_ms)
        running = Running(
            arena=arena,
            minutes=playback,
            pace=pace,
            minds=minds,
            operators=Operators(arena, commands, wall=wall_clock),
            leads=leads,
            told=told_all,
        )
        stopped = asyncio.Event()
        with stops.told_to(stopped):
            return await running.run(stopped)


async def asking_by(
    plan: ArenaPlan,
    stack: AsyncExitStack,
    heard: Callable[[Question, str], None] = lambda *_: None,
) -> Ask:
    """Return how models are asked: the library is loaded only where there is a model.

    ``heard`` is told what a model says, step by step.
    """
    if not any(isinstance(arm, LlmPlan) for arm in plan.arms):

        async def nobody(_: Question) -> Answer:
            raise InvariantBroken("an arena without models asked one")

        return nobody
    from autonome.agents.llm.client import Connections
    from autonome.agents.llm.keys import KeyRing
    from autonome.agents.llm.turn import ask

    keys = KeyRing(clock=time.monotonic)
    for each in plan.endpoints:
        if each.keys:
            keys.add(each.endpoint, [key.get_secret_value() for key in each.keys])
    connections = await stack.enter_async_context(Connections())

    async def ask_model(question: Question) -> Answer:
        return await ask(
            question.arm.agent.model,
            question.prompt,
            question.desk,
            keys,
            question.spent,
            connections=connections,
            clock=time.monotonic,
            told=lambda text: heard(question, text),
        )

    return ask_model


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
