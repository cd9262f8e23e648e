"""The exit plan: seven keys in camelCase, every digit kept."""

from __future__ import annotations

from decimal import Decimal

import pytest

from autonome.domain.exit_plan import ExitPlan
from autonome.ledger.types import json_dumps, json_loads

FULL = ExitPlan(
    stop=Decimal("50000.12345678"),
    target=Decimal("0.1"),
    invalidation="A close below the range.",
    invalidation_price=Decimal("49999.99999999"),
    confidence=Decimal("0.75"),
    time_exit="2025-05-31",
    cooldown_until="2025-05-31T08:00:00Z",
)
STORED = (
    '{"stop":50000.12345678,"target":0.1,"invalidation":"A close below the range.",'
    '"invalidationPrice":49999.99999999,"confidence":0.75,"timeExit":"2025-05-31",'
    '"cooldownUntil":"2025-05-31T08:00:00Z"}'
)
"""Keys and kinds of the seed's ``exitPlan``, by hand."""


def test_a_plan_is_stored_with_the_keys_of_the_seed_and_all_its_digits() -> None:
    assert json_dumps(FULL.to_json()) == STORED


def test_a_stored_plan_comes_back_exactly() -> None:
    plan = ExitPlan.from_json(json_loads(STORED))
    assert plan == FULL
    assert str(plan.stop) == "50000.12345678"
    assert str(plan.target) == "0.1"


def test_an_empty_plan_is_stored_as_seven_nulls() -> None:
    assert ExitPlan().to_json() == dict.fromkeys(
        [
            "stop",
            "target",
            "invalidation",
            "invalidationPrice",
            "confidence",
            "timeExit",
            "cooldownUntil",
        ]
    )


def test_missing_keys_are_null_and_unknown_keys_are_ignored() -> None:
    assert ExitPlan.from_json({"stop": 45000, "trailing": 1}) == ExitPlan(stop=Decimal(45000))


def test_zero_is_a_value() -> None:
    assert ExitPlan.from_json({"confidence": 0}) == ExitPlan(confidence=Decimal(0))


@pytest.mark.parametrize("number", [0.1, True])
def test_a_binary_number_in_a_plan_is_refused(number: object) -> None:
    with pytest.raises(TypeError):
        ExitPlan.from_json({"stop": number})


def test_a_number_that_is_not_finite_is_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        ExitPlan.from_json({"stop": "NaN"})


@pytest.mark.parametrize("text", ['{"stop":NaN}', '{"stop":Infinity}', '{"stop":'])
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected JSON"):
        json_loads(text)
