"""Open a paper arena: where its rows left it, or at its beginning, with the market it goes on."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import NamedTuple

from autonome.arena.paper.arena import PaperArena
from autonome.arena.paper.pace import Pace
from autonome.arena.paper.played import Played
from autonome.arena.paper.running import Minutes
from autonome.bootstrap.arena_file.plan import ArenaPlan
from autonome.bootstrap.paper.arms import entrants_of
from autonome.bootstrap.paper.live import arena_on_feed, feed_of
from autonome.bootstrap.paper.minutes import begin_of, playback_of
from autonome.bootstrap.paper.past import Past
from autonome.domain.errors import InvariantBroken
from autonome.domain.instants import ms_of
from autonome.ledger.journal.port import Journal
from autonome.ledger.queries.frames import snapshot
from autonome.ledger.queries.query import rows_where
from autonome.ledger.queries.restoring import RestoredArena, restore_arena
from autonome.ledger.rows import Mark
from autonome.ledger.tables import marks
from autonome.market.candles import MINUTE_MS
from autonome.market.feeds.clock import WallClock
from autonome.market.feeds.playback import Playback
from autonome.venue.simulated.candle_venue import CandleVenue

__all__ = ["Opened", "arena_of", "found_in", "opened"]


class Opened(NamedTuple):
    """An arena about to go on."""

    arena: PaperArena
    minutes: Minutes
    now_ms: Callable[[], int]
    """The arena's time, milliseconds since 1970 UTC."""


async def opened(
    plan: ArenaPlan,
    journal: Journal,
    url: str,
    name: str,
    *,
    stack: AsyncExitStack,
    past: Past,
    warned: Callable[[str], None],
) -> Opened:
    """Return the arena ``name`` at ``url`` as its plan lets it go on.

    What a live market needs is closed with ``stack``, what was read of it stays in ``past``;
    ``warned`` is told of its troubles.

    Raises:
        SettingError, MarketDataError, FeedError, LedgerError: what each says.
    """
    found = found_in(url, name)
    if plan.market.is_live:
        return await _opened_live(plan, found, journal, url, name, stack, past, warned)
    return _opened_played(plan, found, journal, warned)


def found_in(url: str, name: str) -> RestoredArena:
    """Return an arena as its rows left it."""
    with snapshot(url, name) as connection:
        found = restore_arena(connection, at=datetime.now(UTC))
        if found.marked_at is None:
            return found
        # The day that counts is the arena's own, wherever its time has come to.
        return restore_arena(connection, at=found.marked_at)


def arena_of(
    plan: ArenaPlan,
    found: RestoredArena,
    journal: Journal,
    *,
    only: str | None = None,
    told: Callable[[str], None] = lambda _: None,
) -> tuple[PaperArena, Playback]:
    """Return the arena where it was, or at its beginning, and its market.

    ``only`` names the one arm that is wanted; ``told`` hears what operators set.
    """
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
    entrants = entrants_of(plan, market, found.arms, at=at, only=only, told=told)
    arena.join(entrants, known)
    return arena, playback


def _opened_played(
    plan: ArenaPlan, found: RestoredArena, journal: Journal, warned: Callable[[str], None]
) -> Opened:
    arena, playback = arena_of(plan, found, journal, told=warned)
    clock = arena.stage.clock
    pace = Pace(
        begin_ms=clock.at_ms(clock.end),
        speed=plan.market.speed,
        clock=time.monotonic,
        begun=time.monotonic(),
    )
    return Opened(arena, Played(recording=playback, pace=pace), pace.now_ms)


async def _opened_live(
    plan: ArenaPlan,
    found: RestoredArena,
    journal: Journal,
    url: str,
    name: str,
    stack: AsyncExitStack,
    past: Past,
    warned: Callable[[str], None],
) -> Opened:
    with snapshot(url, name) as connection:
        newest = rows_where(Mark, marks.c.at == found.marked_at)
        recorded = [newest.read(row) for row in connection.execute(newest.statement)]
    arena, minutes, present = await arena_on_feed(
        plan,
        found,
        journal,
        feed_of(plan, clock=WallClock()),
        stack=stack,
        past=past,
        recorded={each.symbol: each.price for each in recorded},
        warned=warned,
    )
    return Opened(arena, minutes, present.now_ms)
