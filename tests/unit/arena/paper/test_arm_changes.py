"""What operators change of an arm: limits of its own, what they would do, and a new beginning.

The market stands still at 50,000, and trading costs 5 bps: 25 for each BTC. NAV is 10,000.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from autonome.agents.llm.answer import Attempt
from autonome.arena.events import Halted
from autonome.arena.paper.revising import revise
from autonome.arena.paper.running_arm import RunningArm
from autonome.arena.previewing import Outcome, Tried, tried
from autonome.domain.choices import OrderSide, PaymentKind, PolicyName
from autonome.domain.policy import Policy, limits_of, revised
from autonome.domain.value import changed
from autonome.ledger.queries.policies import JudgedEntry
from autonome.ledger.rows import (
    Arm,
    ArmPolicy,
    Command,
    CommandKind,
    Judgement,
    Payment,
    ToolCall,
)
from simulation.paper.memory_restoring import restored_arms
from simulation.runs import enter, leave
from unit.arena.paper.small_arena import HISTORY, SmallArena, player, said, thinker
from unit.arena.paper.test_operators import operators

TICK = HISTORY + 5
RISKY = enter(OrderSide.LONG, 8_000, stop="49000")
"""0.16 BTC that lose 1,000 each at the stop: of NAV, 100 allow 100 / (1,000 + 0.01 x 25)."""


def arena(*, ticks: int = 1, policy: PolicyName = PolicyName.STANDARD) -> SmallArena:
    script = {TICK + 10 * n: [RISKY] for n in range(ticks)}
    leaves = {TICK + 10 * n + 5: [leave()] for n in range(ticks)}
    return SmallArena(player({**script, **leaves}), bars=200, policy=policy)


def command(
    small: SmallArena, kind: CommandKind, payload: dict[str, Any] | None = None, name: str = "c"
) -> str | None:
    """Let an operator ask for something of Ada, and return what came of it."""
    small.journal.request(
        Command(
            id=name,
            kind=kind,
            model_id="Ada",
            reason="a test",
            requested_by="token ops",
            requested_at=small.now,
            payload=payload,
        )
    )
    operators(small).carry_out()
    return {each.id: each for each in small.journal.rows(Command)}[name].outcome


def limits(expected: int = 1, **named: str) -> dict[str, Any]:
    return {"limits": named, "expectedVersion": expected}


def asked(small: SmallArena) -> list[tuple[str, Decimal | None]]:
    """Return under which policy each entry was judged, and how much was allowed."""
    calls = [each.metadata for each in small.journal.rows(ToolCall)]
    return [
        (each["policy"], each.get("allowed", {}).get("quantity"))
        for each in calls
        if each["asked"]["action"] == "create_position"
    ]


def test_a_change_counts_from_the_next_decision_on_and_is_named_there() -> None:
    small = arena(ticks=2)
    small.minutes(8)
    wanted = limits(riskPerTrade="0.005", defaultCooldownMinutes="0")
    assert command(small, CommandKind.EDIT_POLICY, wanted) == "version 2 is in force"
    small.minutes(9)
    assert asked(small)[0] == ("standard@1", Decimal("0.099"))
    assert asked(small)[1][0] == "standard@1 v2"


def test_every_version_is_kept_the_first_one_too() -> None:
    small = arena()
    began = limits_of(small.arena.arms[0].entrant.policy)
    command(small, CommandKind.EDIT_POLICY, limits(maxLeverage="3"))
    command(small, CommandKind.EDIT_POLICY, limits(2, maxPositions="1"), "d")
    rows = [*small.journal.rows(ArmPolicy)]
    assert [(each.version, each.who, each.command_id) for each in rows] == [
        (1, "system", None),
        (2, "token ops", "c"),
        (3, "token ops", "d"),
    ]
    assert rows[0].limits == began
    assert rows[2].limits == {**began, "maxLeverage": "3", "maxPositions": "1"}


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        (limits(2, maxLeverage="3"), "nothing done: expected version 2, found 1 in force"),
        (limits(maxLeverage="51"), "nothing done: maxLeverage: expected 1 to 50"),
        (limits(nothing="1"), "nothing done: nothing: expected a limit of the policy"),
    ],
)
def test_what_cannot_be_is_not_done(payload: dict[str, Any], words: str) -> None:
    small = arena()
    outcome = command(small, CommandKind.EDIT_POLICY, payload)
    assert outcome is not None
    assert outcome.startswith(words)
    assert [*small.journal.rows(ArmPolicy)] == []


def test_another_process_goes_on_under_the_limits_and_does_nothing_twice() -> None:
    small = arena()
    wanted = limits(riskPerTrade="0.005")
    command(small, CommandKind.EDIT_POLICY, wanted)
    newest = [*small.journal.rows(ArmPolicy)][-1]
    entrant = small.arena.arms[0].entrant
    assert (entrant.own, entrant.policy.revision) == (newest, 2)
    # A process died after the version was written, before it could say so.
    again = Command(
        id="c",
        kind=CommandKind.EDIT_POLICY,
        model_id="Ada",
        reason="a test",
        requested_by="token ops",
        requested_at=small.now,
        payload=wanted,
    )
    assert revise(small.arena.arms[0], again, at=small.now) == "version 2 is in force"
    assert len([*small.journal.rows(ArmPolicy)]) == 2


def entry(small: SmallArena) -> JudgedEntry:
    """Return the first entry as it is on record."""
    judgements = {each.tool_call_id: each for each in small.journal.rows(Judgement)}
    calls = [*small.journal.rows(ToolCall)]
    call = next(each for each in calls if each.metadata["asked"]["action"] == "create_position")
    found = judgements.get(call.id)
    return JudgedEntry(
        tool_call_id=call.id,
        invocation_id=call.invocation_id,
        at=call.created_at,
        metadata=call.metadata,
        request=None if found is None else found.request,
        standing=None if found is None else found.standing,
    )


def under(small: SmallArena, **named: str) -> Tried:
    policy = small.arena.arms[0].entrant.policy
    found = revised(policy, named, revision=2)
    assert isinstance(found, Policy)
    return tried(found, entry(small))


@pytest.mark.parametrize(
    ("named", "outcome", "would", "rule"),
    [
        ({}, Outcome.UNCHANGED, "0.099", "risk-per-trade"),
        # 50 / (1,000 + 0.005 x 25).
        ({"riskPerTrade": "0.005"}, Outcome.SMALLER, "0.049", "risk-per-trade"),
        # 200 / (1,000 + 0.02 x 25) would be 0.199: all that was asked for.
        ({"riskPerTrade": "0.02"}, Outcome.LARGER, "0.16", "risk-per-trade"),
        # 0.3 x 10,000 / (50,000 + 0.3 x 25).
        ({"maxPosition": "0.3"}, Outcome.SMALLER, "0.059", "max-position"),
        # 0.099 x 50,000 is half of NAV, at leverage 1: more than the 0.4 that remain.
        ({"minFreeCollateral": "0.6"}, Outcome.DENIED, None, "min-free-collateral"),
        ({"maxPositions": "1"}, Outcome.UNCHANGED, "0.099", "risk-per-trade"),
    ],
)
def test_an_entry_is_judged_again_on_the_account_as_it_was(
    named: dict[str, str], outcome: Outcome, would: str | None, rule: str
) -> None:
    small = arena()
    small.minutes(20)
    found = under(small, **named)
    assert (found.outcome, found.allowed) == (outcome, Decimal("0.099"))
    assert found.would == (None if would is None else Decimal(would))
    assert found.rule == rule


def test_an_entry_without_a_record_of_its_judgement_is_unknown() -> None:
    small = arena()
    small.minutes(6)
    bare = entry(small)
    found = tried(small.arena.arms[0].entrant.policy, changed(bare, request=None, standing=None))
    assert (found.outcome, found.would) == (Outcome.UNKNOWN, None)
    torn = tried(small.arena.arms[0].entrant.policy, changed(bare, standing={"nav": "1"}))
    assert torn.outcome is Outcome.UNKNOWN


def test_what_a_model_was_denied_while_it_thought_is_judged_again_too() -> None:
    """Leverage 6 is above the five of this variant: more would be allowed under seven."""
    small = SmallArena(thinker(), bars=60, policy=PolicyName.STANDARD)
    tick = small.minutes(5)
    assert tick is not None
    arm: Any = small.arena.arms[0]
    most = arm.entrant.policy.limits.max_leverage
    wanted = enter(OrderSide.LONG, 1_000, stop="49000", leverage=int(most) + 1)
    question = arm.question(tick.observation, tick.snapshot, today="2026-01-01")
    ruling = question.desk.attempt(wanted)
    assert ruling.denied is not None
    answer = said(wanted)
    answer = changed(answer, calls=(Attempt(action=wanted, denied=ruling.denied),))
    arm.answered(question, answer)
    found = under(small, maxLeverage=str(most + 1))
    assert (found.outcome, found.allowed, found.would) == (
        Outcome.LARGER,
        None,
        Decimal("0.02"),
    )
    assert found.rule == "max-leverage"


def test_a_denial_names_the_policy_that_denied_whatever_is_in_force_by_the_answer() -> None:
    """Leverage 3 was refused under 2, and a second entry is judged when limits are wider again."""
    small = SmallArena(thinker(), bars=60, policy=PolicyName.STANDARD)
    command(small, CommandKind.EDIT_POLICY, limits(maxLeverage="2"), "narrow")
    tick = small.minutes(5)
    assert tick is not None
    arm: Any = small.arena.arms[0]
    question = arm.question(tick.observation, tick.snapshot, today="2026-01-01")
    wanted = [enter(OrderSide.LONG, 1_000, stop="49000", leverage=most) for most in (3, 2)]
    attempts = [Attempt(action=each, denied=question.desk.attempt(each).denied) for each in wanted]
    assert [each.denied is None for each in attempts] == [False, True]
    command(small, CommandKind.EDIT_POLICY, limits(2, maxLeverage="4"), "wide")
    arm.answered(question, changed(said(*wanted), calls=tuple(attempts)))
    assert asked(small) == [("standard@1 v2", None), ("standard@1 v3", Decimal("0.02"))]


def worth(small: SmallArena) -> tuple[Decimal, Decimal, Decimal]:
    arm: RunningArm = small.arena.arms[0]
    return arm.worth, arm.peak, arm._books.nav.day_opening


def test_a_reset_pays_in_what_was_lost_and_takes_back_the_halt_of_a_drawdown() -> None:
    rows = [(50_000,) * 4] * (TICK + 1) + [(50_000, 50_000, 20_000, 20_000)] + [(20_000,) * 4] * 60
    small = SmallArena(
        player({TICK: [enter(OrderSide.LONG, 6_000)], TICK + 5: [leave()]}), rows=rows
    )
    small.minutes(12)
    assert worth(small)[0] == Decimal("6395.8")  # 0.12 BTC fell by 30,000; 3 and 1.20 of fees.
    arm = small.arena.arms[0]
    arm.operate(
        Halted(at=small.now, reason="expected a NAV less than 30 % below its peak 10000.00")
    )
    assert command(small, CommandKind.RESET) == "reset to 10000.00"
    assert worth(small) == (Decimal(10_000), Decimal(10_000), Decimal(10_000))
    [payment] = small.journal.rows(Payment)
    assert (payment.kind, payment.amount) == (PaymentKind.DEPOSIT, Decimal("3604.2"))
    assert payment.occurred_at > small.now
    assert [each.halted_reason for each in small.journal.rows(Arm)] == [None]
    # Done again after a restart, it changes nothing.
    again = small.again(restored_arms(small.journal, at=small.now))
    assert again.arms[0].reset("c") == "reset to 10000.00"
    assert again.arms[0].worth == again.arms[0].peak == Decimal(10_000)
    assert len([*small.journal.rows(Payment)]) == 1


@pytest.mark.parametrize(
    ("asked", "reason"), [([], None), ([CommandKind.HALT], "a test")], ids=["alone", "after a halt"]
)
def test_a_flatten_leaves_the_halt_of_a_drawdown_for_a_reset_to_take_back(
    asked: list[CommandKind], reason: str | None
) -> None:
    small = SmallArena(player({TICK: [enter(OrderSide.LONG, 5_000)]}))
    small.minutes(7)
    small.arena.arms[0].operate(
        Halted(at=small.now, reason="expected a NAV less than 30 % below its peak 10000.00")
    )
    for kind in (*asked, CommandKind.FLATTEN):
        command(small, kind, name=kind.value)
    small.minutes(2)
    assert command(small, CommandKind.RESET) == "reset to 10000.00"
    assert [each.halted_reason for each in small.journal.rows(Arm)] == [reason]


def test_what_was_won_is_withdrawn_and_an_operators_halt_stays() -> None:
    rows = [(50_000,) * 4] * (TICK + 1) + [(50_000, 60_000, 50_000, 60_000)] + [(60_000,) * 4] * 60
    small = SmallArena(
        player({TICK: [enter(OrderSide.LONG, 5_000)], TICK + 5: [leave()]}), rows=rows
    )
    small.minutes(12)
    command(small, CommandKind.HALT, name="halt")
    assert command(small, CommandKind.RESET) == "reset to 10000.00"
    [payment] = small.journal.rows(Payment)
    assert (payment.kind, payment.amount) == (
        PaymentKind.WITHDRAWAL,
        Decimal("-994.5"),
    )  # 2.50 and 3 of fees.
    assert [each.halted_reason for each in small.journal.rows(Arm)] == ["a test"]
    again = small.again(restored_arms(small.journal, at=small.now))
    assert (again.arms[0].worth, again.arms[0].peak) == (Decimal(10_000), Decimal(10_000))


def test_who_holds_a_position_or_has_an_order_under_way_is_not_reset() -> None:
    small = SmallArena(player({TICK: [enter(OrderSide.LONG, 5_000)]}))
    small.minutes(5)
    assert str(command(small, CommandKind.RESET, name="a")).startswith("nothing done: flatten")
    small.minutes(1)
    assert str(command(small, CommandKind.RESET, name="b")).startswith("nothing done: flatten")
    assert [*small.journal.rows(Payment)] == []
