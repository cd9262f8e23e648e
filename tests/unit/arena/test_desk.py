"""At the desk a model hears what the arena will say, and nothing is booked."""

from __future__ import annotations

from decimal import Decimal

import pytest

from autonome.agents.actions import Action, ClosePosition, Holding
from autonome.agents.tools import MarketDataRequest
from autonome.arena.account import Account
from autonome.arena.desk import AccountDesk
from autonome.arena.events import Said, WokeUp
from autonome.domain.choices import OrderSide, PolicyName, Side
from autonome.domain.policy import policy_for
from autonome.domain.variants import VARIANT_IDS
from autonome.ledger.journal.port import Counts
from autonome.ledger.rows import Invocation
from autonome.market.observation import observe
from simulation.bookings import AT, CAPITAL, account
from simulation.runs import by_hand
from unit.arena.decisions import CLOSE, create, decided, holding, quote

POLICY = policy_for(PolicyName.STANDARD, VARIANT_IDS[0])
LONG = create(OrderSide.LONG, 1_000, stop="99000")
FLAT = (CLOSE, CLOSE, CLOSE, CLOSE)


def desk(held: Account) -> AccountDesk:
    """Return the desk of an account."""
    asked = WokeUp(
        at=AT,
        actions=(),
        symbols=("BTC", "ETH"),
        quotes={"BTC": quote("BTC", CLOSE), "ETH": quote("ETH", Decimal(2_500))},
        peak_nav=CAPITAL,
        day_opening_nav=CAPITAL,
        under_way={},
    )
    invocation = Invocation(id="asked", model_id="Ada", response="", created_at=AT, updated_at=AT)
    said = Said(invocation=invocation, denials={}, counts=Counts())
    market = by_hand([(100_000, 100_000, 100_000, 100_000)] * 30)
    return AccountDesk(
        held,
        POLICY,
        asked,
        said,
        observe(market, closed_bars=30),
        free_collateral=lambda: "9000",
    )


@pytest.mark.parametrize(
    "actions",
    [
        (LONG,),
        (LONG, LONG),
        (LONG, create(OrderSide.SHORT, 500, stop="2600", symbol="ETH")),
        (create(OrderSide.LONG, 1_000), LONG),
        (create(OrderSide.LONG, 1_000, stop="101000"), LONG, LONG),
        (create(OrderSide.LONG, 9_000_000, stop="50000"),),
        (ClosePosition(symbol="BTC", reason="none is held"), LONG),
        (create(OrderSide.LONG, 1_000, stop="1", symbol="DOGE"), Holding(reason="enough")),
    ],
    ids=[
        "entry",
        "twice",
        "two symbols",
        "no stop",
        "wrong side",
        "shrunk",
        "no position",
        "unknown",
    ],
)
def test_the_desk_rules_as_the_arena_decides(actions: tuple[Action, ...]) -> None:
    at_desk = desk(account())
    rulings = [at_desk.attempt(action) for action in actions]
    step = decided(account(), *actions, policy=POLICY)
    assert step.booking is not None
    records = [call.metadata for call in step.booking.tool_calls]
    assert [each.denied for each in rulings if each.denied is not None] == list(step.denials)
    assert [each.words.get("denied") for each in rulings] == [
        each.get("denied") for each in records
    ]
    assert [each.words.get("allowed") for each in rulings] == [
        each.get("allowed") for each in records
    ]
    assert [each.words.get("changes") for each in rulings] == [
        each.get("changes") for each in records
    ]


def test_a_close_is_judged_on_what_was_held_when_the_model_was_asked() -> None:
    at_desk = desk(holding(Side.BUY))
    ruling = at_desk.attempt(ClosePosition(symbol="BTC", reason="done"))
    assert ruling.denied is None
    assert ruling.words == {"allowed": {"quantity": Decimal("0.02")}}


def test_limits_say_what_bounds_the_next_action() -> None:
    limits = desk(account()).limits()
    assert limits["nav"] == "10000.00"
    assert limits["freeCollateral"] == "9000"
    assert limits["positions"] == []
    assert limits["marks"] == {"BTC": "100000", "ETH": "2500"}
    assert isinstance(limits["limits"], dict)


def test_market_data_that_is_not_there_is_an_answer() -> None:
    at_desk = desk(account())
    for symbol, indicators in (("DOGE", ()), ("BTC", ("NO_SUCH",))):
        request = MarketDataRequest(
            symbol=symbol, timeframe_minutes=1, indicators=indicators, length=5
        )
        assert "error" in at_desk.market_data(request)


def test_no_more_opens_than_the_model_was_told() -> None:
    """Asked are 1,000 at 100,000, which the policy allows: 0.01; the model was told 0.004."""
    told = Decimal("0.004")
    invocation = Invocation(id="asked", model_id="Ada", response="", created_at=AT, updated_at=AT)
    said = Said(invocation=invocation, denials={}, told={0: told}, counts=Counts())
    step = decided(account(), LONG, policy=POLICY, said=said)
    (order,) = step.orders
    assert order.opening == told
    assert step.booking is not None
    (call,) = step.booking.tool_calls
    assert call.metadata["allowed"] == {"quantity": told}
    changes = call.metadata["changes"]
    assert isinstance(changes, list)
    assert (changes[-1]["rule"], changes[-1]["before"]) == ("as-told", Decimal("0.01"))
