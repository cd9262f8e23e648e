"""Budgets: a request that could exceed what is left of the day is not sent; costs are exact."""

from __future__ import annotations

from decimal import Decimal

import pytest

from autonome.agents.llm.answer import FailureKind
from autonome.agents.llm.budget import Spent
from autonome.agents.llm.settings import Dialect, Price
from autonome.domain.value import changed
from autonome.testing.models import Answers, Status, malformed
from integration.llm.turns import HOLDS, enters, turn

PRICE = Price(input=Decimal(3), output=Decimal(15))


@pytest.mark.parametrize(
    ("limits", "spent"),
    [
        ({"tokens_per_day": 100_000}, Spent(tokens=99_000)),
        ({"tokens_per_day": 0}, Spent()),
        ({"money_per_day": Decimal(1), "price": PRICE}, Spent(cost=Decimal("0.999"))),
        ({"money_per_day": Decimal(0), "price": PRICE}, Spent()),
    ],
)
def test_nothing_is_sent_when_it_might_not_fit(limits: dict[str, object], spent: Spent) -> None:
    answer, server = turn([HOLDS], spent=spent, **limits)
    assert answer.failure is not None
    assert answer.failure.kind is FailureKind.BUDGET
    assert server.requests == []
    assert answer.spent == Spent()


def test_the_room_of_an_answer_shrinks_to_what_is_left() -> None:
    answer, server = turn([HOLDS], tokens_per_day=6_000)
    assert answer.failure is None
    room = server.requests[0].body["max_tokens"]
    assert 256 <= room < 6_000
    _, more = turn([HOLDS], tokens_per_day=7_000)
    assert more.requests[0].body["max_tokens"] == room + 1_000


def test_a_budget_that_ends_in_the_middle_of_a_turn_keeps_what_was_called_before() -> None:
    step = Answers(calls=(enters(leverage=9),), tokens=(3_000, 1_000))
    answer, server = turn(lambda _: step, tokens_per_day=12_000)
    assert answer.failure is not None
    assert answer.failure.kind is FailureKind.BUDGET
    assert answer.tokens == 4_000 * len(server.requests) <= 12_000
    assert len(answer.calls) == len(server.requests)


def test_a_reported_cost_is_kept_to_the_last_digit_that_money_has() -> None:
    answer, _ = turn(
        [
            Answers(calls=(enters(leverage=9),), cost=Decimal("0.00000001")),
            changed(HOLDS, cost=Decimal("0.100000000000000005551")),
        ],
        dialect=Dialect.OPENROUTER,
    )
    assert answer.cost == Decimal("0.10000001")
    assert answer.spent.cost == Decimal("0.10000001")
    assert answer.payload["cost"] == Decimal("0.10000001")


def test_without_a_reported_cost_tokens_times_price_counts() -> None:
    reply = changed(HOLDS, reports_usage=True, tokens=(1_000, 100), cost="unknown")
    answer, _ = turn([reply], price=PRICE)
    assert answer.cost == Decimal("0.0045"), "1,000 x 3 / 1e6 + 100 x 15 / 1e6"
    assert answer.tokens == 1_100


@pytest.mark.parametrize("cost", [Decimal("-5"), Decimal("1e30"), "NaN", Decimal("1e999")])
def test_a_cost_that_nobody_would_believe_is_not_booked(cost: Decimal | str) -> None:
    answer, _ = turn([changed(HOLDS, tokens=(1_000, 100), cost=cost)], price=PRICE)
    assert answer.failure is None
    assert answer.cost == Decimal("0.0045")


def test_tokens_that_are_not_reported_are_counted_by_us() -> None:
    answer, _ = turn([changed(HOLDS, reports_usage=False)], price=PRICE)
    assert answer.failure is None
    assert answer.tokens > 500
    (step,) = answer.payload["steps"]
    assert step["countedByUs"] is True


@pytest.mark.parametrize("tokens", [(-5, 10), (10**12, 1), (0, 0)])
def test_tokens_that_nobody_would_believe_are_counted_by_us(tokens: tuple[int, int]) -> None:
    answer, _ = turn([changed(HOLDS, tokens=tokens)])
    assert answer.failure is None
    assert 500 < answer.tokens < 10_000


def test_a_request_whose_cost_nobody_says_counts_with_the_most_it_may_have_come_to() -> None:
    answer, _ = turn(
        [malformed(), changed(HOLDS, tokens=(1_000, 100), cost=Decimal(0))], price=PRICE
    )
    assert answer.failure is None
    assert answer.tokens == 1_100
    assert answer.spent.tokens > 8_192 + 1_100
    assert answer.cost == 0
    assert answer.spent.cost > Decimal("0.12288"), "8,192 x 15 / 1e6"
    assert answer.payload["charged"] == {
        "tokens": answer.spent.tokens,
        "cost": answer.spent.cost,
    }


def test_a_refused_request_costs_nothing() -> None:
    answer, _ = turn([Status(code=500), changed(HOLDS, tokens=(1_000, 100))])
    assert answer.spent.tokens == answer.tokens == 1_100
