"""What a tool call keeps of an action is enough to ask for the very same again."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest

from autonome.agents.actions import (
    Action,
    ClosePosition,
    CreatePosition,
    Holding,
    UpdateExitPlan,
)
from autonome.agents.recorded.reading import read_action
from autonome.arena.asked import asked
from autonome.domain.choices import OrderSide
from autonome.domain.exit_plan import ExitPlan
from autonome.ledger.types import json_dumps, json_loads

PLAN = ExitPlan(
    stop=Decimal("94000.10"),
    target=Decimal(97_000),
    invalidation="The band closes.",
    invalidation_price=Decimal("93999.99999999"),
    confidence=Decimal("0.7"),
    time_exit="2026-01-05T12:00:00Z",
)
ACTIONS: list[Action] = [
    CreatePosition(
        symbol="BTC",
        side=OrderSide.SHORT,
        quantity=Decimal("0.10000001"),
        leverage=Decimal("2.5"),
        exit_plan=PLAN,
        cooldown_minutes=45,
        reason='It says "down".',
    ),
    CreatePosition(
        symbol="ETH",
        side=OrderSide.LONG,
        notional=Decimal("1E+3"),
        leverage=Decimal(1),
        exit_plan=ExitPlan(),
        cooldown_minutes=0,
        reason="",
    ),
    # What no rule let through is asked again all the same.
    CreatePosition(
        symbol="ETH", side=OrderSide.LONG, leverage=Decimal(999), exit_plan=PLAN, reason="Both."
    ),
    ClosePosition(symbol="SOL", reason="Enough."),
    ClosePosition(symbol="SOL", fraction=Decimal("0.33333333333333333334"), reason="A third."),
    UpdateExitPlan(symbol="BTC", stop=Decimal("95000.5"), reason="Tighter."),
    UpdateExitPlan(
        symbol="BTC",
        target=Decimal(99_000),
        invalidation="A close below the mean.",
        invalidation_price=Decimal(1),
        time_exit="2026-01-06",
        reason="All but the stop.",
    ),
    Holding(reason="Nothing to do."),
]


@pytest.mark.parametrize("action", ACTIONS, ids=lambda each: type(each).__name__)
def test_an_action_comes_back_as_it_was_asked_for(action: Action) -> None:
    assert read_action(json_loads(json_dumps(asked(action)))) == action


@pytest.mark.parametrize(
    "words",
    [
        {},
        {"action": "buy", "symbol": "BTC"},
        {"action": ["holding"], "reason": ""},
        {"action": "holding"},
        {"action": "holding", "reason": 7},
        {"action": "close_position", "symbol": "BTC", "fraction": "all", "reason": ""},
        {"action": "close_position", "symbol": "BTC", "fraction": True, "reason": ""},
        {"action": "update_exit_plan", "symbol": "BTC", "stop": "low", "reason": ""},
        asked(ACTIONS[0]) | {"side": "UP"},
        asked(ACTIONS[0]) | {"exitPlan": None},
        asked(ACTIONS[0]) | {"cooldownMinutes": Decimal("0.5")},
        asked(ACTIONS[0]) | {"leverage": None},
    ],
)
def test_words_of_another_shape_are_refused(words: Mapping[str, object]) -> None:
    with pytest.raises(ValueError, match="expected"):
        read_action(words)
