"""Limits of an arm's own: within their ranges alone, and only those that its policy has."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonome.domain.policy import (
    LimitRefused,
    Policy,
    judge,
    limits_of,
    ranges_of,
    revised,
    was_drawdown,
)
from autonome.domain.value import changed
from unit.domain.policy_requests import AS_WRITTEN, CALM_ACCOUNT, CONTROL, LONG, STANDARD


def with_limits(**limits: str) -> Policy:
    found = revised(STANDARD, limits, revision=2)
    assert isinstance(found, Policy)
    return found


def test_what_is_named_changes_and_the_rest_stays() -> None:
    found = with_limits(maxLeverage="2.5", maxPositions="3")
    assert (found.limits.max_leverage, found.limits.max_positions) == (Decimal("2.5"), 3)
    assert limits_of(found) == {**limits_of(STANDARD), "maxLeverage": "2.5", "maxPositions": "3"}
    assert found.rules == STANDARD.rules


def test_the_title_names_limits_of_its_own_alone() -> None:
    assert STANDARD.title == "standard@1"
    assert with_limits(maxLeverage="2").title == "standard@1 v2"


def test_a_policy_has_the_limits_of_its_own_rules() -> None:
    assert [each.key for each in ranges_of(CONTROL)] == ["maxGrossLeverage"]
    assert ranges_of(AS_WRITTEN) == ()
    assert len(ranges_of(STANDARD)) == 10


@pytest.mark.parametrize(
    ("key", "stated"),
    [
        ("maxLeverage", "50.01"),
        ("maxLeverage", "0.99"),
        ("maxLeverage", "NaN"),
        ("maxLeverage", "Infinity"),
        ("maxLeverage", "1e9999999"),
        ("maxLeverage", ""),
        ("maxLeverage", "two"),
        ("maxLeverage", 2.0),
        ("maxLeverage", True),
        ("maxLeverage", None),
        ("riskPerTrade", "-0.01"),
        ("riskPerTrade", "0.1001"),
        ("riskPerTrade", "0.00015"),
        ("maxPositions", "1.5"),
        ("maxPositions", "0"),
        ("minFreeCollateral", "0.91"),
        ("dailyLoss", "0"),
        ("maxDrawdown", "0.81"),
        ("max_leverage", "2"),
        ("maxMarkAgeMs", "1"),
    ],
)
def test_nonsense_and_what_lies_beyond_the_ceiling_is_refused_by_name(
    key: str, stated: object
) -> None:
    found = revised(STANDARD, {key: stated}, revision=2)
    assert isinstance(found, LimitRefused)
    assert found.key == key


def test_the_default_cooldown_is_no_longer_than_the_longest() -> None:
    found = revised(STANDARD, {"maxCooldownMinutes": "10"}, revision=2)
    assert isinstance(found, LimitRefused)
    assert found.key == "defaultCooldownMinutes"


def test_every_range_holds_what_every_policy_begins_with() -> None:
    for policy in (STANDARD, CONTROL):
        assert revised(policy, limits_of(policy), revision=1) == policy


@given(
    st.decimals("0.0001", "0.1", places=4),
    st.decimals("0.0001", "0.1", places=4),
)
def test_a_narrower_limit_never_lets_more_through(one: Decimal, other: Decimal) -> None:
    narrow, wide = sorted([one, other])
    request = changed(LONG, opening=Decimal("1.000"))
    opened = [
        judge(with_limits(riskPerTrade=str(each)), request, CALM_ACCOUNT).opening
        for each in (narrow, wide)
    ]
    assert opened[0] <= opened[1]


def test_an_operators_words_are_no_drawdown() -> None:
    assert was_drawdown("expected a NAV less than 30 % below its peak 10000, found 6900")
    assert not was_drawdown("stop it: 20 % below its peak is enough")
    assert not was_drawdown(None)
