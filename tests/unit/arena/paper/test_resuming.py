"""Resuming lets an arm go on that its drawdown, or a failure of its agent, had halted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import pytest

from autonome.agents.actions import Action
from autonome.agents.port import Moment
from autonome.arena.events import Resumed
from autonome.domain.choices import IntentPurpose, OrderSide, PolicyName
from autonome.ledger.rows import Arm, Intent
from simulation.paper.memory_restoring import restored_arms
from simulation.runs import enter
from unit.arena.paper.small_arena import HISTORY, Player, SmallArena, player
from unit.market.bars import Bar

TICK = HISTORY + 5
LONG = enter(OrderSide.LONG, 1_000)
DAY = 24 * 60


def resume(small: SmallArena) -> None:
    """Let an operator resume every arm."""
    for arm in small.arena.arms:
        arm.operate(Resumed(at=small.now))


def opened(small: SmallArena, name: str) -> list[str]:
    """Return when an arm ordered to open something."""
    return [
        f"{each.created_at:%H:%M}"
        for each in small.journal.rows(Intent)
        if each.model_id == name and each.purpose is IntentPurpose.OPEN
    ]


def halts(small: SmallArena) -> dict[str, str | None]:
    """Return why each arm is halted."""
    return {each.model_id: each.halted_reason for each in small.journal.rows(Arm)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Failing(Player):
    """Fails when it is asked for the first time, and else follows its script."""

    failures: list[str] = field(default_factory=lambda: ["a defect"])

    def decide(self, moment: Moment) -> Sequence[Action]:
        """Fail, or follow the script."""
        if self.failures:
            raise RuntimeError(self.failures.pop())
        return Player.decide(self, moment)


@pytest.mark.parametrize("leader", [None, "Leader"])
def test_an_agent_that_failed_is_asked_again_at_the_next_tick_after_a_resume(
    leader: str | None,
) -> None:
    ticks = range(TICK, TICK + 50, 5)
    script = {tick: [LONG] for tick in ticks}
    failing = Failing(name="Ada", leader=leader, script=script)
    small = SmallArena(player(script, name="Leader"), failing)
    small.minutes(17)
    assert halts(small)["Ada"] == "its agent failed: RuntimeError: a defect"
    assert failing.seen == []
    resume(small)
    assert halts(small)["Ada"] is None
    small.minutes(3)
    assert [moment.observation.closed_bars for moment in failing.seen] == [TICK + 15]
    assert opened(small, "Ada") == ["00:30"]


def crash() -> list[Bar]:
    """Return a market that falls by 40 % within a minute, and stays there for more than a day."""
    calm, low = (50_000, 50_000, 50_000, 50_000), (30_000, 30_000, 30_000, 30_000)
    return [calm] * (TICK + 2) + [low] * (DAY + 60)


@pytest.mark.parametrize("restarts", [False, True])
def test_an_arm_that_lost_too_much_begins_a_new_peak_when_it_is_resumed(restarts: bool) -> None:
    """A stop at 49,750 trades at 30,000: 40 % of what was held is gone, and that was all of it."""
    first = enter(OrderSide.LONG, 10_000, stop="49750", leverage=2)
    later = enter(OrderSide.LONG, 1_000, stop="29000", leverage=2)
    script = {TICK: [first], TICK + 30: [later], DAY + 15: [later]}
    small = SmallArena(player(script), rows=crash(), policy=PolicyName.STANDARD)
    small.minutes(35)
    reason = halts(small)["Ada"]
    assert reason is not None
    assert reason.startswith("expected a NAV less than 30 % below its peak")
    small.minutes(DAY - 35)
    resume(small)
    if restarts:
        small.minutes(1)
        small.arena = small.again(restored_arms(small.journal, at=small.now))
    small.minutes(10)
    assert halts(small)["Ada"] is None
    assert opened(small, "Ada") == ["00:15", "00:15"]


def test_a_resume_that_waited_for_a_process_begins_with_the_nav_of_now() -> None:
    first = enter(OrderSide.LONG, 10_000, stop="49750", leverage=2)
    later = enter(OrderSide.LONG, 1_000, stop="29000", leverage=2)
    script = {TICK: [first], TICK + 30: [later]}
    small = SmallArena(player(script), rows=crash(), policy=PolicyName.STANDARD)
    small.minutes(35)
    small.arena = small.again(restored_arms(small.journal, at=small.now))
    resume(small)
    (arm,) = small.arena.arms
    assert arm.worth < Decimal(6_500)
    assert arm.peak == arm.worth


def test_who_was_not_halted_keeps_its_peak() -> None:
    first = enter(OrderSide.LONG, 5_000, stop="49750", leverage=2)
    small = SmallArena(player({TICK: [first]}), rows=crash(), policy=PolicyName.STANDARD)
    small.minutes(35)
    resume(small)
    (arm,) = small.arena.arms
    assert arm.worth < arm.peak == Decimal(10_000)
