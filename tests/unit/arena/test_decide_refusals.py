"""Decide: what is refused, by which rule, and what a refusal leaves behind."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from autonome.agents.actions import Action, ClosePosition, CreatePosition, UpdateExitPlan
from autonome.domain.choices import OrderSide, PolicyName, Side
from autonome.domain.exit_plan import ExitPlan
from autonome.domain.policy import policy_for
from autonome.domain.value import changed
from simulation.bookings import AT, account
from unit.arena.decisions import CLOSE, create, decided, denied_rule, holding

CONTROL = policy_for(PolicyName.CONTROL, None)
STANDARD = policy_for(PolicyName.STANDARD, None)
LONG = OrderSide.LONG


DIGITS = "1" * 100
"""More than exact arithmetic holds."""
FIRST_TIME, LAST_TIME = "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"
"""Dates that are none in UTC."""


def close(fraction: str = "1") -> ClosePosition:
    return ClosePosition(symbol="BTC", fraction=Decimal(fraction), reason="enough")


def update(**changes: Decimal | str) -> UpdateExitPlan:
    return UpdateExitPlan(symbol="BTC", reason="news", **changes)  # type: ignore[arg-type]


def entry(**changes: object) -> CreatePosition:
    return changed(create(LONG, 1_000), **changes)  # type: ignore[arg-type]


REFUSED: dict[str, tuple[Action, str]] = {
    "worth too little": (create(LONG, 19, symbol="ETH"), "min-notional"),
    "worth less than a lot": (create(LONG, 99), "min-quantity"),
    "a negative notional": (create(LONG, -500), "column-range"),
    "a notional that is no number": (entry(notional=Decimal("NaN")), "column-range"),
    "neither quantity nor notional": (entry(notional=None), "quantity-or-notional"),
    "quantity and notional": (entry(quantity=Decimal(1)), "quantity-or-notional"),
    "a symbol that is not traded": (create(LONG, 500, symbol="NOPE"), "symbol-allowed"),
    "more than the account can carry": (create(LONG, 20_000), "margin"),
    "more leverage than the venue's": (entry(leverage=Decimal(126)), "max-leverage"),
    "a time that is none": (entry(exit_plan=ExitPlan(time_exit="soon")), "time-exit"),
    "a time before the calendar": (entry(exit_plan=ExitPlan(time_exit=FIRST_TIME)), "time-exit"),
    "a time after the calendar": (entry(exit_plan=ExitPlan(time_exit=LAST_TIME)), "time-exit"),
    "a long leverage": (entry(leverage=Decimal(f"1.{DIGITS}")), "column-range"),
    "a long notional": (entry(notional=Decimal(f"500.{DIGITS}")), "column-range"),
    "a long stop": (entry(exit_plan=ExitPlan(stop=Decimal(f"99000.{DIGITS}"))), "column-range"),
    "no confidence": (entry(exit_plan=ExitPlan(confidence=Decimal("NaN"))), "column-range"),
    "a confidence above one": (entry(exit_plan=ExitPlan(confidence=Decimal(7))), "column-range"),
    "a confidence below nil": (entry(exit_plan=ExitPlan(confidence=Decimal(-1))), "column-range"),
    "the close of nothing": (close(), "position-open"),
    "the update of nothing": (update(stop=Decimal(99_000)), "position-open"),
}


@pytest.mark.parametrize(("action", "rule"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_trade_is_denied_and_on_record(action: Action, rule: str) -> None:
    result = decided(account(), action)
    assert (result.orders, result.booking.intents, result.accepted) == ((), (), ())
    (call,) = result.booking.tool_calls
    assert denied_rule(call) == rule
    assert [denied.rule for denied in result.denials] == [rule]
    assert result.account == account()


@pytest.mark.parametrize(
    ("fraction", "rule"),
    [
        ("0", "fraction"),
        ("-0.5", "fraction"),
        ("1.01", "fraction"),
        ("0.04", "min-quantity"),
        ("NaN", "fraction"),
        ("0." + "3" * 80, "fraction"),  # More digits than exact arithmetic holds.
    ],
)
def test_a_fraction_that_cannot_close_anything_is_denied(fraction: str, rule: str) -> None:
    result = decided(holding(Side.BUY), close(fraction))
    assert result.orders == ()
    assert denied_rule(result.booking.tool_calls[0]) == rule


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"time_exit": FIRST_TIME}, "time-exit"),
        ({"time_exit": LAST_TIME}, "time-exit"),
        ({"stop": Decimal(f"99000.{DIGITS}")}, "column-range"),
        ({"invalidation_price": Decimal(f"99000.{DIGITS}")}, "column-range"),
    ],
)
def test_an_update_that_cannot_be_computed_with_is_denied(
    changes: dict[str, Decimal | str], rule: str
) -> None:
    result = decided(holding(Side.BUY), update(**changes))
    assert denied_rule(result.booking.tool_calls[0]) == rule
    assert result.booking.orders == ()


@pytest.mark.parametrize("confidence", ["0", "0.85", "1"])
def test_a_confidence_from_nil_to_one_is_kept(confidence: str) -> None:
    plan = ExitPlan(confidence=Decimal(confidence))
    (order,) = decided(account(), entry(exit_plan=plan)).orders
    assert order.exit_plan == plan


def test_while_an_order_is_on_its_way_its_symbol_takes_no_other() -> None:
    result = decided(
        holding(Side.BUY),
        close(),
        create(LONG, 500),
        create(LONG, 500, symbol="ETH"),
        under_way={"BTC": Decimal(0)},
    )
    rules = [
        call.metadata.get("denied") and denied_rule(call) for call in result.booking.tool_calls
    ]
    assert rules == ["order-under-way", "order-under-way", None]
    (order,) = result.orders
    assert order.intent.symbol == "ETH"


def test_what_is_under_way_counts_in_the_margin() -> None:
    # An order under way may still open ETH worth 5,000 at leverage 1. Of 10,000 that leaves less
    # than 5,000 for BTC at leverage 2: 0.099 ties up 4,950 and costs 4.95.
    under_way = {"ETH": Decimal(2)}
    assert decided(account(), create(LONG, 9_900), under_way=under_way).denials == ()
    (denied,) = decided(account(), create(LONG, 10_000), under_way=under_way).denials
    assert denied.rule == "margin"


@pytest.mark.parametrize(
    ("opening", "left"),
    [("-0.02", "11.183"), ("-0.05", "9.985"), ("0.03", "9.985"), ("-0.01", "11.183")],
    ids=["turns", "turns to more", "adds", "turns to less"],
)
def test_an_order_under_way_frees_nothing_of_the_gross_limit(opening: str, left: str) -> None:
    """Three times NAV, which pays 1.25 a piece, less 0.02 BTC @ 100,000 or what may come of them.

    28,000 / 2,503.75 = 11.1832... and 25,000 / 2,503.75 = 9.9850...; 11.6 are asked for.
    """
    asked = changed(create(LONG, 29_000, symbol="ETH"), leverage=Decimal(20))
    result = decided(
        holding(Side.BUY, leverage="20"),
        asked,
        policy=CONTROL,
        under_way={"BTC": Decimal(opening)},
    )
    (order,) = result.orders
    assert order.opening == Decimal(left)


def test_a_denial_does_not_stop_the_actions_after_it() -> None:
    result = decided(account(), create(LONG, 99), create(LONG, 500, symbol="ETH"))
    assert len(result.booking.tool_calls) == 2
    assert [order.intent.symbol for order in result.orders] == ["ETH"]


def test_two_entries_of_one_answer_share_the_margin() -> None:
    # Leverage 2: 19,900 would fit alone, and so would half of it; both do not.
    alone = decided(account(), create(LONG, 19_900))
    assert alone.denials == ()
    both = decided(account(), create(LONG, 10_000), create(LONG, 10_000, symbol="ETH"))
    assert [denied.rule for denied in both.denials] == ["margin"]
    assert [order.intent.symbol for order in both.orders] == ["BTC"]


def test_the_standard_policy_takes_one_action_on_a_symbol() -> None:
    entries = [create(LONG, 500, stop="99000"), create(LONG, 500, stop="99000")]
    result = decided(account(), *entries, close(), policy=STANDARD)
    assert len(result.orders) == 1
    assert [denied.rule for denied in result.denials] == ["one-action-per-symbol"] * 2


@pytest.mark.parametrize("action", [close(), create(LONG, 500, stop="99000")])
def test_an_update_is_no_action_on_the_position_before_or_after_another(action: Action) -> None:
    held = holding(Side.BUY, plan=ExitPlan(stop=Decimal(99_000)))
    actions = [update(stop=Decimal(99_100)), update(stop=Decimal(99_200)), action]
    for each in (actions, actions[::-1]):
        rules = [denied.rule for denied in decided(held, *each, policy=STANDARD).denials]
        # Turned round, the updates are 99,200 and then 99,100: looser, which is another rule.
        assert "one-action-per-symbol" not in rules


def test_a_flip_is_one_action() -> None:
    result = decided(
        holding(Side.BUY), create(OrderSide.SHORT, 500, stop="101000"), policy=STANDARD
    )
    assert result.denials == ()
    (order,) = result.orders
    assert (order.closing, order.opening) == (Decimal("0.02"), Decimal("0.005"))


def test_a_shrunk_order_says_what_each_rule_made_of_it() -> None:
    # Leverage aside, risk: 1 % of NAV (100) at a stop 1,000 away, fees of entry and exit counted.
    result = decided(account(), create(LONG, 20_000, stop="99000"), policy=STANDARD)
    (order,) = result.orders
    assert order.opening < Decimal("0.2")
    (call,) = result.booking.tool_calls
    changes = call.metadata["changes"]
    assert isinstance(changes, list)
    assert changes[0]["before"] == Decimal("0.2")
    assert changes[-1]["after"] == order.opening
    assert call.metadata["allowed"] == {"quantity": order.opening}


def test_a_drawdown_of_thirty_percent_halts_the_arm() -> None:
    """10,000 of a peak of 14,285.72 is 30.0000 % down; of 14,285.71 a little less."""
    asked = create(LONG, 500, stop="99000")
    near = decided(account(), asked, policy=STANDARD, peak_nav=Decimal("14285.71"))
    assert (near.denials, near.booking.halted_reason) == ((), None)
    result = decided(account(), asked, asked, policy=STANDARD, peak_nav=Decimal("14285.72"))
    first, second = result.denials
    assert (first.rule, first.halts, second.rule) == ("max-drawdown", True, "halted")
    assert result.booking.halted_reason == first.reason
    assert result.account.halted_reason == first.reason


def test_a_halted_arm_may_still_close_and_tighten() -> None:
    held = changed(holding(Side.BUY, plan=ExitPlan(stop=Decimal(99_000))), halted_reason="enough")
    result = decided(held, create(LONG, 500, stop="99000"), update(stop=Decimal(99_500)), close(),
                     policy=STANDARD)  # fmt: skip
    assert [denied.rule for denied in result.denials] == ["halted"]
    assert len(result.orders) == 1
    assert result.booking.halted_reason is None, "it says nothing new"


def test_a_cooldown_denies_until_its_end_and_says_when() -> None:
    until = AT + timedelta(minutes=15)
    cooling = changed(account(), cooldowns={"BTC": until})
    result = decided(cooling, create(LONG, 500, stop="99000"), policy=STANDARD)
    (denied,) = result.denials
    assert (denied.rule, denied.until) == ("cooldown", until)
    (call,) = result.booking.tool_calls
    outcome = call.metadata["denied"]
    assert isinstance(outcome, dict)
    assert outcome["until"] == until
    over = changed(account(), cooldowns={"BTC": AT})
    assert decided(over, create(LONG, 500, stop="99000"), policy=STANDARD).denials == ()


def test_the_cooldown_asked_for_travels_with_the_order() -> None:
    for asked, kept in ((None, 15), (0, 0), (90, 90)):
        action = changed(create(LONG, 500, stop="99000"), cooldown_minutes=asked)
        (order,) = decided(account(), action, policy=STANDARD).orders
        assert order.cooldown_minutes == kept
    (order,) = decided(account(), changed(create(LONG, 500), cooldown_minutes=90)).orders
    assert order.cooldown_minutes == 0, "a policy without the rule has no cooldown"


def test_the_standard_policy_wants_triggers_on_their_sides_of_the_mark() -> None:
    held = holding(Side.BUY, plan=ExitPlan(stop=Decimal(99_000)))
    result = decided(held, update(stop=CLOSE), policy=STANDARD)
    assert [denied.rule for denied in result.denials] == ["stop-required"]
