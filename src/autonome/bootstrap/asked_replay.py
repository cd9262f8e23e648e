"""A replay in which models decide: a paper arena whose time waits until all have answered."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from autonome.agents.llm.agent import LlmAgent
from autonome.arena.competitor import Entrant
from autonome.arena.paper.arena import PaperArena, Tick
from autonome.arena.paper.minds import Ask
from autonome.arena.paper.thinking_arm import ThinkingArm
from autonome.arena.replay import Progress, Replayed
from autonome.bootstrap.answers import KeptAnswers
from autonome.bootstrap.arena_file.plan import LlmPlan
from autonome.bootstrap.arena_file.reading import read_arena_file
from autonome.bootstrap.paper.asking import asking_by
from autonome.config import Settings
from autonome.domain.errors import SettingError
from autonome.ledger.journal.port import Journal
from autonome.venue.simulated.candle_venue import CandleVenue

__all__ = ["AskedReplay", "kept_or_asked", "models_of"]

_FOLDER: Final = "answers"
"""Below the home folder, where answers are kept."""


def models_of(file: Path) -> list[LlmAgent]:
    """Return the models that a file of an arena names; its other arms have words of their own.

    Raises:
        SettingError: the file cannot be used, or names no model.
    """
    plan = read_arena_file(file, os.environ)
    models = [
        LlmAgent(model=arm.settings, variant=arm.variant, policy=arm.policy)
        for arm in plan.arms
        if isinstance(arm, LlmPlan)
    ]
    if not models:
        raise SettingError(
            f"expected an arm of kind llm in {file}, found none.",
            remedy="Add one, or name another file.",
        )
    return models


@asynccontextmanager
async def kept_or_asked(settings: Settings, file: Path, *, offline: bool) -> AsyncIterator[Ask]:
    """Yield how the models of a file are asked; with ``offline``, only kept answers are found."""
    plan = read_arena_file(file, os.environ)
    async with AsyncExitStack() as stack:
        ask = None if offline else await asking_by(plan, stack)
        yield KeptAnswers(settings.home / _FOLDER, ask)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedReplay:
    """One replay of arms some of which are models."""

    venue: CandleVenue
    """With the whole market; its first bar is history."""
    journal: Journal
    asking: Callable[[], AbstractAsyncContextManager[Ask]]
    """How models are asked, as long as the context is open."""
    cadence_minutes: int
    seed: int

    def run(
        self,
        entrants: Sequence[Entrant],
        *,
        progress: Callable[[Progress], None] = lambda _: None,
        interrupted: Callable[[], bool] = lambda: False,
    ) -> Replayed:
        """Run every entrant over the whole market, writing all rows to the journal.

        When ``interrupted`` says so, it ends at that minute, and what was reached is complete.
        """
        return asyncio.run(self._run(entrants, progress, interrupted))

    async def _run(
        self,
        entrants: Sequence[Entrant],
        progress: Callable[[Progress], None],
        interrupted: Callable[[], bool],
    ) -> Replayed:
        arena = PaperArena(
            self._until(1), self.journal, cadence_minutes=self.cadence_minutes, seed=self.seed
        )
        arena.join(entrants, {})
        market, stage, cycles = self.venue.market, arena.stage, 0
        async with self.asking() as ask:
            for bars in range(2, len(market.open_ms) + 1):
                if interrupted():
                    break
                tick = arena.close_minute(self._until(bars))
                if tick is not None:
                    await _ask_all(arena, tick, ask)
                    cycles += 1
                    now = stage.clock.at(bars)
                    progress(Progress(market.start, market.end, now, len(entrants), stage.events))
        reached = stage.clock.at(stage.clock.end)
        is_partial = stage.clock.end < len(market.open_ms)
        return Replayed(market.start, reached, cycles, stage.events, is_partial)

    def _until(self, bars: int) -> CandleVenue:
        market = self.venue.market
        shown = market.until(int(market.close_ms[bars - 1]))
        return CandleVenue(profile=self.venue.profile, market=shown, seed=self.venue.seed)


async def _ask_all(arena: PaperArena, tick: Tick, ask: Ask) -> None:
    """Put the question of a tick to every model, and let each decide on its answer at once."""
    models = [arm for arm in arena.arms if isinstance(arm, ThinkingArm) and arm not in arena.broken]
    # Budgets are per day of the arena: a replay twice on one day spends the same.
    today = arena.stage.clock.at(tick.observation.closed_bars).date().isoformat()
    questions = [arm.question(tick.observation, tick.snapshot, today=today) for arm in models]
    answers = await asyncio.gather(*[ask(question) for question in questions])
    for question, answer in zip(questions, answers, strict=True):
        arena.answered(question, answer)
