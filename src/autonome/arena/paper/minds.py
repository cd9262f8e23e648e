"""Models at work: asked together at a tick, heard whenever each of them is done."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

from autonome.agents.llm.answer import Answer
from autonome.arena.paper.arena import PaperArena, Tick
from autonome.arena.paper.thinking_arm import Question, ThinkingArm

__all__ = ["Ask", "Minds"]

Ask = Callable[[Question], Awaitable[Answer]]
"""Asks one model; it answers or fails within its deadline, and never raises."""

_LOG: Final = logging.getLogger(__name__)
_STILL_THINKING: Final = "the model was still thinking about an earlier tick"


class Minds:
    """The models of an arena, each with at most one question."""

    def __init__(
        self,
        arena: PaperArena,
        ask: Ask,
        *,
        wall: Callable[[], datetime],
        arena_ms: Callable[[], int] = lambda: 0,
    ) -> None:
        """Ask by ``ask``; ``wall`` says what day it is for who pays, ``arena_ms`` what time."""
        self._arena_ms = arena_ms
        self._arena = arena
        self._ask = ask
        self._wall = wall
        self._thinking: dict[ThinkingArm, tuple[Question, asyncio.Task[None]]] = {}
        self._answers: list[tuple[Question, Answer, int]] = []
        """With the arena's time at which each came."""
        self._unheard: list[Question] = []
        """Questions that could not be asked at all."""
        self._heard = asyncio.Event()

    @property
    def thinking(self) -> int:
        """Return how many models are thinking."""
        return len(self._thinking)

    def ask(self, tick: Tick, *, missed: str | None = None) -> None:
        """Put the question of a tick to every model; one that still thinks misses the tick.

        All of them miss it where ``missed`` says why.
        """
        arms = [
            arm
            for arm in self._arena.arms
            if isinstance(arm, ThinkingArm) and arm.is_enabled and arm not in self._arena.broken
        ]
        today = self._wall().date().isoformat()
        for arm in arms:
            with self._arena.others_unharmed_by(arm):
                if missed or arm in self._thinking:
                    arm.missed(tick.observation, missed or _STILL_THINKING)
                    continue
                question = arm.question(tick.observation, tick.snapshot, today=today)
                self._thinking[arm] = question, asyncio.create_task(self._think(question))

    async def _think(self, question: Question) -> None:
        try:
            answer = await self._ask(question)
        except Exception:
            _LOG.exception("%s: asking its model failed", question.arm.entrant.agent.name)
            self._unheard.append(question)
        else:
            self._answers.append((question, answer, self._arena_ms()))
        self._heard.set()

    def take_answers(self) -> None:
        """Let the arena decide on every answer that has come."""
        answers, self._answers = self._answers, []
        unheard, self._unheard = self._unheard, []
        self._heard.clear()
        for question, answer, at_ms in answers:
            del self._thinking[question.arm]
            self._arena.answered(question, answer, at_ms=at_ms)
        for question in unheard:
            del self._thinking[question.arm]
            self._arena.give_up(question)

    async def some_answer(self, longest_s: float, stopped: asyncio.Event) -> None:
        """Wait until a model has answered, or it is stopped, or ``longest_s`` seconds are over."""
        waits = [asyncio.create_task(each.wait()) for each in (self._heard, stopped)]
        await asyncio.wait(waits, timeout=longest_s, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()

    def give_up(self) -> None:
        """Decide on the answers that have come, and close the other questions: nobody waits."""
        self.take_answers()
        for question, _ in self._thinking.values():
            self._arena.give_up(question)

    async def cancel(self) -> None:
        """Stop thinking."""
        tasks = [task for _, task in self._thinking.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
