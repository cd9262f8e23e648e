"""Decide: an answer becomes a record and orders, each asked for once."""

from __future__ import annotations

from decimal import Decimal

import pytest

from autonome.agents.actions import ClosePosition, Holding, UpdateExitPlan
from autonome.domain.choices import IntentPurpose, IntentState, OrderSide, Side, ToolCallType
from autonome.domain.exit_plan import ExitPlan
from simulation.bookings import AT, account
from unit.arena.decisions import create, decided, denied_rule, holding


def test_an_entry_becomes_one_order_in_whole_lots_with_its_stop_on_the_tick() -> None:
    result = decided(account(), create(OrderSide.SHORT, 4_567, stop="101000.16"))
    (order,) = result.orders
    assert order.intent.side is Side.SELL
    assert order.intent.quantity == Decimal("0.045")  # 0.046 would cost 4,600.
    assert (order.intent.purpose, order.intent.state) == (IntentPurpose.OPEN, IntentState.NEW)
    assert not order.intent.reduce_only
    assert order.exit_plan is not None
    assert order.exit_plan.stop == Decimal("101000.2")
    assert order.leverage == Decimal(2)
    assert result.booking.intents == (order.intent,)
    (call,) = result.booking.tool_calls
    assert call.tool_call_type is ToolCallType.CREATE_POSITION
    assert call.metadata == {
        "asked": {
            "action": "create_position",
            "symbol": "BTC",
            "side": "SHORT",
            "notional": Decimal(4_567),
            "leverage": Decimal(2),
            "exitPlan": ExitPlan(stop=Decimal("101000.16")).to_json(),
            "reason": "because",
        },
        "policy": "as-written@1",
        "allowed": {"quantity": Decimal("0.045")},
    }
    (invocation,) = result.booking.invocations
    assert call.invocation_id == invocation.id
    assert invocation.response == "because"


@pytest.mark.parametrize(
    ("held", "side", "quantity"),
    [
        (Side.BUY, OrderSide.SHORT, "0.065"),  # A flip closes 0.02 first.
        (Side.SELL, OrderSide.LONG, "0.065"),
        (Side.BUY, OrderSide.LONG, "0.045"),  # A scale-in only adds.
    ],
)
def test_an_entry_against_a_position_also_closes_it(
    held: Side, side: OrderSide, quantity: str
) -> None:
    (order,) = decided(holding(held), create(side, 4_567)).orders
    assert order.intent.quantity == Decimal(quantity)
    assert order.intent.side is side.entry_side


@pytest.mark.parametrize("held", [Side.BUY, Side.SELL])
def test_a_close_sells_or_buys_back_all_that_is_held(held: Side) -> None:
    result = decided(holding(held), ClosePosition(symbol="BTC", reason="enough"))
    (order,) = result.orders
    assert (order.intent.side, order.intent.quantity) == (held.opposite, Decimal("0.02"))
    assert order.intent.purpose is IntentPurpose.CLOSE
    assert order.intent.reduce_only
    assert result.booking.tool_calls[0].tool_call_type is ToolCallType.CLOSE_POSITION


@pytest.mark.parametrize(
    ("fraction", "quantity"),
    [("0.25", "0.005"), ("0.99", "0.019"), ("0.05", "0.001"), ("1", "0.02")],
)
def test_a_part_of_a_position_closes_in_whole_lots_rounded_down(
    fraction: str, quantity: str
) -> None:
    action = ClosePosition(symbol="BTC", fraction=Decimal(fraction), reason="enough")
    (order,) = decided(holding(Side.BUY), action).orders
    assert (order.closing, order.opening) == (Decimal(quantity), Decimal(0))
    assert (order.intent.side, order.intent.reduce_only) == (Side.SELL, True)


def test_a_new_exit_plan_is_stored_as_an_entry_with_an_action_of_its_own() -> None:
    """What the update does not name stays; its triggers are put on the tick."""
    present = ExitPlan(stop=Decimal(99_000), target=Decimal(103_000), invalidation="cloud")
    action = UpdateExitPlan(symbol="BTC", stop=Decimal("99500.04"), reason="tighter")
    result = decided(holding(Side.BUY, plan=present), action)
    (call,) = result.booking.tool_calls
    assert call.tool_call_type is ToolCallType.CREATE_POSITION
    merged = ExitPlan(stop=Decimal("99500.0"), target=Decimal(103_000), invalidation="cloud")
    assert call.metadata == {
        "asked": {
            "action": "update_exit_plan",
            "symbol": "BTC",
            "stop": Decimal("99500.04"),
            "reason": "tighter",
        },
        "policy": "as-written@1",
        "allowed": {"exitPlan": merged.to_json()},
    }
    (row,) = result.booking.orders
    assert (row.exit_plan, row.sl_trigger_price, row.tp_trigger_price, row.updated_at) == (
        merged,
        Decimal(99_500),
        Decimal(103_000),
        AT,
    )
    assert result.account.holdings["BTC"].order == row
    assert (result.orders, result.booking.intents) == ((), ())


@pytest.mark.parametrize(
    ("side", "stop", "allowed"),
    [
        (Side.BUY, "99000", True),
        (Side.BUY, "98999.9", False),
        (Side.SELL, "101000", True),
        (Side.SELL, "101000.1", False),
    ],
)
def test_an_update_never_loosens_the_stop(side: Side, stop: str, *, allowed: bool) -> None:
    present = ExitPlan(stop=Decimal(99_000 if side is Side.BUY else 101_000))
    action = UpdateExitPlan(symbol="BTC", stop=Decimal(stop), reason="room")
    result = decided(holding(side, plan=present), action)
    assert (result.denials == ()) is allowed
    if not allowed:
        assert denied_rule(result.booking.tool_calls[0]) == "stop-tightens"
        assert result.booking.orders == ()


def test_two_updates_of_one_symbol_in_one_answer_leave_one_row() -> None:
    """Whether the second is allowed is the policy's affair: the booking must be sound."""
    first = UpdateExitPlan(symbol="BTC", stop=Decimal(99_000), reason="a stop")
    second = UpdateExitPlan(symbol="BTC", target=Decimal(103_000), reason="a target")
    result = decided(holding(Side.BUY), first, second)
    (row,) = result.booking.orders
    assert row.sl_trigger_price == Decimal(99_000)


def test_holding_is_on_record_and_ends_the_turn() -> None:
    result = decided(account(), Holding(reason="wait"), create(OrderSide.LONG, 1_000))
    assert result.orders == ()
    (call,) = result.booking.tool_calls
    assert call.tool_call_type is ToolCallType.HOLDING
    assert call.metadata == {
        "asked": {"action": "holding", "reason": "wait"},
        "policy": "as-written@1",
    }
