"""Models are asked together, and each is heard when it is done."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from autonome.agents.actions import Holding
from autonome.agents.llm.answer import Answer
from autonome.arena.paper.minds import Minds
from autonome.arena.paper.thinking_arm import Question
from autonome.domain.choices import OrderSide
from autonome.domain.instants import zulu
from autonome.ledger.rows import ArmState, Cycle, Fill, Intent, Invocation, ToolCall
from simulation.bookings import AT
from simulation.runs import enter
from unit.arena.paper.small_arena import SmallArena, said, thinker

LONG = enter(OrderSide.LONG, 1_000)


def states(small: SmallArena) -> list[tuple[str, object]]:
    """Return how far each question came."""
    return [
        (each.model_id, (each.response_payload or {}).get("state"))
        for each in small.journal.rows(Invocation)
    ]


def minds(small: SmallArena, ask: Callable[[Question], Awaitable[Answer]]) -> Minds:
    """Return the models of an arena."""
    return Minds(small.arena, ask, wall=lambda: AT)


def ask(small: SmallArena, models: Minds, *, minutes: int) -> None:
    """Let minutes close, the last one with a tick, and put its question."""
    seen = small.minutes(minutes)
    assert seen is not None
    models.ask(seen)


async def answer_at_once(_: Question) -> Answer:
    """Answer with an entry."""
    return said(LONG)


def test_a_question_is_on_record_before_its_answer_comes() -> None:
    async def run() -> None:
        small = SmallArena(thinker())
        models = minds(small, answer_at_once)
        ask(small, models, minutes=5)
        assert states(small) == [("Ada", "RUNNING")]
        assert models.thinking == 1
        await models.some_answer(5.0, asyncio.Event())
        models.take_answers()
        assert states(small) == [("Ada", "COMPLETED")]
        assert models.thinking == 0
        assert len(list(small.journal.rows(Intent))) == 1

    asyncio.run(run())


def test_what_models_are_shown_at_a_tick_is_what_its_cycle_keeps() -> None:
    small = SmallArena(thinker())
    tick = small.minutes(5)
    assert tick is not None
    (cycle,) = small.journal.rows(Cycle)
    assert (cycle.observation_hash, cycle.observation) == (
        tick.snapshot.digest,
        tick.snapshot.to_json(),
    )


def test_a_model_that_still_thinks_misses_the_tick_and_delays_nobody() -> None:
    async def run() -> None:
        small, done = SmallArena(thinker(), thinker("Bob")), asyncio.Event()

        async def answer(question: Question) -> Answer:
            if question.arm.agent.name == "Ada":
                await done.wait()
            return said()

        models = minds(small, answer)
        for _ in range(2):
            ask(small, models, minutes=5)
            await models.some_answer(5.0, asyncio.Event())
            models.take_answers()
        assert states(small) == [
            ("Ada", "RUNNING"),
            ("Bob", "COMPLETED"),
            ("Ada", "MISSED"),
            ("Bob", "COMPLETED"),
        ]
        done.set()
        await models.some_answer(5.0, asyncio.Event())
        models.take_answers()
        assert states(small)[0] == ("Ada", "COMPLETED")
        assert models.thinking == 0

    asyncio.run(run())


def test_a_late_answer_trades_at_the_later_minute() -> None:
    async def run() -> None:
        small, done = SmallArena(thinker()), asyncio.Event()

        async def answer(_: Question) -> Answer:
            await done.wait()
            return said(LONG)

        models = minds(small, answer)
        ask(small, models, minutes=5)
        asked = small.now
        small.minutes(3)
        done.set()
        await models.some_answer(5.0, asyncio.Event())
        models.take_answers()
        [intent] = small.journal.rows(Intent)
        [invocation] = small.journal.rows(Invocation)
        assert intent.created_at == small.now > asked
        assert (invocation.created_at, invocation.updated_at) == (asked, small.now)

    asyncio.run(run())


def test_who_is_cancelled_leaves_the_question_on_record() -> None:
    async def run() -> None:
        small = SmallArena(thinker())

        async def never(_: Question) -> Answer:
            await asyncio.Event().wait()
            raise AssertionError

        models = minds(small, never)
        ask(small, models, minutes=5)
        await models.cancel()
        models.take_answers()
        assert states(small) == [("Ada", "RUNNING")]

    asyncio.run(run())


def test_waiting_ends_when_somebody_stops_it() -> None:
    async def run() -> None:
        stopped = asyncio.Event()
        stopped.set()
        await asyncio.wait_for(
            minds(SmallArena(thinker()), answer_at_once).some_answer(60.0, stopped), 5.0
        )

    asyncio.run(run())


def test_a_model_that_cannot_be_asked_at_all_harms_itself_alone_and_is_asked_again() -> None:
    async def fail(_: Question) -> Answer:
        raise RuntimeError("a defect")

    async def run() -> None:
        small = SmallArena(thinker())
        models = minds(small, fail)
        for tick in (5, 5):
            ask(small, models, minutes=tick)
            await models.some_answer(5.0, asyncio.Event())
            models.take_answers()
            assert models.thinking == 0
        assert states(small) == [("Ada", "FAILED"), ("Ada", "FAILED")]

    asyncio.run(run())


def test_an_answer_that_comes_within_a_minute_trades_at_the_next_open() -> None:
    async def run(arena_ms: Callable[[SmallArena], int]) -> int:
        small = SmallArena(thinker())
        models = Minds(
            small.arena, answer_at_once, wall=lambda: AT, arena_ms=lambda: arena_ms(small)
        )
        ask(small, models, minutes=5)
        await models.some_answer(5.0, asyncio.Event())
        models.take_answers()
        small.minutes(1)
        return len(list(small.journal.rows(Fill)))

    def tick_ms(small: SmallArena) -> int:
        return small.arena.stage.clock.at_ms(small.arena.stage.clock.end)

    assert asyncio.run(run(tick_ms)) == 1
    assert asyncio.run(run(lambda small: tick_ms(small) + 30_000)) == 0


def test_the_orders_of_a_late_answer_say_when_they_were_sent() -> None:
    async def calls(arena_ms: int) -> tuple[SmallArena, list[ToolCall]]:
        async def answer(_: Question) -> Answer:
            return said(LONG, enter(OrderSide.LONG, 1_000, symbol="NONE"), Holding(reason="done"))

        small = SmallArena(thinker())
        models = Minds(small.arena, answer, wall=lambda: AT, arena_ms=lambda: arena_ms)
        ask(small, models, minutes=5)
        await models.some_answer(5.0, asyncio.Event())
        models.take_answers()
        return small, list(small.journal.rows(ToolCall))

    small, late = asyncio.run(calls(2**50))
    minute_later = zulu(small.now + timedelta(minutes=1))
    assert [each.metadata.get("late") for each in late] == [minute_later, minute_later, None]
    _, in_time = asyncio.run(calls(0))
    assert [each.metadata.get("late") for each in in_time] == [None, None, None]


def test_a_new_process_knows_that_an_answer_was_late() -> None:
    async def run() -> None:
        small = SmallArena(thinker())
        models = Minds(small.arena, answer_at_once, wall=lambda: AT, arena_ms=lambda: 2**50)
        ask(small, models, minutes=5)
        await models.some_answer(5.0, asyncio.Event())
        models.take_answers()
        (state,) = small.journal.rows(ArmState)
        (order,) = state.state["orders"]  # type: ignore[misc]
        clock = small.arena.stage.clock
        assert order["sent"] == clock.at_ms(clock.end) + 60_000

    asyncio.run(run())
