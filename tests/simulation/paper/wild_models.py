"""Models that answer at once, late, never, or nonsense: what they do is drawn from a seed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from decimal import Decimal
from random import Random

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
from autonome.agents.llm.settings import Endpoint, LlmSettings
from autonome.agents.tools import Unusable
from autonome.arena.paper.thinking_arm import Question
from autonome.domain.choices import OrderSide
from autonome.domain.exit_plan import ExitPlan
from autonome.domain.variants import VARIANT_IDS

__all__ = ["WildModels", "model_agent"]

_ENDPOINT = Endpoint(name="wild", base_url="http://127.0.0.1:9/v1")
_TOOLS = ("create_position", "close_position", "update_exit_plan", "no_such_tool")
_ABSURD = tuple(map(Decimal, ("0", "-1", "NaN", "1e-9", "1e30", "1000", "Infinity")))
_MOST_LATE = 12
"""Minutes; several ticks may pass meanwhile."""


def model_agent(number: int) -> LlmAgent:
    """Return the settings of one model."""
    settings = LlmSettings(name=f"Model {number}", model="wild", endpoint=_ENDPOINT)
    return LlmAgent(model=settings, variant=VARIANT_IDS[number % len(VARIANT_IDS)])


class WildModels:
    """Answers questions; ``minute`` says how many minutes have closed."""

    def __init__(self, seed: int, minute: Callable[[], int]) -> None:
        self._seed = seed
        self._minute = minute
        self._waiting: list[tuple[int, asyncio.Event]] = []

    def ring(self) -> None:
        """Wake who has waited for the present minute."""
        now = self._minute()
        for due, bell in self._waiting:
            if due <= now:
                bell.set()
        self._waiting = [each for each in self._waiting if each[0] > now]

    async def ask(self, question: Question) -> Answer:
        """Think, act at the desk, and answer."""
        dice = Random(f"{self._seed}/{question.arm.agent.name}/{question.invocation.created_at}")
        if dice.random() < 0.3:
            bell = asyncio.Event()
            self._waiting.append((self._minute() + dice.randint(1, _MOST_LATE), bell))
            await bell.wait()
        failure = None
        if dice.random() < 0.15:
            kind = dice.choice(list(FailureKind))
            failure = Failure(kind=kind, words="the dice said so", retryable=True)
        calls = [_call(question, dice) for _ in range(dice.choice((0, 1, 1, 2, 4, 9)))]
        if failure is None and dice.random() < 0.3:
            calls.append(_attempt(question, Holding(reason="enough")))
        cost, tokens = Decimal(dice.randint(0, 5_000)).scaleb(-8), dice.randint(0, 9_000)
        return Answer(
            response="" if failure else "done",
            calls=tuple(calls),
            payload={
                "state": "COMPLETED" if failure is None else "FAILED",
                "charged": {"tokens": tokens, "cost": cost},
            },
            cost=cost,
            tokens=tokens,
            spent=Spent(tokens=tokens, cost=cost),
            failure=failure,
        )


def _call(question: Question, dice: Random) -> Attempt | Unusable:
    if dice.random() < 0.15:
        return Unusable(tool=dice.choice(_TOOLS), arguments="{", reason="no JSON")
    return _attempt(question, _action(question, dice))


def _attempt(question: Question, action: Action) -> Attempt:
    return Attempt(action=action, denied=question.desk.attempt(action).denied)


def _action(question: Question, dice: Random) -> Action:
    symbol = dice.choice((*question.desk.symbols, *question.desk.symbols, "NONE"))
    face = dice.random()
    if face < 0.6 or symbol == "NONE":
        return _entry(question, symbol, dice)
    if face < 0.8:
        fraction = dice.choice((*_ABSURD, *map(Decimal, ("1", "1", "0.5", "0.25"))))
        return ClosePosition(symbol=symbol, fraction=fraction, reason="thrown")
    side = dice.choice(list(OrderSide))
    return UpdateExitPlan(
        symbol=symbol,
        stop=_away(question, symbol, -side.sign, dice) if dice.random() < 0.7 else None,
        target=_away(question, symbol, side.sign, dice) if dice.random() < 0.3 else None,
        invalidation_price=_away(question, symbol, -side.sign, dice)
        if dice.random() < 0.3
        else None,
        reason="thrown",
    )


def _entry(question: Question, symbol: str, dice: Random) -> CreatePosition:
    side = dice.choice(list(OrderSide))
    absurd = dice.random() < 0.15
    size = dice.choice(_ABSURD) if absurd else Decimal(dice.choice((50, 1_000, 5_000, 40_000)))
    by_notional = dice.random() < 0.8
    sensible = dice.random() < 0.85
    return CreatePosition(
        symbol=symbol,
        side=side,
        notional=size if by_notional else None,
        quantity=None if by_notional else size,
        leverage=Decimal(dice.choice((1, 2, 5, 10, 1_000 if absurd else 3))),
        exit_plan=ExitPlan(
            stop=_away(question, symbol, -side.sign if sensible else side.sign, dice)
            if dice.random() < 0.95
            else None,
            target=_away(question, symbol, side.sign, dice) if dice.random() < 0.5 else None,
            invalidation_price=_away(question, symbol, -side.sign, dice)
            if dice.random() < 0.2
            else None,
        ),
        cooldown_minutes=dice.choice((None, 0, 5, 60)),
        reason="thrown",
    )


def _away(question: Question, symbol: str, sign: int, dice: Random) -> Decimal:
    """Return a price on one side of the mark, as the model was told it."""
    marks = question.desk.limits()["marks"]
    assert isinstance(marks, dict)
    mark = Decimal(marks.get(symbol, 100))
    return mark * (10_000 + sign * dice.randint(5, 400)) / 10_000
