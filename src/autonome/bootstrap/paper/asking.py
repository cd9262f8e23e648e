"""How models are asked by this process: with its own keys, over its own connections."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from importlib import import_module
from typing import TYPE_CHECKING, Final

from autonome.agents.llm.answer import Answer
from autonome.agents.llm.keys import KeyRing
from autonome.agents.llm.telling import Piece
from autonome.arena.paper.minds import Ask
from autonome.arena.paper.thinking_arm import Question
from autonome.bootstrap.arena_file.plan import ArenaPlan, LlmPlan

if TYPE_CHECKING:
    from autonome.agents.llm.client import Connections

__all__ = ["Asking", "Heard", "asking_by", "keys_of"]

Heard = Callable[[Question, Piece], None]
"""Told what a model says, while it speaks."""
Asking = Callable[[AsyncExitStack, Heard], Awaitable[Ask]]
"""Opens what models are asked with, for as long as the stack is open."""
_LIBRARY: Final = ("autonome.agents.llm.client", "autonome.agents.llm.turn")


async def asking_by(plan: ArenaPlan, stack: AsyncExitStack, heard: Heard | None = None) -> Ask:
    """Return how models are asked, ``heard`` or not.

    The library is loaded now where the plan has a model, else with the first that is added.
    """
    keys = keys_of(plan)
    library = _Library(stack)
    if any(isinstance(arm, LlmPlan) for arm in plan.arms):
        await library.connections()

    async def ask_model(question: Question) -> Answer:
        connections = await library.connections()
        from autonome.agents.llm.turn import ask

        return await ask(
            question.arm.agent.model,
            question.prompt,
            question.desk,
            keys,
            question.spent,
            connections=connections,
            clock=time.monotonic,
            told=None if heard is None else lambda piece: heard(question, piece),
        )

    return ask_model


class _Library:
    """What talks to models; it takes seconds to load, which must not hold an arena up."""

    def __init__(self, stack: AsyncExitStack) -> None:
        self._stack = stack
        self._lock = asyncio.Lock()
        self._opened: Connections | None = None

    async def connections(self) -> Connections:
        """Return the open connections; they are closed with the stack."""
        async with self._lock:
            if self._opened is None:
                for name in _LIBRARY:
                    await asyncio.to_thread(import_module, name)
                from autonome.agents.llm.client import Connections

                self._opened = await self._stack.enter_async_context(Connections())
            return self._opened


def keys_of(plan: ArenaPlan) -> KeyRing:
    """Return the keys of all that models may be asked at."""
    keys = KeyRing(clock=time.monotonic)
    for each in plan.offered:
        if each.keys:
            keys.add(each.endpoint, [key.get_secret_value() for key in each.keys])
    return keys
