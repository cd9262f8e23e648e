"""Replay: the competition over recorded candles, as discrete events.

Instant k is the opening of bar k, when bar k - 1 has closed. At one instant the order is: exits of
the bar that closed, funding on what was held before, NAV, decisions, fills. Instants at which
nothing can happen are never visited. Arms are brought forward one after the other, slice by slice
of simulated time, those that follow another after it: nobody's rows depend on the slices.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from autonome.arena.books import Books
from autonome.arena.clock import Clock
from autonome.arena.competitor import Competitor, Entrant
from autonome.arena.events import Event
from autonome.arena.following import LeaderLog
from autonome.arena.names import names_of, pooled_ids
from autonome.arena.settlements import settlements
from autonome.arena.stage import Stage
from autonome.arena.valuation import mark_points
from autonome.domain.errors import SettingError
from autonome.domain.money import exact
from autonome.ledger.journal.port import Journal
from autonome.venue.simulated.candle_venue import CandleVenue

__all__ = ["Progress", "Replay", "Replayed"]

_DAY_INSTANTS: Final = 24 * 60
_MOST_SLICES: Final = 64
"""A long replay is cut into longer slices: each costs every arm a little."""
_ALLOCATIONS_BETWEEN_COLLECTIONS: Final = 100_000


class Progress(NamedTuple):
    """How far a replay has come."""

    begin: datetime
    end: datetime
    reached: datetime
    """Simulated instants, UTC."""
    arms: int
    events: int


class Replayed(NamedTuple):
    """What a replay covered."""

    begin: datetime
    reached: datetime
    cycles: int
    events: int
    is_partial: bool
    """Whether it was interrupted before the data ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """One replay: what trades where, and how often agents are asked."""

    venue: CandleVenue
    journal: Journal
    cadence_minutes: int = 5
    seed: int = 0
    record: Callable[[str, Event], None] | None = None
    """Told every event with its model's id, before it happens."""
    slice_instants: int | None = None
    """How far arms are brought forward at once; ``None``: a day, or a 64th of a long replay."""

    @exact
    def run(
        self,
        entrants: Sequence[Entrant],
        *,
        progress: Callable[[Progress], None] = lambda _: None,
        interrupted: Callable[[], bool] = lambda: False,
    ) -> Replayed:
        """Run every entrant over the whole market, writing all rows to the journal.

        When ``interrupted`` says so, every arm stops at the same instant, and what was reached is
        complete.

        Raises:
            SettingError: the cadence is not a positive number of minutes, or an agent follows
                one that does not compete.
        """
        with _few_collections():
            return self._run(entrants, progress, interrupted)

    def _run(
        self,
        entrants: Sequence[Entrant],
        progress: Callable[[Progress], None],
        interrupted: Callable[[], bool],
    ) -> Replayed:
        stage = self._stage()
        competitors = self._enter(entrants, stage)
        clock, end = stage.clock, 0
        days = -(-clock.end // (_DAY_INSTANTS * _MOST_SLICES))
        slice_instants = self.slice_instants or days * _DAY_INSTANTS
        is_partial = False
        while end <= clock.end:
            if interrupted() and end:
                is_partial = True
                break
            end = min(end + slice_instants, clock.end + 1)
            for competitor in competitors:
                competitor.run_until(end)
            self._write(stage, competitors, end)
            progress(self._progress(stage, competitors, end))
        reached = min(end - 1, clock.end)
        cycles = clock.ticks_between(0, reached + 1)
        for competitor in competitors:
            competitor.finish(reached, cycles=cycles, minutes=cycles * self.cadence_minutes)
        return Replayed(clock.at(0), clock.at(reached), cycles, stage.events, is_partial)

    def _stage(self) -> Stage:
        if self.cadence_minutes <= 0:
            raise SettingError(
                f"expected a cadence of at least one minute, found {self.cadence_minutes}.",
                remedy="Give whole minutes, such as 5.",
            )
        market = self.venue.market
        clock = Clock(market, self.cadence_minutes)
        return Stage(
            market=market,
            symbols=market.symbols,
            venue=self.venue,
            clock=clock,
            journal=self.journal,
            new_id=pooled_ids(),
            funding=settlements(self.venue.market, clock),
            record=self.record,
        )

    def _enter(self, entrants: Sequence[Entrant], stage: Stage) -> list[Competitor]:
        """Return the arms in the order in which they run: those that are followed first."""
        followed = {entrant.agent.leader for entrant in entrants}
        logs: dict[str, LeaderLog] = {}
        competitors: list[Competitor] = []
        numbers: set[int] = set()
        for entrant in entrants:
            agent = entrant.agent
            if agent.leader is not None and agent.leader not in logs:
                known = ", ".join(logs) or "none"
                raise SettingError(
                    f"{agent.name} follows {agent.leader!r}, which does not compete before it"
                    f" (followed so far: {known}).",
                    remedy="Let the arm that is followed compete too, and name it first.",
                )
            names = names_of(agent.name, numbers, stage.new_id)
            competitor = Competitor(
                agent,
                Books.opened(entrant.model, entrant.arm, entrant.policy, stage, names),
                stage,
                seed=self.seed,
                leader=None if agent.leader is None else logs[agent.leader],
                is_followed=agent.name in followed,
            )
            competitors.append(competitor)
            if competitor.log is not None:
                logs[agent.name] = competitor.log
        return competitors

    def _write(self, stage: Stage, competitors: Sequence[Competitor], end: int) -> None:
        """Write NAV and marks of the bars that have closed before instant ``end``."""
        reached = min(end - 1, stage.clock.end)
        stage.write_cycles()
        for competitor in competitors:
            nav = competitor.points(reached)
            if len(nav.nav):
                self.journal.value(nav)
        for symbol in stage.market.symbols:
            candles = stage.market.candles[symbol]
            points = mark_points(candles, first_bar=stage.marked_bar, end_bar=reached)
            self.journal.mark(points)
        stage.marked_bar = reached

    def _progress(self, stage: Stage, competitors: Sequence[Competitor], end: int) -> Progress:
        clock = stage.clock
        return Progress(
            begin=clock.at(0),
            end=clock.at(clock.end),
            reached=clock.at(min(end - 1, clock.end)),
            arms=len(competitors),
            events=stage.events,
        )


@contextmanager
def _few_collections() -> Iterator[None]:
    """Let the collector of cycles rest: rows live to the end of a replay and hold no cycles.

    Looking through them again and again would cost a tenth of the time.
    """
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS_BETWEEN_COLLECTIONS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
