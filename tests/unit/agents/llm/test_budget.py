"""Budgets: estimates from above, room for an answer, and what is counted when nobody says."""

from __future__ import annotations

from decimal import Decimal

import pytest

from autonome.agents.llm.budget import Budget, Spent, priced, prompt_tokens, turn_at_most
from autonome.agents.llm.settings import Endpoint, LlmSettings, Price
from autonome.domain.value import changed

LOCAL = Endpoint(name="local", base_url="http://127.0.0.1:1/v1")
SETTINGS = LlmSettings(name="arm", model="m", endpoint=LOCAL, most_output_tokens=1_000)
PRICE = Price(input=Decimal(2), output=Decimal(10))


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", 0),
        ("a", 1),
        ("abc", 1),
        ("abcd", 2),
        ("a b c d e", 3),
        ("60000.5", 7),
        ("BTC 60000", 7),
        ("é", 2),
        ("市", 3),
        ("\ud800", 1),
    ],
)
def test_words_count_three_letters_a_token_and_everything_else_by_itself(
    text: str, tokens: int
) -> None:
    assert prompt_tokens(text) == tokens


@pytest.mark.parametrize(
    ("into", "out", "cost"),
    [(1_000_000, 0, "2"), (0, 1_000_000, "10"), (1, 1, "0.000012"), (0, 0, "0")],
)
def test_tokens_cost_their_price_per_million(into: int, out: int, cost: str) -> None:
    assert priced(PRICE, input_tokens=into, output_tokens=out) == Decimal(cost)


def test_without_a_price_tokens_are_free() -> None:
    assert priced(None, input_tokens=10**6, output_tokens=10**6) == 0


@pytest.mark.parametrize(
    ("limits", "spent", "prompt", "room"),
    [
        ({}, Spent(), 10**6, 1_000),
        ({"tokens_per_day": 5_000}, Spent(tokens=1_000), 500, 1_000),
        ({"tokens_per_day": 5_000}, Spent(tokens=4_000), 500, 500),
        ({"tokens_per_day": 5_000}, Spent(tokens=4_244), 500, 256),
        ({"tokens_per_day": 5_000}, Spent(tokens=4_245), 500, None),
        ({"tokens_per_day": 5_000}, Spent(tokens=9_000), 500, None),
        # 500 tokens of prompt cost 0.001; what is left buys 400 of answer at 0.00001.
        ({"money_per_day": Decimal("0.005"), "price": PRICE}, Spent(), 500, 400),
        ({"money_per_day": Decimal("1.005"), "price": PRICE}, Spent(cost=Decimal(1)), 500, 400),
        ({"money_per_day": Decimal("0.0005"), "price": PRICE}, Spent(), 500, None),
        (
            {"money_per_day": Decimal(0), "price": Price(input=Decimal(0), output=Decimal(0))},
            Spent(),
            500,
            1_000,
        ),
    ],
)
def test_the_room_of_an_answer_is_what_the_day_still_allows(
    limits: dict[str, object], spent: Spent, prompt: int, room: int | None
) -> None:
    assert Budget(changed(SETTINGS, **limits), spent).reserve(prompt) == room


def test_a_request_counts_with_its_most_until_it_is_settled() -> None:
    budget = Budget(changed(SETTINGS, price=PRICE), Spent(tokens=7))
    assert budget.reserve(500) == 1_000
    assert budget.turn == Spent(tokens=1_500, cost=Decimal("0.011"))
    budget.settle(Spent(tokens=600, cost=Decimal("0.002")))
    assert budget.turn == Spent(tokens=600, cost=Decimal("0.002"))
    budget.reserve(500)
    budget.keep()
    budget.settle(Spent())
    assert budget.turn == Spent(tokens=2_100, cost=Decimal("0.013"))


@pytest.mark.parametrize(
    ("limits", "spent", "tokens", "cost"),
    [
        # Prompts of 500, 1,500 and 2,500, and three answers of 1,000: at 2 and 10 per million.
        ({}, Spent(), 7_500, "0.039"),
        ({"tokens_per_day": 9_000}, Spent(tokens=1_000), 7_500, "0.039"),
        ({"tokens_per_day": 5_000}, Spent(tokens=1_000), 4_000, "0.039"),
        ({"tokens_per_day": 5_000}, Spent(tokens=6_000), 0, "0.039"),
        ({"money_per_day": Decimal("0.05")}, Spent(cost=Decimal("0.03")), 7_500, "0.02"),
        ({"money_per_day": Decimal("0.05")}, Spent(cost=Decimal("0.06")), 7_500, "0"),
    ],
)
def test_a_turn_comes_at_most_to_its_requests_and_to_what_is_left_of_the_day(
    limits: dict[str, object], spent: Spent, tokens: int, cost: str
) -> None:
    settings = changed(SETTINGS, most_steps=3, price=PRICE, **limits)  # type: ignore[arg-type]
    found = turn_at_most(settings, spent, input_tokens=500)
    assert found == Spent(tokens=tokens, cost=Decimal(cost))


def test_after_a_turn_that_took_all_that_was_left_nothing_is_sent() -> None:
    settings = changed(SETTINGS, price=PRICE, money_per_day=Decimal("0.05"))
    spent = Spent(cost=Decimal("0.03"))
    lost = spent.plus(turn_at_most(settings, spent, input_tokens=500))
    assert Budget(settings, lost).reserve(500) is None
