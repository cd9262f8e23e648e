"""Another process goes on with an arm where its rows and its memory left it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

import pytest

from autonome.agents.llm.budget import Spent, prompt_tokens, tools_tokens
from autonome.arena.paper.arena import PaperArena
from autonome.arena.paper.minds import Minds
from autonome.arena.paper.thinking_arm import Question, ThinkingArm
from autonome.domain.choices import IntentPurpose, IntentState, OrderSide, OrderStatus
from autonome.domain.errors import ArenaTaken
from autonome.ledger.journal.memory import MemoryJournal
from autonome.ledger.rows import Arm, Fill, Intent, Invocation, Model, Order, Payment
from simulation.bookings import AT
from simulation.paper.memory_restoring import restored_arms, stage_of
from simulation.runs import enter
from unit.arena.paper.small_arena import HISTORY, SmallArena, player, said, thinker

TICK = HISTORY + 5
LONG = enter(OrderSide.LONG, 5_000, stop="49000", cooldown=60)


def restarted(small: SmallArena) -> None:
    """Let another process take over."""
    small.arena = small.again(restored_arms(small.journal, at=small.now))


def test_the_older_process_is_out() -> None:
    small = SmallArena(player({TICK: [LONG]}))
    small.minutes(4)
    older: PaperArena = small.arena
    restarted(small)
    [arm] = small.journal.rows(Arm)
    assert arm.epoch == 2
    small.arena = older
    with pytest.raises(ArenaTaken):
        small.minutes(1)
    assert list(small.journal.rows(Intent)) == []


def test_who_read_before_another_went_on_does_not_go_on_itself() -> None:
    small = SmallArena(player({TICK: [LONG]}))
    small.minutes(4)
    read_before = restored_arms(small.journal, at=small.now)
    restarted(small)
    with pytest.raises(ArenaTaken):
        small.again(read_before)
    small.minutes(1)
    [intent] = small.journal.rows(Intent)
    assert intent.purpose is IntentPurpose.OPEN


def test_who_is_overtaken_while_it_opens_enters_nobody() -> None:
    small = SmallArena(player({}))
    small.minutes(4)
    records = restored_arms(small.journal, at=small.now)
    small.let_compete(player({}, name="New"))
    small.journal.begin_run = _overtaken(small.journal)  # type: ignore[method-assign]
    with pytest.raises(ArenaTaken):
        small.again(records)
    assert [each.name for each in small.journal.rows(Model)] == ["Ada"]


def test_who_is_overtaken_before_it_opens_enters_nobody() -> None:
    small = SmallArena(player({}))
    small.minutes(4)
    records = restored_arms(small.journal, at=small.now)
    small.let_compete(player({}, name="New"), is_first=True)
    for each in records:
        small.journal.begin_run(each, at=small.now)
    with pytest.raises(ArenaTaken):
        small.again(records)
    assert [each.name for each in small.journal.rows(Model)] == ["Ada"]


def _overtaken(journal: MemoryJournal) -> Callable[..., int]:
    """Return what begins a run, and lets another process begin one at once."""
    begin_run = journal.begin_run

    def begin(model_id: str, *, at: datetime, after: int | None = None) -> int:
        epoch = begin_run(model_id, at=at, after=after)
        begin_run(model_id, at=at)
        return epoch

    return begin


def test_an_order_on_its_way_trades_once() -> None:
    small = SmallArena(player({TICK: [LONG]}))
    small.minutes(5)
    restarted(small)
    restarted(small)
    small.minutes(2)
    [fill] = small.journal.rows(Fill)
    [intent] = small.journal.rows(Intent)
    assert (fill.quantity, intent.state) == (Decimal("0.1"), IntentState.FILLED)
    [order] = small.journal.rows(Order)
    assert (order.sl_trigger_price, order.status) == (Decimal(49_000), OrderStatus.OPEN)


def test_what_is_held_keeps_its_first_stop_and_its_worth() -> None:
    small = SmallArena(player({TICK: [LONG]}))
    small.minutes(6)
    [before] = small.arena.arms
    restarted(small)
    [after] = small.arena.arms
    assert after.worth == before.worth == Decimal("9997.5")
    record = restored_arms(small.journal, at=small.now)["Ada"]
    assert record.state is not None
    kept = {"firstStop": "49000.0", "cooldownMinutes": 0, "trails": False}
    assert record.state.state["holdings"] == {"BTC": kept}


def test_a_closed_order_is_not_sent_again() -> None:
    small = SmallArena(player({TICK: [LONG]}))
    small.minutes(6)
    small.arena.arms[0].flatten("enough")
    restarted(small)
    small.minutes(2)
    restarted(small)
    small.minutes(2)
    found = [(each.purpose, each.state) for each in small.journal.rows(Intent)]
    assert found == [
        (IntentPurpose.OPEN, IntentState.FILLED),
        (IntentPurpose.HALT, IntentState.FILLED),
    ]


def test_a_tick_that_an_earlier_process_has_decided_is_not_decided_again() -> None:
    """The process died at the tick, after the decision was booked and before the minute was."""
    small = SmallArena(player({TICK: [LONG]}))
    small.minutes(4)
    small.minutes(1)
    known = restored_arms(small.journal, at=small.now)
    small.arena = small.again(known, minutes_back=1)
    small.minutes(3)
    assert len(list(small.journal.rows(Invocation))) == 1
    assert len(list(small.journal.rows(Fill))) == 1
    [model] = small.journal.rows(Model)
    assert model.invocation_count == 1


def test_funding_that_an_earlier_process_has_booked_is_not_paid_again() -> None:
    """5,000 at 0.01 %: half a unit of quote, at the end of the minute that was begun."""
    small = SmallArena(player({TICK: [LONG]}), rates={TICK + 3: "0.0001"})
    small.minutes(8)
    known = restored_arms(small.journal, at=small.now)
    small.arena = small.again(known, minutes_back=1)
    small.minutes(3)
    [payment] = small.journal.rows(Payment)
    assert payment.amount == Decimal("-0.5")
    [arm] = small.arena.arms
    assert arm.worth == Decimal("9997")


def test_a_question_in_flight_is_closed_as_failed() -> None:
    async def run() -> None:
        small = SmallArena(thinker())

        async def never(_: object) -> object:
            return await asyncio.Event().wait()

        models = Minds(small.arena, never, wall=lambda: AT)  # type: ignore[arg-type]
        seen = small.minutes(5)
        assert seen is not None
        models.ask(seen)
        await models.cancel()
        restarted(small)
        [invocation] = small.journal.rows(Invocation)
        assert stage_of(invocation) == "FAILED"
        [model] = small.journal.rows(Model)
        assert (model.invocation_count, model.failed_workflow_count) == (0, 1)

    asyncio.run(run())


def test_what_a_question_may_have_cost_stays_spent_until_its_answer_says_what_it_did() -> None:
    small = SmallArena(thinker())

    def question() -> Question:
        tick = small.minutes(5)
        (arm,) = small.arena.arms
        assert tick is not None
        assert isinstance(arm, ThinkingArm)
        return arm.question(tick.observation, tick.snapshot, today="2025-05-05")

    unheard = question()
    assert unheard.spent == Spent()
    prompt = prompt_tokens(unheard.prompt.system + unheard.prompt.user) + tools_tokens(("BTC",))
    # Ten requests with answers of 8,192 tokens, each of which the requests after it send again.
    most = 10 * prompt + (45 + 10) * 8_192
    restarted(small)
    heard = question()
    assert heard.spent == Spent(tokens=most)
    small.arena.answered(heard, said())
    assert question().spent == Spent(tokens=most + 10)


def test_a_tick_at_which_a_model_was_yet_to_be_asked_is_missed_once() -> None:
    small = SmallArena(thinker())
    assert small.minutes(5) is not None
    restarted(small)
    restarted(small)
    [invocation] = small.journal.rows(Invocation)
    assert stage_of(invocation) == "MISSED"
    assert invocation.created_at == small.now


def test_a_day_s_spending_goes_on() -> None:
    async def run() -> None:
        small = SmallArena(thinker())

        async def answer(_: object) -> object:
            return said()

        models = Minds(small.arena, answer, wall=lambda: AT)  # type: ignore[arg-type]
        for tokens in (10, 20):
            seen = small.minutes(5)
            assert seen is not None
            models.ask(seen)
            await models.some_answer(5.0, asyncio.Event())
            models.take_answers()
            record = restored_arms(small.journal, at=small.now)["Ada"]
            assert record.state is not None
            assert record.state.state["spent"] == {
                "day": "2025-05-05",
                "tokens": tokens,
                "cost": "0",
            }
            restarted(small)
            models = Minds(small.arena, answer, wall=lambda: AT)  # type: ignore[arg-type]

    asyncio.run(run())
