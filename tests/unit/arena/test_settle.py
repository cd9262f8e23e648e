"""Settle: the rows of the worked example, a flip, a scale-in, a stop that was passed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from autonome.arena.account import Account
from autonome.arena.events import Filled, FundingSettled
from autonome.arena.settle import Settled, fillable, settle_fill, settle_funding
from autonome.domain.choices import (
    CloseTrigger,
    IntentState,
    Liquidity,
    OrderSide,
    OrderStatus,
    PaymentKind,
    Side,
)
from autonome.domain.exit_plan import ExitPlan
from autonome.ledger.journal.port import Booking
from simulation.bookings import AT, account, filled, ordinals

LATER = AT + timedelta(hours=1)


def settled(start: Account, *events: Filled) -> Settled:
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
    assert funded is not None
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
    assert third.account.realized_pnl == Decimal("353.076")
    assert third.account.nav({"BTC": Decimal(51_500)}) == Decimal("10437.55")

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
    assert last.account.nav({}) == Decimal("10235.014")


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
    assert result.account.realized_pnl == Decimal("48.525")


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
    assert settle_funding(held, event, ordinals()) is None
    zero = replace(event, symbol="BTC", rate=Decimal(0))
    assert settle_funding(held, zero, ordinals()) is None


@pytest.mark.parametrize(
    ("side", "price", "stop", "trades"),
    [
        (Side.BUY, "100", "99", True),
        (Side.BUY, "98", "99", False),
        (Side.SELL, "100", "101", True),
        (Side.SELL, "102", "101", False),
        (Side.BUY, "98", None, True),
    ],
)
def test_a_fill_beyond_its_own_stop_is_cancelled(
    side: Side, price: str, stop: str | None, trades: bool
) -> None:
    plan = ExitPlan(stop=None if stop is None else Decimal(stop))
    event = filled(side, "1", price, plan=plan)
    result = fillable(account(), event)
    if trades:
        assert result == event
        return
    assert isinstance(result, Booking)
    (intent,) = result.intents
    assert intent.state is IntentState.CANCELLED
    assert intent.reason is not None
    assert intent.reason.startswith("stop-passed")
    assert (result.fills, result.orders, result.payments) == ((), (), ())


def test_of_a_flip_beyond_its_own_stop_only_the_closing_part_trades() -> None:
    held = settled(account(), filled(Side.SELL, "0.5", "3000", "0.75")).account
    event = filled(Side.BUY, "0.8", "2900", "1.16", number=2, plan=ExitPlan(stop=Decimal(2_950)))
    part = fillable(held, event)
    assert isinstance(part, Filled)
    result = settle_fill(held, part, ordinals())
    (closed,) = result.booking.orders
    (fill,) = result.booking.fills
    assert (closed.status, closed.realized_pnl) == (OrderStatus.CLOSED, Decimal("48.52"))
    assert (fill.quantity, fill.fee, fill.part) == (Decimal("0.5"), Decimal("0.725"), 0)
    assert result.account.holdings == {}


def test_a_scale_in_beyond_the_stop_that_will_stand_is_cancelled() -> None:
    # The new plan's stop of 85 is looser, so that the present one, 90, goes on; a fill at 88 lies
    # beyond it.
    held = settled(account(), filled(Side.BUY, "1", "100", plan=ExitPlan(stop=Decimal(90)))).account
    event = filled(Side.BUY, "1", "88", number=2, plan=ExitPlan(stop=Decimal(85)))
    assert isinstance(fillable(held, event), Booking)
