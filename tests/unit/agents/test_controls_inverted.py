"""The inverted copy: every number is the reflection of its leader's, by hand."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest

from autonome.agents.actions import (
    Action,
    ClosePosition,
    CreatePosition,
    Holding,
    UpdateExitPlan,
)
from autonome.agents.controls.inverted import Inverted
from autonome.agents.port import AccountView, Decider, Leader, PositionView
from autonome.domain.choices import OrderSide
from autonome.domain.errors import InvariantBroken
from autonome.domain.exit_plan import ExitPlan
from unit.agents.moments import account, after, leader, market_of, moment, position

LONG, SHORT = OrderSide.LONG, OrderSide.SHORT
MARKET = market_of({"BTC": [1_000] * 20, "ETH": [100] * 20})
AGENT = Inverted(source="Squeeze")
NOTHING = account(nav="5000")


def begun() -> Decider:
    return AGENT.begin(MARKET, cadence_minutes=5, seed=1)


def asked(following: Leader, own: AccountView = NOTHING) -> Sequence[Action]:
    return begun().decide(moment(MARKET, 5, own, following=following))


def entry(
    side: OrderSide = LONG, *, quantity: str | None = "2", notional: str | None = None, **plan: str
) -> CreatePosition:
    return CreatePosition(
        symbol="BTC",
        side=side,
        quantity=None if quantity is None else Decimal(quantity),
        notional=None if notional is None else Decimal(notional),
        leverage=Decimal(3),
        exit_plan=ExitPlan(
            stop=Decimal(plan["stop"]) if "stop" in plan else None,
            target=Decimal(plan["target"]) if "target" in plan else None,
            invalidation="the squeeze fails",
            invalidation_price=Decimal(plan["invalidation"]) if "invalidation" in plan else None,
            confidence=Decimal("0.8"),
            time_exit="2025-05-06T00:00:00Z",
        ),
        reason="A break.",
    )


def close(symbol: str = "BTC", fraction: str = "1") -> ClosePosition:
    return ClosePosition(symbol=symbol, fraction=Decimal(fraction), reason="Enough.")


def orphan(symbol: str) -> ClosePosition:
    return ClosePosition(symbol=symbol, reason="Squeeze holds no opposite position.")


def test_an_entry_is_turned_scaled_to_nav_and_its_plan_reflected_about_the_mark() -> None:
    (action,) = asked(leader(entry(stop="980", target="1050", invalidation="985.5")))
    assert action == CreatePosition(
        symbol="BTC",
        side=SHORT,
        quantity=Decimal(1),  # 2 x 5,000 / 10,000
        leverage=Decimal(3),
        exit_plan=ExitPlan(
            stop=Decimal(1_020),
            target=Decimal(950),
            invalidation_price=Decimal("1014.5"),
            time_exit="2025-05-06T00:00:00Z",
        ),
        reason="Squeeze goes LONG in BTC.",
    )


@pytest.mark.parametrize(
    ("asked_for", "quantity", "notional"),
    [
        (entry(SHORT, quantity="0.001"), "0.0005", None),
        # 1 x 5,000 / 15,000, half-even to 1e-8.
        (entry(quantity="1"), "0.33333333", None),
        (entry(quantity=None, notional="3000"), None, "1000"),
    ],
)
def test_a_quantity_or_a_notional_is_scaled(
    asked_for: CreatePosition, quantity: str | None, notional: str | None
) -> None:
    nav = "10000" if asked_for.side is SHORT else "15000"
    (action,) = asked(leader(asked_for, nav=nav))
    assert isinstance(action, CreatePosition)
    assert action.side is asked_for.side.opposite
    assert action.quantity == (None if quantity is None else Decimal(quantity))
    assert action.notional == (None if notional is None else Decimal(notional))


def test_a_reflection_that_no_price_can_reach_is_no_trigger() -> None:
    (long,) = asked(leader(entry(LONG, stop="900", target="2000")))
    (short,) = asked(leader(entry(SHORT, stop="2000.5", target="900")))
    assert isinstance(long, CreatePosition)
    assert isinstance(short, CreatePosition)
    assert (long.exit_plan.stop, long.exit_plan.target) == (Decimal(1_100), None)
    assert (short.exit_plan.stop, short.exit_plan.target) == (None, Decimal(1_100))


@pytest.mark.parametrize(("own", "theirs"), [("0", "10000"), ("-1", "10000"), ("5000", "0")])
def test_nothing_is_entered_without_nav_to_scale_by(own: str, theirs: str) -> None:
    assert asked(leader(entry(), nav=theirs), account(nav=own)) == ()


def test_a_close_closes_the_same_part() -> None:
    following = leader(close(fraction="0.25"), held=[position("BTC", LONG)])
    (action,) = asked(following, account(position("BTC", SHORT)))
    assert action == ClosePosition(
        symbol="BTC", fraction=Decimal("0.25"), reason="Squeeze closes BTC."
    )


@pytest.mark.parametrize(
    "action",
    [
        close(),
        Holding(reason="Waiting."),
        UpdateExitPlan(symbol="BTC", stop=Decimal(990), reason="Tighter."),
    ],
)
def test_what_has_no_mirror_image_is_not_asked(action: Action) -> None:
    assert asked(leader(action, held=[position("BTC", LONG)])) == ()


@pytest.mark.parametrize(
    ("side", "present", "update", "mirrored"),
    [
        # The copy of a LONG is SHORT: its stop tightens downwards.
        (LONG, "1020", {"stop": "990"}, {"stop": "1010"}),
        (LONG, "1020", {"stop": "975", "target": "1100"}, {"target": "900"}),
        (LONG, "1020", {"stop": "980"}, None),
        (LONG, None, {"stop": "975"}, {"stop": "1025"}),
        (SHORT, "980", {"stop": "1010"}, {"stop": "990"}),
        (SHORT, "980", {"stop": "1025"}, None),
        (SHORT, "980", {"invalidation_price": "1011"}, {"invalidation_price": "989"}),
    ],
)
def test_an_updated_plan_is_reflected_where_it_tightens(
    side: OrderSide,
    present: str | None,
    update: dict[str, str],
    mirrored: dict[str, str] | None,
) -> None:
    def plan(values: dict[str, str], reason: str) -> UpdateExitPlan:
        numbers = {name: Decimal(text) for name, text in values.items()}
        return UpdateExitPlan(symbol="BTC", reason=reason, **numbers)  # type: ignore[arg-type]

    following = leader(plan(update, "Moved."), held=[position("BTC", side)])
    actions = asked(following, account(position("BTC", side.opposite, stop=present)))
    reason = "Squeeze changes its exit plan of BTC."
    assert list(actions) == ([] if mirrored is None else [plan(mirrored, reason)])


@pytest.mark.parametrize(
    ("theirs", "closed"),
    [
        ([], ["BTC", "ETH"]),
        ([position("ETH", SHORT)], ["BTC"]),
        ([position("BTC", LONG), position("ETH", SHORT)], []),
        # A turn of the leader that the copy did not manage to follow.
        ([position("BTC", SHORT), position("ETH", SHORT)], ["BTC"]),
    ],
)
def test_what_mirrors_no_position_of_the_leader_is_closed(
    theirs: list[PositionView], closed: list[str]
) -> None:
    own = account(position("BTC", SHORT), position("ETH", LONG))
    actions = asked(leader(held=theirs), own)
    assert list(actions) == [orphan(symbol) for symbol in closed]


def test_what_is_on_its_way_is_left_alone() -> None:
    assert asked(leader(), account(position("BTC", SHORT), under_way=["BTC"])) == ()


def test_an_ended_position_is_closed_before_the_next_entry_is_mirrored() -> None:
    own = account(position("BTC", SHORT))
    first, second = asked(leader(entry(LONG)), own)
    assert first == orphan("BTC")
    assert isinstance(second, CreatePosition)
    assert second.side is SHORT


def test_what_mirrors_nothing_is_closed_once_even_if_the_leader_closes_too() -> None:
    following = leader(close(), held=[position("BTC", SHORT)])
    assert asked(following, account(position("BTC", SHORT))) == (orphan("BTC"),)


def test_a_flip_of_the_leader_is_one_action_of_the_copy() -> None:
    own = account(position("BTC", SHORT), nav="10000")
    (action,) = asked(leader(entry(SHORT), held=[position("BTC", LONG)]), own)
    assert isinstance(action, CreatePosition)
    assert (action.side, action.quantity) == (LONG, Decimal(2))


def test_it_looks_once_more_after_acting_and_then_sleeps() -> None:
    decider = begun()
    assert decider.next_wake(after(0), NOTHING) is None
    decider.decide(moment(MARKET, 5, NOTHING, following=leader(entry())))
    assert decider.next_wake(after(5), NOTHING) == after(5) + 1  # Rounded up to a tick.

    # The leader's order did not fill, the copy's did.
    opened = account(position("BTC", SHORT))
    actions = decider.decide(moment(MARKET, 10, opened, following=leader()))
    assert list(actions) == [orphan("BTC")]
    working = account(position("BTC", SHORT), under_way=["BTC"])
    decider.decide(moment(MARKET, 15, working, following=leader()))
    assert decider.next_wake(after(15), working) is not None

    decider.decide(moment(MARKET, 20, NOTHING, following=leader()))
    assert decider.next_wake(after(20), NOTHING) is None


def test_a_denied_entry_is_not_asked_again() -> None:
    decider = begun()
    decider.decide(moment(MARKET, 5, NOTHING, following=leader(entry())))
    held = leader(held=[position("BTC", LONG)])
    assert decider.decide(moment(MARKET, 10, NOTHING, following=held)) == ()
    assert decider.next_wake(after(10), NOTHING) is None


def test_it_never_runs_without_its_leader() -> None:
    with pytest.raises(InvariantBroken, match="without its leader"):
        begun().decide(moment(MARKET, 5))


def test_it_is_named_after_its_leader() -> None:
    assert (AGENT.name, AGENT.leader) == ("Inverted Squeeze", "Squeeze")
    assert AGENT.settings == {"source": "Squeeze"}
