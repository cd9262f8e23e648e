"""A question and an answer come out of their texts as they went in, and are judged the same."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from autonome.agents.actions import (
    Action,
    ClosePosition,
    CreatePosition,
    Holding,
    UpdateExitPlan,
)
from autonome.agents.llm.agent import LlmAgent
from autonome.agents.llm.answer import Answer, Attempt, Failure, FailureKind
from autonome.agents.llm.budget import Spent
from autonome.agents.llm.settings import Price
from autonome.agents.tools import MarketDataRequest, Unusable
from autonome.arena.paper.posted import posted, read_answer, read_posted, text_of
from autonome.arena.paper.thinking_arm import Question, ThinkingArm
from autonome.domain.choices import OrderSide
from autonome.domain.exit_plan import ExitPlan
from autonome.domain.refusals import Denied
from autonome.domain.value import changed
from autonome.ledger.types import json_dumps
from autonome.market.packing import joined, packed, unpacked
from unit.arena.paper.small_arena import HISTORY, SmallArena, said, thinker

PRICES = [50_000 + 37 * (minute % 11) for minute in range(60)]
ENTRY = CreatePosition(
    symbol="BTC",
    side=OrderSide.LONG,
    quantity=Decimal("0.02"),
    leverage=Decimal("2.5"),
    exit_plan=ExitPlan(stop=Decimal("49000.5"), confidence=Decimal("0.70")),
    cooldown_minutes=0,
    reason="a break",
)
TURN = changed(ENTRY, side=OrderSide.SHORT, exit_plan=ExitPlan(stop=Decimal(51_500)))
UPDATE = UpdateExitPlan(
    symbol="BTC",
    stop=Decimal(49_500),
    target=Decimal("52000.00"),
    time_exit="2025-05-05T12:00:00Z",
    reason="tighter",
)


def priced() -> LlmAgent:
    """Return a model with every kind of setting."""
    agent = thinker()
    model = changed(
        agent.model,
        temperature=Decimal("0.30"),
        reasoning_effort="low",
        money_per_day=Decimal("1.50"),
        price=Price(input=Decimal("0.15"), output=Decimal("0.60")),
    )
    return LlmAgent(model=model, variant=agent.variant)


@pytest.fixture
def question() -> Question:
    """Return the question of an arm that holds a position, some ticks into its arena."""
    small = SmallArena(priced(), rows=[(price, price, price, price) for price in PRICES])
    (arm,) = small.arena.arms
    assert isinstance(arm, ThinkingArm)
    first = small.minutes(5)
    assert first is not None
    asked = arm.question(first.observation, first.snapshot, today="2025-05-05")
    small.arena.answered(asked, said(ENTRY))
    second = small.minutes(5)
    assert second is not None
    found = arm.question(second.observation, second.snapshot, today="2025-05-05")
    assert found.desk.account.holdings
    return found


def test_a_question_comes_back_as_it_was(question: Question) -> None:
    sent = posted(question, market_number=3)
    assert read_posted(text_of(sent)) == sent
    assert (sent.model, sent.prompt, sent.spent) == (
        question.arm.agent.model,
        question.prompt,
        question.spent,
    )


@pytest.mark.parametrize(
    "actions",
    [
        (ClosePosition(symbol="BTC", fraction=Decimal("0.5"), reason="enough"),),
        (UPDATE, ENTRY),
        (TURN, Holding(reason="that is all")),
        (changed(ENTRY, leverage=Decimal(1_000)), changed(ENTRY, symbol="DOGE")),
        (changed(ENTRY, quantity=Decimal(900)),),
    ],
    ids=["close", "two on one symbol", "turn", "refused", "shrunk"],
)
def test_a_desk_that_came_as_text_rules_as_the_arms_own(
    question: Question, actions: tuple[Action, ...]
) -> None:
    sent = read_posted(text_of(posted(question, market_number=1)))
    away, here = sent.desk(question.desk.observation.market), question.desk
    assert away.symbols == here.symbols
    assert [away.attempt(action) for action in actions] == [
        here.attempt(action) for action in actions
    ]
    assert away.told == here.told
    assert json_dumps(away.limits()) == json_dumps(here.limits())


def test_market_data_is_the_same_over_bars_that_came_in_parts(question: Question) -> None:
    seen = question.desk.observation
    whole = seen.market
    cut_ms = int(whole.open_ms[HISTORY + 3])
    parts = [whole.until(cut_ms), whole.since(cut_ms)]
    shared = joined([unpacked(packed(part)) for part in parts])
    away = read_posted(text_of(posted(question, market_number=1))).desk(shared)
    assert away.observation.at_ms == seen.at_ms
    for minutes, indicators in ((1, ("ema20", "rsi7")), (5, ())):
        request = MarketDataRequest(
            symbol="BTC", timeframe_minutes=minutes, indicators=indicators, length=15
        )
        found = away.market_data(request)
        assert "error" not in found
        assert found == question.desk.market_data(request)


def test_an_answer_comes_back_as_it_was() -> None:
    until = datetime(2025, 5, 5, 12, tzinfo=UTC)
    refused = Denied(rule="cooldown", reason="expected a pause", until=until, halts=True)
    answer = Answer(
        response="I trade. \0",
        calls=(
            Attempt(action=ENTRY),
            Unusable(tool="buy", arguments="[" * 9, reason="expected a tool"),
            Attempt(action=changed(ENTRY, quantity=None, notional=Decimal("1e3")), denied=refused),
            Attempt(action=UPDATE),
            Attempt(action=ClosePosition(symbol="BTC", reason="done")),
            Attempt(action=Holding(reason="enough")),
        ),
        payload={"state": "FAILED", "cost": Decimal("0.00001230"), "usage": {"inputTokens": 7}},
        cost=Decimal("0.00001230"),
        tokens=7,
        spent=Spent(tokens=9, cost=Decimal("0.00002")),
        failure=Failure(kind=FailureKind.RATE_LIMIT, words="expected patience", retryable=True),
    )
    text = text_of(answer)
    assert read_answer(text) == answer
    assert text_of(read_answer(text)) == text


def test_half_a_letter_that_no_text_can_hold_becomes_the_sign_for_it() -> None:
    answer = changed(said(Holding(reason="half \ud800")), payload={"said": "half \ud800"})
    found = read_answer(text_of(answer))
    assert found.payload == {"said": "half \ufffd"}
    assert found.calls == (Attempt(action=Holding(reason="half \ufffd")),)
