"""Many arms ask at once on one loop: they share connections, and none waits for another."""

from __future__ import annotations

import asyncio
import time
from collections import Counter

import pytest

from autonome.agents.llm.answer import Answer, FailureKind
from autonome.agents.llm.budget import Spent
from autonome.agents.llm.client import Connections
from autonome.agents.llm.turn import ask
from autonome.testing.model_server import Asked, ModelServer
from autonome.testing.models import Reply, Stalls
from integration.llm.turns import HOLDS, PROMPT, OnePerSymbol, arm, local, ring


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.anyio
async def test_arms_that_stall_do_not_hold_up_the_others() -> None:
    def script(request: Asked) -> Reply:
        return Stalls() if request.body["model"] == "maker/slow" else HOLDS

    with ModelServer(script) as server:
        endpoint = local(server)
        keys = ring(endpoint=endpoint)
        async with Connections() as connections:

            async def one(number: int) -> tuple[Answer, float]:
                settings = arm(
                    endpoint,
                    name=f"arm {number}",
                    model="maker/slow" if number % 10 == 0 else "maker/fast",
                    deadline_ms=4_000,
                )
                started = time.monotonic()
                answer = await ask(
                    settings,
                    PROMPT,
                    OnePerSymbol(),
                    keys,
                    Spent(),
                    connections=connections,
                    clock=time.monotonic,
                )
                return answer, time.monotonic() - started

            answers = await asyncio.gather(*(one(number) for number in range(100)))
    kinds = Counter(None if each.failure is None else each.failure.kind for each, _ in answers)
    assert kinds == {None: 90, FailureKind.TIMEOUT: 10}
    assert max(seconds for each, seconds in answers if each.failure is None) < 4


@pytest.mark.anyio
async def test_cancelling_a_turn_closes_its_connection_and_raises() -> None:
    with ModelServer([Stalls()]) as server:
        endpoint = local(server)
        async with Connections() as connections:
            turn = asyncio.ensure_future(
                ask(
                    arm(endpoint),
                    PROMPT,
                    OnePerSymbol(),
                    ring(endpoint=endpoint),
                    Spent(),
                    connections=connections,
                    clock=time.monotonic,
                )
            )
            async with asyncio.timeout(10):
                while not server.requests:
                    await asyncio.sleep(0.01)
            turn.cancel()
            with pytest.raises(asyncio.CancelledError):
                await turn
            assert await asyncio.to_thread(server.requests[0].was_left.wait, 5)
