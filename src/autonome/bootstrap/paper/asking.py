"""How models are asked by this process: with its own keys, over its own connections."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from autonome.agents.llm.answer import Answer
from autonome.agents.llm.keys import KeyRing
from autonome.arena.paper.minds import Ask
from autonome.arena.paper.thinking_arm import Question
from autonome.bootstrap.arena_file.plan import ArenaPlan

if TYPE_CHECKING:
    from autonome.agents.llm.client import Connections

__all__ = ["Asking", "Heard", "asking_by", "keys_of"]

Heard = Callable[[Question, str], None]
"""Told what a model says, step by step."""
Asking = Callable[[AsyncExitStack, Heard], Awaitable[Ask]]
"""Opens what models are asked with, for as long as the stack is open."""


async def asking_by(plan: ArenaPlan, stack: AsyncExitStack, heard: Heard = lambda *_: None) -> Ask:
    """Return how models are asked: the library is loaded when the first of them is."""
    keys = keys_of(plan)
    opened: list[Connections] = []

    async def ask_model(question: Question) -> Answer:
        from autonome.agents.llm.client import Connections
        from autonome.agents.llm.turn import ask

        if not opened:
            connections = Connections()
            opened.append(connections)
            await stack.enter_async_context(connections)
        return await ask(
            question.arm.agent.model,
            question.prompt,
            question.desk,
            keys,
            question.spent,
            connections=opened[0],
            clock=time.monotonic,
            told=lambda text: heard(question, text),
        )

    return ask_model


def keys_of(plan: ArenaPlan) -> KeyRing:
    """Return the keys of all that models may be asked at."""
    keys = KeyRing(clock=time.monotonic)
    for each in plan.offered:
        if each.keys:
            keys.add(each.endpoint, [key.get_secret_value() for key in each.keys])
    return keys
