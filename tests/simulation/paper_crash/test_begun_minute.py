"""A minute that was begun is done again: all of it is seen, and nothing is ordered twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

import pytest

from autonome.agents.actions import (
    Action,
    ClosePosition,
    CreatePosition,
    Holding,
    UpdateExitPlan,
)
from autonome.arena.crash_points import CrashPoint
from autonome.arena.paper.led import action_from, action_words
from autonome.domain.choices import OrderSide
from autonome.domain.exit_plan import ExitPlan
from simulation.paper_crash.outcome import Figures, figures, require_same, require_whole
from simulation.paper_crash.plan import CODED
from simulation.paper_crash.process import PlayedArena

MINUTE: Final = timedelta(minutes=1)
LEADER: Final = "Busy"
"""The first arm of all: the minute is begun, and no other arm has seen what it did."""


@pytest.mark.postgres
@pytest.mark.kill
def test_a_process_that_dies_after_its_leader_acted_leaves_nothing_out_and_orders_nothing_twice(
    new_arena: Callable[[str], PlayedArena], undisturbed: Figures
) -> None:
    arms = len({name for name, *_ in undisturbed["nav"]}) + 1
    entered, ended = ordered(undisturbed, "OPEN"), ordered(undisturbed, "TIME")
    arena = new_arena(CODED)
    began = undisturbed["nav"][0][1]
    assert arena.crash(CrashPoint.ARM_DONE, arms * ((entered - began) // MINUTE) + 1)
    assert arena.crash(CrashPoint.ARM_DONE, arms * ((ended - entered) // MINUTE) + 1)
    arena.finish()
    require_whole(arena.url, arena.name)
    require_same(figures(arena.url, arena.name), undisturbed)


def ordered(found: Figures, purpose: str) -> datetime:
    """Return when the leader first ordered something for ``purpose``."""
    return min(row[7] for row in found["intents"] if (row[0], row[2]) == (LEADER, purpose))


@pytest.mark.parametrize(
    "action",
    [
        Holding(reason="nothing to do"),
        ClosePosition(symbol="BTC", fraction=Decimal("0.25"), reason="enough"),
        UpdateExitPlan(
            symbol="BTC",
            stop=Decimal("94000.10"),
            target=Decimal(97_000),
            invalidation="a close below the range",
            invalidation_price=Decimal("93000.5"),
            time_exit="2025-05-05T12:00:00Z",
            reason="tighter",
        ),
        UpdateExitPlan(symbol="BTC", target=Decimal(97_000), reason="higher"),
        CreatePosition(
            symbol="ETH",
            side=OrderSide.SHORT,
            quantity=Decimal("1.500"),
            leverage=Decimal("2.5"),
            exit_plan=ExitPlan(stop=Decimal("1900.10"), confidence=Decimal("0.7")),
            cooldown_minutes=0,
            reason="a break",
        ),
        CreatePosition(
            symbol="ETH",
            side=OrderSide.LONG,
            notional=Decimal("2500.00"),
            leverage=Decimal(1),
            exit_plan=ExitPlan(),
            reason="a turn",
        ),
    ],
    ids=["holding", "close", "whole update", "part of an update", "entry by size", "by notional"],
)
def test_an_action_comes_back_as_it_was(action: Action) -> None:
    assert action_from(action_words(action)) == action
