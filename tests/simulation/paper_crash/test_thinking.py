"""A process dies while a model thinks: the question is closed, and the next tick asks again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

import pytest

from autonome.testing.model_server import Asked, ModelServer
from autonome.testing.models import Answers, Call, Reply, Stalls
from simulation.paper_crash.outcome import require_whole, rows
from simulation.paper_crash.plan import models
from simulation.paper_crash.process import PlayedArena

pytestmark = [pytest.mark.postgres, pytest.mark.kill]

ASKED_WITHIN_S: Final = 30.0
HOLDS: Final = Answers(calls=(Call(name="holding"),))
STATES: Final = """
SELECT m.name, i."createdAt", i."responsePayload"::jsonb->>'state',
    i."responsePayload"::jsonb->'failure'->>'words'
FROM "Invocations" i JOIN "Models" m ON m.id = i."modelId" ORDER BY m.name, i."createdAt"
"""
COUNTERS: Final = 'SELECT name, "failedWorkflowCount", "invocationCount" FROM "Models"'


def test_a_question_of_a_process_that_died_fails_in_words_and_the_next_tick_asks_again(
    new_arena: Callable[[str], PlayedArena],
) -> None:
    both_asked = threading.Event()

    def script(asked: Asked) -> Reply:
        if asked.number == 1:
            both_asked.set()
        return Stalls() if asked.number < 2 else HOLDS

    with ModelServer(script) as server:
        arena = new_arena(models(server.url, deadline="60s"))
        process = arena.start()
        try:
            was_asked = both_asked.wait(ASKED_WITHIN_S)
        finally:
            process.kill()
        _, said = arena.outcome_of(process)
        assert was_asked, said
        ((reached,),) = rows(arena.url, arena.name, 'SELECT max(at) FROM "Marks"')
        arena.finish()
    require_whole(arena.url, arena.name)
    found = rows(arena.url, arena.name, STATES)
    for name, failures, completed in rows(arena.url, arena.name, COUNTERS):
        own = [(when, state, words) for other, when, state, words in found if other == name]
        states = [state for _, state, _ in own]
        assert own[0][1:] == ("FAILED", "the process ended before the answer came")
        assert next(state for when, state, _ in own if when > reached) == "COMPLETED"
        assert (states.count("FAILED"), states.count("COMPLETED")) == (failures, completed)
