"""Three workers share an arena: one is killed, one is paused and woken, and all adds up."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from autonome.domain.value import changed
from autonome.domain.variants import VARIANT_IDS
from autonome.testing.model_server import Asked, ModelServer
from autonome.testing.models import Answers, Reply, trading_model
from simulation.paper_crash.market import SYMBOLS, record_market
from simulation.paper_crash.outcome import require_whole, rows
from simulation.workers.team import ARENA, KEY, KEY_VARIABLE, Team, Worker, team

pytestmark = [pytest.mark.postgres, pytest.mark.kill]

HAS_KEY: Final = {KEY_VARIABLE: KEY}
STARTS_WITHIN_S: Final = 120.0
GOES_ON_WITHIN_S: Final = 60.0
"""The arms are asked anew, and models think: on a busy machine that takes a while."""
WAKES_WITHIN_S: Final = 60.0
LATE: Final = "was given up before its answer came"
PIECE_MS: Final = 60
"""Between pieces of an answer: a model thinks for a second or two."""
FILE: Final = """
[arena]
cadence = "1m"
symbols = [{symbols}]
[market]
source = "replay:{market}"
speed = 30
[endpoints.local]
url = "{url}"
keys = ["{variable}"]
[[arms]]
kind = "agent"
agent = "simulation.paper_crash.busy:Busy"
[[arms]]
kind = "controls"
[[arms]]
kind = "llm"
name = "Model"
variant = "{variant}"
model = "scripted"
endpoint = "local"
deadline = "60s"
replicas = 8
"""
ASKED_BY: Final = """
SELECT id FROM "Questions" WHERE worker = %s AND state = 'ASKED'
"""
WHO: Final = 'SELECT DISTINCT worker FROM "Questions" WHERE worker IS NOT NULL'
LLM_ARMS: Final = """SELECT "modelId" FROM "Arms" WHERE kind = 'LLM'"""
COMPLETED_SINCE: Final = """
SELECT DISTINCT "modelId" FROM "Invocations"
WHERE "responsePayload"->>'state' = 'COMPLETED' AND "createdAt" > %s
"""
REACHED: Final = 'SELECT max(at) FROM "Marks"'
FATES: Final = """
SELECT q.state, q.reason, i."responsePayload"->>'state', i."responsePayload"->'failure'->>'kind'
FROM "Questions" q JOIN "Invocations" i USING (id) WHERE q.id = ANY(%s)
"""
TWICE: Final = """
SELECT count(*) FROM (
    SELECT FROM "Intents" GROUP BY "clientOrderIndex" HAVING count(*) > 1) twice
