"""What operators do to one position or one arm: close it, change its plan, ask it nothing more."""

from __future__ import annotations

from decimal import Decimal

import pytest

from autonome.domain.choices import CloseTrigger, IntentPurpose, IntentState, OrderSide, OrderStatus
from autonome.ledger.rows import Arm, Command, CommandKind, Intent, Order
from simulation.runs import enter
from unit.arena.paper.small_arena import HISTORY, SmallArena, player
from unit.arena.paper.test_operators import operators

TICK = HISTORY + 5
LONG = enter(OrderSide.LONG, 5_000, stop="40000")


def command(small: SmallArena, kind: CommandKind, **payload: object) -> str | None:
    """Let an operator ask for something of Ada, and return what came of it."""
    asked = Command(
        kind=kind,
        model_id="Ada",
        reason="enough",
        requested_by="token ops-1",
        requested_at=small.now,
        payload=payload or None,
    )
    small.journal.request(asked)
    assert operators(small).carry_out() == 1
    return {each.id: each for each in small.journal.rows(Command)}[asked.id].outcome


def held(minutes: int = 6) -> tuple[SmallArena, Order]:
    """Return an arena whose one arm holds 0.1 BTC."""
    small = SmallArena(player({TICK: [LONG]}))
    small.minutes(minutes)
    (order,) = small.journal.rows(Order)
    assert order.status is OrderStatus.OPEN
    return small, order


def close(small: SmallArena, order: Order) -> str | None:
    return command(small, CommandKind.CLOSE, orderId=order.id, symbol=order.symbol)


def edit(small: SmallArena, order: Order, **update: str) -> str | None:
    payload = {"orderId": order.id, "symbol": order.symbol, "update": update}
    return command(small, CommandKind.EDIT_PLAN, **payload)


def test_a_position_that_an_operator_closes_has_the_trigger_manual() -> None:
    small, order = held()
    assert close(small, order) == "ordered to close"
    small.minutes(1)
    (closed,) = small.journal.rows(Order)
    assert (closed.status, closed.close_trigger) == (
        OrderStatus.CLOSED,
        CloseTrigger.MANUAL.value,
    )
    last = list(small.journal.rows(Intent))[-1]
    assert (last.purpose, last.state, last.reason) == (
        IntentPurpose.CLOSE,
        IntentState.FILLED,
        "enough",
    )
    (arm,) = small.journal.rows(Arm)
    assert arm.halted_reason is None


def test_a_close_asked_for_twice_closes_once() -> None:
    small, order = held()
    close(small, order)
    assert close(small, order) == "ordered to close"
    small.minutes(1)
    assert len(list(small.journal.rows(Intent))) == 2
    assert close(small, order) == "nothing done: it is not open any more"


def test_a_plan_is_changed_where_a_model_could_change_it_too() -> None:
    small, order = held()
    plan = order.exit_plan
    assert plan is not None
    assert plan.stop is not None
    stop = plan.stop + 1
    assert edit(small, order, stop=str(stop), invalidation="a new low") == "changed"
    (row,) = small.journal.rows(Order)
    assert row.sl_trigger_price == stop
    assert row.exit_plan is not None
    assert (row.exit_plan.stop, row.exit_plan.invalidation) == (stop, "a new low")
    assert row.exit_plan.target == plan.target
    looser = edit(small, order, stop=str(plan.stop))
    assert looser is not None
    assert looser.startswith("denied by stop-tightens: ")
    assert next(iter(small.journal.rows(Order))).sl_trigger_price == stop


def test_a_changed_target_ends_the_position_where_it_now_stands() -> None:
    """Every bar trades from 50,000 to 50,000: a target there is touched in the next one."""
    small, order = held()
    assert edit(small, order, target="50000") == "changed"
    small.minutes(1)
    (row,) = small.journal.rows(Order)
    assert row.close_trigger == CloseTrigger.TARGET.value


@pytest.mark.parametrize("kind", [CommandKind.CLOSE, CommandKind.EDIT_PLAN])
def test_what_is_closed_already_is_left_alone(kind: CommandKind) -> None:
    small, order = held()
    close(small, order)
    small.minutes(1)
    payload = {"orderId": order.id, "symbol": "BTC", "update": {"stop": "1"}}
    outcome = command(small, kind, **payload)
    assert outcome is not None
    assert "open" in outcome


def test_an_arm_that_is_disabled_is_asked_nothing_and_keeps_its_exits() -> None:
    small = SmallArena(player({TICK: [LONG], TICK + 5: [LONG], TICK + 10: [LONG]}))
    small.minutes(6)
    (order,) = small.journal.rows(Order)
    assert command(small, CommandKind.DISABLE) == "1 arm"
    assert [each.enabled for each in small.journal.rows(Arm)] == [False]
    small.minutes(5)
    assert len(list(small.journal.rows(Intent))) == 1
    assert edit(small, order, target="50000") == "changed"
    small.minutes(1)
    assert all(each.status is OrderStatus.CLOSED for each in small.journal.rows(Order))
    assert command(small, CommandKind.ENABLE) == "1 arm"
    small.minutes(5)
    bought = [each for each in small.journal.rows(Intent) if each.purpose is IntentPurpose.OPEN]
    assert [each.quantity for each in bought] == [Decimal("0.1")] * 2
