"""How models are asked by this process: with its own keys, over its own connections."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

from autonome.agents.llm.answer import Answer
from autonome.agents.llm.keys import KeyRing
from autonome.agents.llm.telling import Piece
from autonome.arena.paper.minds import Ask
from autonome.arena.paper.thinking_arm import Question
from autonome.bootstrap.arena_file.plan import ArenaPlan, LlmPlan
from autonome.domain.errors import InvariantBroken

__all__ = ["Asking", "Heard", "asking_by", "keys_of"]

Heard = Callable[[Question, Piece], None]
"""Told what a model says, while it speaks."""
Asking = Callable[[AsyncExitStack, Heard], Awaitable[Ask]]
"""Opens what models are asked with, for as long as the stack is open."""


async def asking_by(plan: ArenaPlan, stack: AsyncExitStack, heard: Heard | None = None) -> Ask:
    """Return how models are asked, ``heard`` or not.

    The library is loaded only where there is a model.
    """
    if not any(isinstance(arm, LlmPlan) for arm in plan.arms):

        async def nobody(_: Question) -> Answer:
            raise InvariantBroken("an arena without models asked one")

        return nobody
    from autonome.agents.llm.client import Connections
    from autonome.agents.llm.turn import ask

    keys = keys_of(plan)
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
            told=None if heard is None else lambda piece: heard(question, piece),
        )

    return ask_model


def keys_of(plan: ArenaPlan) -> KeyRing:
    """Return the keys of a plan."""
    keys = KeyRing(clock=time.monotonic)
    for each in plan.endpoints:
        if each.keys:
            keys.add(each.endpoint, [key.get_secret_value() for key in each.keys])
    return keys
