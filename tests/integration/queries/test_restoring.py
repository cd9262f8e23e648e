"""What an arena's rows say to a process that goes on with it; figures worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest

from autonome.domain.choices import (
    IntentPurpose,
    IntentState,
    PaymentKind,
    Side,
    ToolCallType,
)
from autonome.domain.instants import ms_of
from autonome.domain.value import changed
from autonome.ledger.connection import connect
from autonome.ledger.journal.port import Booking, MarkPoints, NavPoints
from autonome.ledger.queries.restoring import RestoredArm
from autonome.ledger.rows import (
    ArmState,
    Command,
    CommandKind,
    Cycle,
    Intent,
    ToolCall,
)
from autonome.testing.bookings import NOW, competitor
from integration.queries.desk import Desk, closed_part

DAY = datetime(2025, 5, 5, tzinfo=UTC)


def test_an_arm_that_never_did_anything_has_its_capital_and_nothing_else(desk: Desk) -> None:
    arm = desk.only()
    assert (arm.model, arm.arm) == (desk.model, replace(desk.arm, epoch=desk.epoch))
    assert arm.figures.cash_flow == Decimal(10_000)
    assert (arm.figures.peak_nav, arm.figures.day_opening_nav) == (None, None)
    assert (arm.figures.last_order_index, arm.failures_in_a_row) == (0, 0)
    assert (arm.state, arm.spent) == (None, None)
    assert (arm.positions, arm.working, arm.in_flight, arm.trades) == ((), (), (), ())
    arena = desk.restored()
    assert (arena.marked_at, arena.ticked_at, arena.commands) == (None, None, ())


def test_an_arm_that_another_client_wrote_stays_away(desk: Desk) -> None:
    order = desk.opened("0.2", at=NOW)
    desk.book(orders=(order,))
    with connect(desk.url, autocommit=True) as connection:
        connection.execute("""UPDATE "Arms" SET enabled = false, settings = '{"adopted": true}'""")
    assert desk.restored().arms == ()


def test_nav_is_the_highest_and_that_of_midnight_and_the_clock_stood_there(desk: Desk) -> None:
    minutes = [-2, 0, 1]
    at_ms = ms_of(DAY) + 60_000 * np.array(minutes, dtype=np.int64)
    nav = 100_000_000 * np.array([10_300, 10_100, 9_000], dtype=np.int64)
    points = NavPoints(model_id=desk.model.id, at_ms=at_ms, nav=nav)
    price = np.full(3, 700_000_000, dtype=np.int64)
    desk.journal.minute([points], [MarkPoints(symbol="BTC", at_ms=at_ms, price=price)])
    desk.journal.begin_cycle(Cycle(scheduled_at=DAY, started_at=DAY))
    arena = desk.restored(at=DAY + timedelta(minutes=1))
    (arm,) = arena.arms
    assert arm.figures.peak_nav == Decimal(10_300)
    assert arm.figures.day_opening_nav == Decimal(10_100)
    assert arena.marked_at == DAY + timedelta(minutes=1)
    assert arena.ticked_at == DAY
    before = desk.only(at=DAY - timedelta(minutes=1))
    assert before.figures.day_opening_nav is None
    tomorrow = desk.only(at=DAY + timedelta(days=1))
    assert tomorrow.figures.day_opening_nav == Decimal(9_000)


def remembers(desk: Desk, **state: object) -> ArmState:
    return ArmState(model_id=desk.model.id, state=state, updated_at=NOW)


def test_the_peak_of_an_arm_that_was_resumed_counts_from_then_on(desk: Desk) -> None:
    at_ms = ms_of(DAY) + 60_000 * np.arange(3, dtype=np.int64)
    nav = 100_000_000 * np.array([10_300, 6_000, 6_100], dtype=np.int64)
    price = np.full(3, 700_000_000, dtype=np.int64)
    desk.journal.minute(
        [NavPoints(model_id=desk.model.id, at_ms=at_ms, nav=nav)],
        [MarkPoints(symbol="BTC", at_ms=at_ms, price=price)],
    )
    other, arm = competitor(variant="Contrarian")
    desk.journal.enter(other, arm)
    epoch = desk.journal.begin_run(other.id, at=NOW)
    state = ArmState(model_id=other.id, state={"resumed": 0}, updated_at=NOW)
    desk.journal.book(Booking(model_id=other.id, epoch=epoch, state=state))

    def peak_nav() -> Decimal | None:
        (own,) = [each for each in desk.restored().arms if each.model.id == desk.model.id]
        return own.figures.peak_nav

    for resumed_ms, peak in ((0, 10_300), (int(at_ms[0]), 10_300), (int(at_ms[1]), 6_100)):
        desk.book(state=remembers(desk, resumed=resumed_ms))
        assert peak_nav() == Decimal(peak)
    desk.book(state=remembers(desk, asked=3))
    assert peak_nav() == Decimal(10_300)


def test_intents_without_an_end_come_with_what_asked_for_them(desk: Desk) -> None:
    invocation = desk.invocation(0, "COMPLETED")
    call = ToolCall(
        invocation_id=invocation.id,
        tool_call_type=ToolCallType.CREATE_POSITION,
        metadata={"asked": {"quantity": Decimal("0.10")}},
        created_at=NOW,
        updated_at=NOW,
    )
    made = [
        Intent(
            model_id=desk.model.id,
            tool_call_id=call.id if state is IntentState.SENT else None,
            symbol="BTC",
            client_order_index=100 - number,
            purpose=IntentPurpose.OPEN,
            side=Side.BUY,
            quantity=Decimal(1),
            state=state,
            created_at=NOW,
            updated_at=NOW,
        )
        for number, state in enumerate(IntentState)
    ]
    desk.book(invocations=(invocation,), tool_calls=(call,), intents=tuple(made))
    arm = desk.only()
    ended = {IntentState.FILLED, IntentState.REJECTED, IntentState.CANCELLED}
    expected = [each for each in reversed(made) if each.state not in ended]
    assert [each.intent for each in arm.working] == expected
    assert [each.tool_call for each in arm.working] == [None, None, call, None]
    assert arm.figures.last_order_index == 100


@pytest.mark.parametrize(
    ("states", "failures", "in_flight"),
    [
        (["FAILED", "COMPLETED"], 0, []),
        (["COMPLETED", "FAILED", "FAILED"], 2, []),
        (["FAILED", "FAILED", "RUNNING"], 2, ["invocation-02"]),
        (["FAILED", None, "FAILED"], 1, []),
        (["RUNNING", "RUNNING"], 0, ["invocation-00", "invocation-01"]),
        (["FAILED"] * 12, 12, []),
        (["RUNNING"] + ["MISSED"] * 30, 0, ["invocation-00"]),
    ],
)
def test_failures_count_since_one_that_did_not_fail(
    desk: Desk, states: list[str | None], failures: int, in_flight: list[str]
) -> None:
    rows = tuple(desk.invocation(number, state) for number, state in enumerate(states))
    desk.book(invocations=rows)
    arm = desk.only()
    assert arm.failures_in_a_row == failures
    assert [each.id for each in arm.in_flight] == in_flight
    assert all(each in rows for each in arm.in_flight)


def test_what_inference_took_today_is_summed_whatever_a_payload_says(desk: Desk) -> None:
    payloads: list[dict[str, object]] = [
        {"charged": {"tokens": 1_500}},
        {"charged": {"tokens": 70}},
        {"charged": {"tokens": "many"}},
        {"charged": None},
        {},
    ]
    rows = [desk.invocation(n, "COMPLETED", **each) for n, each in enumerate(payloads)]
    yesterday = changed(
        desk.invocation(9, "COMPLETED", charged={"tokens": 9}),
        created_at=DAY - timedelta(seconds=1),
    )
    costs = [(DAY - timedelta(seconds=1), "-7"), (DAY, "-0.00000001"), (NOW, "-0.25")]
    desk.book(
        invocations=(*rows, yesterday),
        payments=tuple(desk.payment(PaymentKind.INFERENCE, cost, at=at) for at, cost in costs),
    )
    spent = desk.only().spent
    assert spent is not None
    assert (spent.day, spent.cost, spent.tokens) == (
        date(2025, 5, 5),
        Decimal("0.25000001"),
        1_570,
    )


def test_the_last_trades_come_oldest_first(desk: Desk) -> None:
    order = desk.opened("1", at=NOW)
    trades = [
        changed(closed_part(order, "1", at=NOW + timedelta(minutes=minute)), id=f"trade-{minute}")
        for minute in (3, 1, 2)
    ]
    desk.book(orders=tuple(trades))
    assert [each.id for each in desk.only().trades] == ["trade-1", "trade-2", "trade-3"]
    assert [each.id for each in desk.only(most_trades=2).trades] == ["trade-2", "trade-3"]


def test_memory_and_commands_come_back(desk: Desk) -> None:
    state = ArmState(
        model_id=desk.model.id, state={"stops": {"BTC": Decimal("1.50")}}, updated_at=NOW
    )
    desk.book(state=state)
    asked = [
        Command(
            kind=kind,
            reason="",
            requested_by="Grace",
            requested_at=NOW + timedelta(seconds=second),
        )
        for kind, second in (
            (CommandKind.RESUME, 2),
            (CommandKind.HALT, 1),
            (CommandKind.FLATTEN, 3),
        )
    ]
    for command in asked:
        desk.journal.request(command)
    desk.journal.finish_command(asked[2].id, at=NOW, outcome="done")
    arena = desk.restored()
    assert arena.arms[0].state == state
    assert arena.commands == (asked[1], asked[0])


def test_arms_come_by_name_each_with_its_own(desk: Desk) -> None:
    other, arm = competitor("Aaron", "Sovereign")
    desk.journal.enter(other, arm)
    epoch = desk.journal.begin_run(other.id, at=NOW)
    moved = Booking(
        model_id=other.id,
        epoch=epoch,
        payments=(changed(desk.payment(PaymentKind.FUNDING, "5", at=NOW), model_id=other.id),),
    )
    desk.journal.book(moved)
    assert [cash(each) for each in desk.restored().arms] == [
        ("Aaron", Decimal(10_005)),
        ("Ada", Decimal(10_000)),
    ]


def cash(arm: RestoredArm) -> tuple[str, Decimal]:
    return arm.model.name, arm.figures.cash_flow
