"""Symbols and exit plans: actions that add no exposure are judged too."""

from __future__ import annotations

from decimal import Decimal

import pytest

from autonome.domain.choices import OrderSide
from autonome.domain.exit_plan import ExitPlan
from autonome.domain.policy import Policy, judge_symbol, judge_update, out_of_range
from unit.domain.policy_requests import AS_WRITTEN, CONTROL, POLICIES, STANDARD


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_a_symbol_that_the_arena_does_not_trade_is_denied(policy: Policy) -> None:
    denied = judge_symbol(policy, "DOGE", allowed=["ETH", "BTC"], acted=set())
    assert denied is not None
    assert denied.rule == "symbol-allowed"
    assert denied.reason == "expected a symbol of this arena (BTC, ETH), found 'DOGE'"


@pytest.mark.parametrize(
    ("policy", "acted", "rule"),
    [
        (STANDARD, set(), None),
        (STANDARD, {"ETH"}, None),
        (STANDARD, {"BTC"}, "one-action-per-symbol"),
        (CONTROL, {"BTC"}, None),
        (AS_WRITTEN, {"BTC"}, None),
    ],
)
def test_a_second_action_of_any_kind_is_denied(
    policy: Policy, acted: set[str], rule: str | None
) -> None:
    denied = judge_symbol(policy, "BTC", allowed=["ETH", "BTC"], acted=acted)
    assert (denied and denied.rule) == rule


def price(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


UPDATES = [
    # The mark is 100.
    (OrderSide.LONG, "95", None, None, None),
    (OrderSide.LONG, "95", "95", None, None),
    (OrderSide.LONG, "95", "96", None, None),
    (OrderSide.LONG, "95", "94.9", None, "stop-tightens"),
    (OrderSide.LONG, None, "1", None, None),
    (OrderSide.SHORT, "105", "105", None, None),
    (OrderSide.SHORT, "105", "104", None, None),
    (OrderSide.SHORT, "105", "105.1", None, "stop-tightens"),
    (OrderSide.LONG, "95", "0", None, "column-range"),
    (OrderSide.LONG, "95", "96.000000001", None, "column-range"),
    (OrderSide.LONG, "95", None, "1e10", "column-range"),
]
MISPLACED = [
    (OrderSide.LONG, "95", "100", None),
    (OrderSide.LONG, "95", "101", None),
    (OrderSide.LONG, "95", None, "100"),
    (OrderSide.LONG, "95", "96", "99"),
    (OrderSide.SHORT, "105", "100", None),
    (OrderSide.SHORT, "105", "99", None),
    (OrderSide.SHORT, "105", None, "100"),
    (OrderSide.SHORT, "105", "104", "101"),
]


def updated(
    policy: Policy, side: OrderSide, present: str | None, stop: str | None, target: str | None
) -> str | None:
    denied = judge_update(
        policy,
        side=side,
        present=ExitPlan(stop=price(present), target=Decimal(1)),
        stop=price(stop),
        target=price(target),
        mark_price=Decimal(100),
    )
    return None if denied is None else denied.rule


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
@pytest.mark.parametrize(("side", "present", "stop", "target", "rule"), UPDATES)
def test_a_stop_only_tightens(
    policy: Policy,
    side: OrderSide,
    present: str | None,
    stop: str | None,
    target: str | None,
    rule: str | None,
) -> None:
    assert updated(policy, side, present, stop, target) == rule


@pytest.mark.parametrize(("side", "present", "stop", "target"), MISPLACED)
def test_new_triggers_stand_on_their_sides_where_stops_are_required(
    side: OrderSide, present: str | None, stop: str | None, target: str | None
) -> None:
    assert updated(STANDARD, side, present, stop, target) == "stop-required"
    assert updated(CONTROL, side, present, stop, target) is None
    assert updated(AS_WRITTEN, side, present, stop, target) is None


def test_an_invalidation_price_that_no_column_holds_is_denied() -> None:
    denied = judge_update(
        AS_WRITTEN,
        side=OrderSide.LONG,
        present=ExitPlan(),
        stop=None,
        target=None,
        invalidation_price=Decimal("NaN"),
        mark_price=Decimal(100),
    )
    assert denied is not None
    assert denied.reason == (
        "expected invalidationPrice from 0.00000001 to 9999999999.99999999"
        " in steps of 0.00000001, found NaN"
    )


@pytest.mark.parametrize(
    ("column", "number", "fits"),
    [
        # numeric(18, 8): ten digits before the point, eight after it.
        ("quantity", "9999999999.99999999", True),
        ("quantity", "10000000000", False),
        ("quantity", "0.00000001", True),
        ("quantity", "0.000000010", True),
        ("quantity", "0.000000001", False),
        ("quantity", "0", True),
        ("quantity", "-1", False),
        ("entryPrice", "9999999999.99999999", True),
        ("entryPrice", "0", False),
        ("stop", "0.00000001", True),
        ("target", "Infinity", False),
        # numeric(10, 2)
        ("leverage", "99999999.99", True),
        ("leverage", "100000000", False),
        ("leverage", "0.01", True),
        ("leverage", "0.005", False),
        ("leverage", "1E+1", True),
        # A number in JSON keeps every digit.
        ("confidence", "0.3333333333333333333333333333333333333333", True),
        ("confidence", "1", True),
        ("confidence", "1.01", False),
        ("confidence", "-0.01", False),
        ("confidence", "sNaN", False),
    ],
)
def test_a_column_holds_what_the_contract_lets_it_hold(
    column: str, number: str, fits: bool
) -> None:
    denied = out_of_range({"stop": None, column: Decimal(number)})
    assert (denied is None) is fits
    assert denied is None or denied.rule == "column-range"