"""
NOW: Final = "SELECT now()::timestamp"
LATE_ENDS: Final = """
SELECT count(*) FROM "Questions"
WHERE id = ANY(%s) AND ("endedAt" IS NULL OR "endedAt" > %s + interval '30 seconds')
"""
"""Questions of a worker that died or hung, and were not ended half a minute later."""
FILLS: Final = """
SELECT count(*) FROM "Fills" f JOIN "Arms" a USING ("modelId") WHERE a.kind = 'LLM'
"""
TABLES: Final = """
SELECT format('%I.%I', table_schema, table_name) FROM information_schema.tables
WHERE table_schema IN (current_schema(), 'autonome_jobs')
"""


def slowly(asked: Asked) -> Reply:
    """Trade at random, and take a while to say so."""
    reply = trading_model(7)(asked)
    return changed(reply, chunk_ms=PIECE_MS) if isinstance(reply, Answers) else reply


@pytest.fixture
def crew(database_url: str, tmp_path: Path) -> Iterator[Team]:
    """Return a team whose arena trades a recorded market and asks a local server."""
    with ModelServer(slowly) as server, team(tmp_path, database_url) as made:
        (tmp_path / "autonome.toml").write_text(
            FILE.format(
                symbols=", ".join(f'"{symbol}"' for symbol in SYMBOLS),
                market=record_market(tmp_path / "market"),
                url=server.url,
                variable=KEY_VARIABLE,
                variant=VARIANT_IDS[0],
            ),
            encoding="utf-8",
        )
        yield made


def test_of_three_workers_one_is_killed_and_one_is_paused_and_nothing_is_lost_or_done_twice(
    crew: Team,
) -> None:
    for _ in range(3):
        crew.start(HAS_KEY)
    leader = leading(crew)
    killed, paused = [each for each in crew.workers if each is not leader]
    lost = holding(crew, killed)
    killed.send(signal.SIGKILL)
    held = pause(crew, paused)
    ((at,),) = crew.rows(NOW)
    all_go_on(crew, reached(crew))
    given_up = {("GIVEN_UP", "FAILED")}
    crew.until(
        lambda: fates(crew, held) == given_up, limit_s=GOES_ON_WITHIN_S, what="it is given up"
    )
    assert crew.rows(LATE_ENDS, [*lost, *held], at) == [(0,)]
    paused.send(signal.SIGCONT)
    crew.until(lambda: LATE in paused.said, limit_s=WAKES_WITHIN_S, what="its answer comes late")
    crew.until(lambda: asked_by(crew, paused), limit_s=WAKES_WITHIN_S, what="it asks again")
    assert fates(crew, held) == given_up
    for each in (paused, leader):
        crew.stop(each)
    assert fates(crew, held) == given_up
    assert fates(crew, lost) <= given_up
    require_all_whole(crew)


def test_a_leader_that_is_paused_and_one_that_is_killed_are_replaced(crew: Team) -> None:
    """The second one has no key: it may lead, and never asks."""
    first = crew.start(HAS_KEY)
    assert leading(crew) is first
    keyless = crew.start({})
    held = pause(crew, first)
    at = reached(crew)
    crew.until(lambda: keyless.has_led, limit_s=GOES_ON_WITHIN_S, what="the second one leads")
    third = crew.start(HAS_KEY)
    all_go_on(crew, at)
    assert fates(crew, held) == {("GIVEN_UP", "FAILED")}

    at = reached(crew)
    keyless.send(signal.SIGKILL)
    all_go_on(crew, at)
    assert third.has_led
    assert f"No key in {KEY_VARIABLE}" in keyless.said

    first.send(signal.SIGCONT)
    crew.until(lambda: asked_by(crew, first), limit_s=WAKES_WITHIN_S, what="the first asks again")
    for each in (first, third):
        crew.stop(each)
    assert fates(crew, held) == {("GIVEN_UP", "FAILED")}
    require_all_whole(crew)


def leading(crew: Team) -> Worker:
    """Wait until one leads and models have traded, and return it."""
    crew.until(
        lambda: (crew.rows(FILLS) or [(0,)])[0][0], limit_s=STARTS_WITHIN_S, what="a model trades"
    )
    leader: Worker = crew.until(
        lambda: next((each for each in crew.workers if each.has_led), None),
        limit_s=STARTS_WITHIN_S,
        what="one leads",
    )
    return leader


def asked_by(crew: Team, worker: Worker) -> list[str]:
    return [key for (key,) in crew.rows(ASKED_BY, worker.name)]


def holding(crew: Team, worker: Worker) -> list[str]:
    """Wait until a worker asks a model, and return its questions."""
    found: list[str] = crew.until(
        lambda: asked_by(crew, worker), limit_s=STARTS_WITHIN_S, what=f"{worker.name} asks"
    )
    return found


def pause(crew: Team, worker: Worker) -> list[str]:
    """Pause a worker in the middle of a question, and return its questions."""
    while True:
        holding(crew, worker)
        worker.send(signal.SIGSTOP)
        held = asked_by(crew, worker)
        if held:
            return held
        worker.send(signal.SIGCONT)


def reached(crew: Team) -> object:
    ((at,),) = crew.rows(REACHED)
    return at


def all_go_on(crew: Team, at: object) -> None:
    """Require that each model completes a question that was put after ``at``, in time."""
    arms = set(crew.rows(LLM_ARMS))
    crew.until(
        lambda: set(crew.rows(COMPLETED_SINCE, at)) >= arms,
        limit_s=GOES_ON_WITHIN_S,
        what="every arm goes on",
    )


def fates(crew: Team, questions: list[str]) -> set[tuple[str, str]]:
    return {(state, invocation) for state, _, invocation, _ in crew.rows(FATES, questions)}


def require_all_whole(crew: Team) -> None:
    """Require that the arena adds up, that nothing was done twice, and that no table has a key."""
    require_whole(crew.url, ARENA)
    assert crew.rows(TWICE) == [(0,)]
    tables = [table for (table,) in crew.rows(TABLES)]
    assert len(tables) > 15
    for table in tables:
        statement = f"SELECT count(*) FROM {table} t WHERE t::text LIKE '%%' || %s || '%%'"
        assert rows(crew.url, ARENA, statement, KEY) == [(0,)], table
