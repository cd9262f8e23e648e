"""Settle: the rows of the worked example, a flip, a scale-in, parts of an order."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from autonome.arena.account import Account
from autonome.arena.events import Ended, Filled, FundingSettled, Step, StopMoved
from autonome.arena.settle import (
    settle_end,
    settle_fill,
    settle_funding,
    settle_stop,
)
from autonome.domain.choices import (
    CloseTrigger,
    IntentState,
    Liquidity,
    OrderSide,
    OrderStatus,
    PaymentKind,
    Side,
    ToolCallType,
)
from autonome.domain.exit_plan import ExitPlan
from autonome.domain.value import changed
from autonome.ledger.rows import ToolCall
from simulation.bookings import AT, account, filled, order, ordinals

LATER = AT + timedelta(hours=1)


def settled(start: Account, *events: Filled) -> Step:
    """Book fills one after the other and return the last result."""
    names, result = ordinals(), None
    for event in events:
        result = settle_fill(start, event, names)
        start = result.account
    assert result is not None
    return result


def test_the_worked_example_leaves_the_rows_that_its_table_shows() -> None:
    names = ordinals()
    plan = ExitPlan(stop=Decimal(50_500))
    first = settle_fill(
        account(), filled(Side.BUY, "0.2", "50000", "5.00", plan=plan, leverage="3"), names
    )
    (opened,) = first.booking.orders
    second = settle_fill(
        first.account, filled(Side.BUY, "0.1", "53000", "2.65", number=2, plan=plan), names
    )
    (scaled,) = second.booking.orders
    assert (scaled.id, scaled.quantity, scaled.entry_price) == (
        opened.id,
        Decimal("0.3"),
        Decimal(51_000),
    )
    funded = settle_funding(
        second.account,
        FundingSettled(at=LATER, symbol="BTC", mark_price=Decimal(52_000), rate=Decimal("0.0001")),
        names,
    )
    assert funded.booking is not None
    (payment,) = funded.booking.payments
    assert (payment.kind, payment.amount, payment.order_id, payment.occurred_at) == (
        PaymentKind.FUNDING,
        Decimal("-1.56"),
        opened.id,
        LATER,
    )

    third = settle_fill(
        funded.account, filled(Side.SELL, "0.12", "54000", "3.24", number=3, at=LATER), names
    )
    closed, left = third.booking.orders
    assert closed.id != opened.id
    assert (closed.status, closed.side, closed.quantity) == (
        OrderStatus.CLOSED,
        OrderSide.LONG,
        Decimal("0.12"),
    )
    assert (closed.entry_price, closed.exit_price) == (Decimal(51_000), Decimal(54_000))
    assert (closed.realized_pnl, closed.close_trigger) == (Decimal("353.08"), None)
    assert (closed.opened_at, closed.closed_at) == (AT, LATER)
    assert (left.id, left.status, left.quantity, left.opened_at) == (
        opened.id,
        OrderStatus.OPEN,
        Decimal("0.18"),
        AT,
    )
    (fill,) = third.booking.fills
    assert (fill.order_id, fill.part, fill.fee) == (closed.id, 0, Decimal("3.24"))
    assert [each.realized_pnl for each in third.results] == [Decimal("353.076")]
    assert third.account.nav({"BTC": Decimal(51_500)}.__getitem__) == Decimal("10437.55")

    stop = filled(
        Side.SELL, "0.18", "50400", "4.536", number=4, trigger=CloseTrigger.STOP, at=LATER
    )
    last = settle_fill(third.account, stop, names)
    (ended,) = last.booking.orders
    assert (ended.id, ended.status, ended.quantity) == (
        opened.id,
        OrderStatus.CLOSED,
        Decimal("0.18"),
    )
    assert (ended.realized_pnl, ended.close_trigger) == (Decimal("-118.06"), "STOP")
    assert last.account.holdings == {}
    assert last.account.cash_flow == Decimal("10235.014")


def test_a_flip_closes_one_order_and_opens_another_with_two_parts_of_one_fill() -> None:
    # "Flip" of the accounting rules.
    result = settled(
        account(),
        filled(Side.SELL, "0.5", "3000", "0.75"),
        filled(Side.BUY, "0.8", "2900", "1.16", number=2, leverage="4"),
    )
    closed, opened = result.booking.orders
    assert (closed.status, closed.side, closed.realized_pnl) == (
        OrderStatus.CLOSED,
        OrderSide.SHORT,
        Decimal("48.52"),
    )
    assert (opened.status, opened.side, opened.quantity, opened.entry_price) == (
        OrderStatus.OPEN,
        OrderSide.LONG,
        Decimal("0.3"),
        Decimal(2_900),
    )
    assert opened.leverage == Decimal(4)
    assert [
        (each.venue_fill_id, each.part, each.order_id, each.quantity, each.fee)
        for each in result.booking.fills
    ] == [
        ("2", 0, closed.id, Decimal("0.5"), Decimal("0.725")),
        ("2", 1, opened.id, Decimal("0.3"), Decimal("0.435")),
    ]
    assert {each.liquidity for each in result.booking.fills} == {Liquidity.TAKER}
    (intent,) = result.booking.intents
    assert intent.state is IntentState.FILLED
    assert [each.realized_pnl for each in result.results] == [Decimal("48.525")]


@pytest.mark.parametrize(
    ("side", "present", "new", "kept"),
    [
        (Side.BUY, "90", "95", "95"),  # Tighter: the new one.
        (Side.BUY, "90", "85", "90"),  # Looser: the present one.
        (Side.BUY, "90", None, "90"),
        (Side.BUY, None, "85", "85"),
        (Side.SELL, "110", "105", "105"),
        (Side.SELL, "110", "115", "110"),
        (Side.SELL, "110", None, "110"),
        (Side.SELL, None, None, None),
    ],
)
def test_a_scale_in_never_loosens_the_stop(
    side: Side, present: str | None, new: str | None, kept: str | None
) -> None:
    def plan(stop: str | None, target: int) -> ExitPlan:
        return ExitPlan(stop=None if stop is None else Decimal(stop), target=Decimal(target))

    result = settled(
        account(),
        filled(side, "1", "100", plan=plan(present, 150), leverage="5"),
        filled(side, "1", "100", number=2, plan=plan(new, 160), leverage="3"),
    )
    (order,) = result.booking.orders
    assert order.exit_plan == plan(kept, 160)
    assert order.sl_trigger_price == (None if kept is None else Decimal(kept))
    assert order.tp_trigger_price == Decimal(160)
    assert order.leverage == Decimal(3)


def test_a_scale_in_never_raises_the_leverage() -> None:
    result = settled(
        account(),
        filled(Side.BUY, "1", "100", leverage="2"),
        filled(Side.BUY, "1", "100", number=2, leverage="10"),
    )
    (order,) = result.booking.orders
    assert order.leverage == Decimal(2)


def test_funding_of_a_symbol_that_is_not_held_is_nothing() -> None:
    held = settled(account(), filled(Side.BUY, "1", "100")).account
    event = FundingSettled(at=LATER, symbol="ETH", mark_price=Decimal(100), rate=Decimal("0.0001"))
    assert settle_funding(held, event, ordinals()) == Step(account=held, booking=None)
    zero = changed(event, symbol="BTC", rate=Decimal(0))
    assert settle_funding(held, zero, ordinals()) == Step(account=held, booking=None)


def test_a_close_is_written_with_the_end_of_its_cooldown() -> None:
    entry = filled(Side.BUY, "1", "100", plan=ExitPlan(stop=Decimal(90)), cooldown_minutes=15)
    close = filled(Side.SELL, "1", "101", number=2, at=LATER)
    result = settled(account(), entry, close)
    (order,) = result.booking.orders
    assert order.exit_plan == ExitPlan(stop=Decimal(90), cooldown_until="2025-05-05T01:15:00Z")
    assert result.account.cooldowns == {"BTC": LATER + timedelta(minutes=15)}


@pytest.mark.parametrize(
    ("minutes", "quantity"), [(15, "0.4"), (0, "1")], ids=["a partial close", "without a cooldown"]
)
def test_no_cooldown_begins_with(minutes: int, quantity: str) -> None:
    entry = filled(Side.BUY, "1", "100", cooldown_minutes=minutes)
    result = settled(account(), entry, filled(Side.SELL, quantity, "101", number=2, at=LATER))
    assert result.account.cooldowns == {}
    assert [order.exit_plan for order in result.booking.orders] == [None] * (1 + minutes // 15)


def test_a_flip_ends_the_cooldown_of_what_it_closes_and_brings_its_own() -> None:
    result = settled(
        account(),
        filled(Side.BUY, "1", "100", cooldown_minutes=15),
        filled(Side.SELL, "3", "100", number=2, cooldown_minutes=60),
    )
    assert result.account.cooldowns == {"BTC": AT + timedelta(minutes=15)}
    assert result.account.holdings["BTC"].cooldown_minutes == 60


def test_a_position_keeps_the_cooldown_and_the_first_stop_of_its_birth() -> None:
    first, second = ExitPlan(stop=Decimal(90)), ExitPlan(stop=Decimal(95))
    result = settled(
        account(),
        filled(Side.BUY, "1", "100", plan=first, cooldown_minutes=15),
        filled(Side.BUY, "1", "100", plan=second, cooldown_minutes=60, number=2),
    )
    holding = result.account.holdings["BTC"]
    assert (holding.first_stop, holding.cooldown_minutes) == (Decimal(90), 15)
    assert holding.order.sl_trigger_price == Decimal(95)


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (IntentState.FILLED, None),
        (IntentState.ACKNOWLEDGED, None),
        (IntentState.CANCELLED, "volume: the bar had room for 1 of 3"),
    ],
)
def test_the_intent_of_a_fill_says_how_far_it_has_come(
    state: IntentState, reason: str | None
) -> None:
    result = settled(account(), filled(Side.BUY, "1", "100", state=state, reason=reason, at=LATER))
    (intent,) = result.booking.intents
    assert (intent.state, intent.reason, intent.updated_at) == (state, reason, LATER)
    assert intent.order_id == result.booking.orders[0].id


def test_a_tool_call_is_told_of_every_part_that_filled() -> None:
    asked = ToolCall(
        id="call",
        invocation_id="answer",
        tool_call_type=ToolCallType.CLOSE_POSITION,
        metadata={"asked": {"action": "close_position"}},
        created_at=AT,
        updated_at=AT,
    )
    held = settled(account(), filled(Side.BUY, "1", "100")).account
    first = filled(Side.SELL, "0.4", "101", "0.02", number=2, state=IntentState.ACKNOWLEDGED)
    part = settle_fill(
        held, changed(first, order=changed(first.order, tool_call=asked)), ordinals()
    )
    (told,) = part.booking.tool_calls
    rest = filled(Side.SELL, "0.6", "102", "0.03", number=3, at=LATER)
    last = settle_fill(
        part.account, changed(rest, order=changed(rest.order, tool_call=told)), ordinals()
    )
    (told,) = last.booking.tool_calls
    assert told.updated_at == LATER
    assert told.metadata == {
        "asked": {"action": "close_position"},
        "filled": [
            {"quantity": Decimal("0.4"), "price": Decimal(101), "fee": Decimal("0.02")},
            {"quantity": Decimal("0.6"), "price": Decimal(102), "fee": Decimal("0.03")},
        ],
    }


@pytest.mark.parametrize("state", [IntentState.CANCELLED, IntentState.REJECTED])
def test_an_order_that_ends_without_a_fill_moves_no_money(state: IntentState) -> None:
    asked = order(Side.BUY, opening="1")
    event = Ended(at=LATER, order=asked, state=state, reason="margin: too little")
    result = settle_end(account(), event)
    assert result.account == account()
    assert result.booking is not None
    (intent,) = result.booking.intents
    assert (intent.state, intent.reason, intent.updated_at) == (state, event.reason, LATER)
    assert (result.booking.fills, result.booking.orders, result.booking.payments) == ((), (), ())


@pytest.mark.parametrize(
    ("side", "present", "moved", "stands"),
    [
        (Side.BUY, "90", "95", "95"),
        (Side.BUY, "90", "85", "90"),
        (Side.BUY, None, "85", "85"),
        (Side.SELL, "110", "105", "105"),
        (Side.SELL, "110", "115", "110"),
    ],
)
def test_a_stop_that_is_moved_only_tightens(
    side: Side, present: str | None, moved: str, stands: str
) -> None:
    plan = ExitPlan(stop=None if present is None else Decimal(present), target=Decimal(150))
    held = settled(account(), filled(side, "1", "100", plan=plan)).account
    result = settle_stop(held, StopMoved(at=LATER, symbol="BTC", stop=Decimal(moved)))
    assert result.booking is not None
    (row,) = result.booking.orders
    assert row.sl_trigger_price == Decimal(stands)
    assert row.exit_plan == changed(plan, stop=Decimal(stands))
    assert (row.tp_trigger_price, row.updated_at) == (Decimal(150), LATER)
    assert result.account.holdings["BTC"].order == row
    assert result.account.cash_flow == held.cash_flow


@pytest.mark.parametrize(
    ("side", "rate", "amount"),
    [
        (Side.BUY, "0.0001", "-0.01"),
        (Side.SELL, "0.0001", "0.01"),
        (Side.BUY, "-0.0001", "0.01"),
        # 100 x 1.5e-10 = 1.5e-8, a tie to the even digit; 100 x 4e-11 rounds to nothing.
        (Side.SELL, "0.00000000015", "0.00000002"),
        (Side.SELL, "0.00000000004", None),
    ],
)
def test_funding_is_paid_by_longs_when_the_rate_is_positive(
    side: Side, rate: str, amount: str | None
) -> None:
    held = settled(account(), filled(side, "1", "90")).account
    event = FundingSettled(at=LATER, symbol="BTC", mark_price=Decimal(100), rate=Decimal(rate))
    result = settle_funding(held, event, ordinals())
    if amount is None:
        assert result == Step(account=held, booking=None)
        return
    assert result.booking is not None
    assert [payment.amount for payment in result.booking.payments] == [Decimal(amount)]
    assert result.account.cash_flow - held.cash_flow == Decimal(amount)
