"""Decide: an answer becomes a record and orders, each asked for once."""

from __future__ import annotations

from decimal import Decimal

import pytest

from autonome.agents.actions import Action, ClosePosition, CreatePosition
from autonome.arena.account import Account
from autonome.arena.decide import Decided, decide
from autonome.arena.events import WokeUp
from autonome.arena.settle import settle_fill
from autonome.domain.choices import IntentPurpose, IntentState, OrderSide, Side, ToolCallType
from autonome.domain.exit_plan import ExitPlan
from autonome.ledger.types import json_loads
from autonome.venue.profile import load_profile
from simulation.bookings import AT, account, filled, ordinals

CLOSE = Decimal(100_000)


def create(side: OrderSide, notional: int, *, stop: str | None = None) -> CreatePosition:
    return CreatePosition(
        symbol="BTC",
        side=side,
        notional=Decimal(notional),
        leverage=Decimal(2),
        exit_plan=ExitPlan(stop=None if stop is None else Decimal(stop)),
        reason="because",
    )


def decided(held: Account, *actions: Action) -> Decided:
    instruments = load_profile("binance-perp").instruments
    event = WokeUp(at=AT, actions=actions, closes={"BTC": CLOSE}, instruments=dict(instruments))
    return decide(held, event, ordinals())


def holding(side: Side) -> Account:
    return settle_fill(account(), filled(side, "0.02", CLOSE), ordinals()).account


def test_an_entry_becomes_one_order_in_whole_lots_with_its_stop_on_the_tick() -> None:
    result = decided(account(), create(OrderSide.SHORT, 4_567, stop="101000.16"))
    (order,) = result.orders
    assert order.intent.side is Side.SELL
    assert order.intent.quantity == Decimal("0.045")  # 0.046 would cost 4,600.
    assert (order.intent.purpose, order.intent.state) == (IntentPurpose.OPEN, IntentState.NEW)
    assert not order.intent.reduce_only
    assert order.exit_plan.stop == Decimal("101000.2")
    assert order.leverage == Decimal(2)
    assert result.booking.intents == (order.intent,)
    (call,) = result.booking.tool_calls
    assert call.tool_call_type is ToolCallType.CREATE_POSITION
    metadata = json_loads(call.metadata)
    assert metadata["asked"]["exitPlan"]["stop"] == Decimal("101000.16")
    assert metadata["allowed"] == {"quantity": Decimal("0.045")}
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
    ("action", "rule"),
    [
        (create(OrderSide.LONG, 99), "min-notional"),
        (create(OrderSide.LONG, -500), "min-notional"),
        (ClosePosition(symbol="BTC", reason="enough"), "position-open"),
    ],
)
def test_what_cannot_trade_is_denied_and_on_record(action: Action, rule: str) -> None:
    result = decided(account(), action)
    assert result.orders == ()
    assert result.booking.intents == ()
    (call,) = result.booking.tool_calls
    assert json_loads(call.metadata)["denied"]["rule"] == rule
