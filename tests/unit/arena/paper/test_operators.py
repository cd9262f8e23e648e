"""What operators ask for is carried out once, and changes nothing when it is done again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

import pytest

from autonome.arena.competitor import Entrant
from autonome.arena.paper.operators import Operators
from autonome.domain.choices import (
    CloseTrigger,
    IntentPurpose,
    IntentState,
    OrderSide,
    OrderStatus,
    PolicyName,
)
from autonome.domain.errors import ArenaTaken
from autonome.domain.policy import policy_for
from autonome.domain.refusals import Denied
from autonome.ledger.rows import Arm, Command, CommandKind, Intent, Model, Order
from simulation.bookings import AT, competitor
from simulation.paper.memory_restoring import restored_arms
from simulation.runs import enter, leave
from unit.arena.paper.small_arena import HISTORY, SmallArena, player

TICK = HISTORY + 5
LONG = enter(OrderSide.LONG, 5_000)


def operators(small: SmallArena) -> Operators:
    """Return who carries out what waits in the journal."""

    def waiting() -> list[Command]:
        return [each for each in small.journal.rows(Command) if each.done_at is None]

    return Operators(small.arena, waiting, wall=lambda: AT)


def command(small: SmallArena, kind: CommandKind, *, model_id: str | None = None) -> str | None:
    """Let an operator ask for something, and return what came of it."""
    asked = Command(
        kind=kind, model_id=model_id, reason="enough", requested_by="Ada", requested_at=small.now
    )
    small.journal.request(asked)
    assert operators(small).carry_out() == 1
    assert operators(small).carry_out() == 0
    found = {each.id: each for each in small.journal.rows(Command)}
    return found[asked.id].outcome


def halted(small: SmallArena) -> dict[str, str | None]:
    """Return why each arm is halted."""
    return {each.model_id: each.halted_reason for each in small.journal.rows(Arm)}


@dataclass(frozen=True)
class Recruits:
    """Adds an arm of rules that does nothing, whatever is asked."""

    def recruit(self, command: Command, *, at: datetime) -> Entrant | Denied:
        """Return the arm."""
        model, arm = competitor("Added", policy=PolicyName.STANDARD)
        return Entrant(
            model=replace(model, id=command.id),
            arm=replace(arm, model_id=command.id, created_at=at, updated_at=at),
            agent=player({}, name="Added"),
            policy=policy_for(PolicyName.STANDARD, None),
        )

    def retrained(self, entrant: Entrant, asked: Mapping[str, object]) -> Entrant | Denied:
        """Return the arm as it is."""
        return entrant


def test_an_arm_that_a_former_leader_was_to_add_is_added_by_the_next_one() -> None:
    """The former one had read the command when it was paused for longer than its lead lasted."""
    small = SmallArena(player({}))
    asked = Command(
        kind=CommandKind.ADD_ARM, reason="a test", requested_by="Ada", requested_at=small.now
    )
    small.journal.request(asked)
    former, newer = (
        Operators(arena, lambda: [asked], wall=lambda: AT, recruits=Recruits())
        for arena in (small.arena, small.again(restored_arms(small.journal, at=small.now)))
    )
    with pytest.raises(ArenaTaken):
        former.carry_out()
    assert [each.name for each in small.journal.rows(Model)] == ["Ada"]
    assert newer.carry_out() == 1
    [done] = small.journal.rows(Command)
    assert done.outcome == "added"
    assert [(each.model_id, each.epoch) for each in small.journal.rows(Arm)] == [
        ("Ada", 2),
        (asked.id, 1),
    ]


def states(small: SmallArena) -> list[tuple[IntentPurpose, IntentState, Decimal]]:
    """Return each order that was sent."""
    return [(each.purpose, each.state, each.quantity) for each in small.journal.rows(Intent)]


def test_a_command_of_one_arm_leaves_the_others_alone() -> None:
    small = SmallArena(player({}), player({}, name="Bob"))
    assert command(small, CommandKind.HALT, model_id="Bob") == "1 arm"
    assert halted(small) == {"Ada": None, "Bob": "enough"}
    assert command(small, CommandKind.HALT) == "2 arms"
    assert command(small, CommandKind.RESUME, model_id="Bob") == "1 arm"
    assert halted(small) == {"Ada": "enough", "Bob": None}


def test_a_halted_arm_opens_nothing_until_it_is_resumed() -> None:
    small = SmallArena(player({TICK: [LONG], TICK + 5: [LONG]}))
    command(small, CommandKind.HALT)
    small.minutes(6)
    assert states(small) == []
    command(small, CommandKind.RESUME)
    small.minutes(5)
    assert states(small) == [(IntentPurpose.OPEN, IntentState.FILLED, Decimal("0.1"))]


def test_flatten_closes_what_is_held_with_the_trigger_halt() -> None:
    small = SmallArena(player({TICK: [LONG]}))
    small.minutes(6)
    assert command(small, CommandKind.FLATTEN) == "1 arm, 1 positions ordered to close"
    small.minutes(1)
    [order] = small.journal.rows(Order)
    assert (order.status, order.close_trigger) == (OrderStatus.CLOSED, CloseTrigger.HALT.value)
    assert halted(small) == {"Ada": "enough"}


def test_flatten_leaves_alone_what_its_model_is_closing() -> None:
    small = SmallArena(player({TICK: [LONG], TICK + 5: [leave()]}))
    small.minutes(10)
    assert command(small, CommandKind.FLATTEN) == "1 arm, 1 positions ordered to close"
    small.minutes(1)
    assert states(small)[1:] == [(IntentPurpose.CLOSE, IntentState.FILLED, Decimal("0.1"))]


def test_flatten_calls_back_an_entry_that_is_on_its_way() -> None:
    small = SmallArena(player({TICK: [LONG]}))
    small.minutes(5)
    assert command(small, CommandKind.FLATTEN) == "1 arm, 0 positions ordered to close"
    small.minutes(2)
    assert states(small) == [(IntentPurpose.OPEN, IntentState.CANCELLED, Decimal("0.1"))]
    assert list(small.journal.rows(Order)) == []


def test_flatten_closes_all_of_what_a_smaller_close_is_working_on() -> None:
    small = SmallArena(player({TICK: [LONG], TICK + 5: [leave(fraction="0.5")]}))
    small.minutes(10)
    assert command(small, CommandKind.FLATTEN) == "1 arm, 1 positions ordered to close"
    small.minutes(1)
    assert states(small)[1:] == [
        (IntentPurpose.CLOSE, IntentState.CANCELLED, Decimal("0.05")),
        (IntentPurpose.HALT, IntentState.FILLED, Decimal("0.1")),
    ]
    assert all(each.status is OrderStatus.CLOSED for each in small.journal.rows(Order))


def test_flatten_works_on_until_the_volume_is_there() -> None:
    """A bar gives a tenth of its volume: 0.04 of 0.1 in each of the first two bars."""
    volumes = [10_000.0] * (TICK + 2) + [0.4, 0.0, 0.4] + [10_000.0] * 40
    small = SmallArena(player({TICK: [LONG]}), volumes=volumes, bars=len(volumes))
    small.minutes(7)
    command(small, CommandKind.FLATTEN)
    small.minutes(3)
    [left] = [each for each in small.journal.rows(Order) if each.status is OrderStatus.OPEN]
    assert left.quantity == Decimal("0.02")
    small.minutes(1)
    assert all(each.status is OrderStatus.CLOSED for each in small.journal.rows(Order))


def test_flatten_done_again_closes_once() -> None:
    """A process died after it had sent the order, before it could say that it was done."""
    small = SmallArena(player({TICK: [LONG]}))
    small.minutes(6)
    for arm in small.arena.arms:
        arm.flatten("enough")
    command(small, CommandKind.FLATTEN)
    small.minutes(1)
    assert states(small)[1:] == [(IntentPurpose.HALT, IntentState.FILLED, Decimal("0.1"))]
