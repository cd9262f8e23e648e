"""What a policy says of itself: the rules of the design, in order, and the same in the guide."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from autonome.domain.choices import PolicyName
from autonome.domain.policy import Policy, policy_for
from autonome.domain.variants import VARIANTS, Variant
from unit.domain.policy_requests import AS_WRITTEN, BOLD_STANDARD, CONTROL, STANDARD

GUIDE = (Path(__file__).parents[3] / "docs" / "policy.md").read_text(encoding="utf-8")

RULES = {
    "standard": "halted stale-data max-drawdown daily-loss one-action-per-symbol column-range"
    " cooldown stop-required stop-tightens max-leverage max-positions lot risk-per-trade"
    " max-position max-gross-leverage min-quantity min-notional min-free-collateral",
    "control": "halted stale-data column-range max-leverage lot max-gross-leverage min-quantity"
    " min-notional margin",
    "as-written": "column-range max-leverage lot min-quantity min-notional margin",
}


@pytest.mark.parametrize("policy", [STANDARD, CONTROL, AS_WRITTEN], ids=RULES)
def test_a_policy_has_the_rules_that_belong_to_it_in_order(policy: Policy) -> None:
    assert [rule.id for rule in policy.rules] == RULES[policy.name.value].split()


def test_every_policy_names_the_rule_on_symbols() -> None:
    for policy in (STANDARD, CONTROL, AS_WRITTEN):
        rules = policy.describe()["rules"]
        assert isinstance(rules, list)
        assert rules[0]["id"] == "symbol-allowed"


def test_four_rules_shrink_and_the_others_deny() -> None:
    assert [rule.id for rule in STANDARD.rules if rule.shrinks] == [
        "lot",
        "risk-per-trade",
        "max-position",
        "max-gross-leverage",
    ]


def test_a_description_is_json_with_the_limits_that_apply() -> None:
    described = json.loads(json.dumps(BOLD_STANDARD.describe()))
    assert (described["name"], described["version"]) == ("standard", 1)
    assert described["limits"] == {
        "max_leverage": "10",
        "risk_per_trade": "0.02",
        "max_position": "2",
        "max_gross_leverage": "3",
        "max_positions": 5,
        "min_free_collateral": "0.05",
        "default_cooldown_minutes": 15,
        "max_cooldown_minutes": 1440,
        "daily_loss": "0.1",
        "max_drawdown": "0.3",
        "max_mark_age_ms": 120_000,
    }
    assert {
        "id": "risk-per-trade",
        "effect": "shrinks",
        "words": "the whole position loses at most 2 % of NAV at its stop",
    } in described["rules"]


def test_a_policy_without_limits_describes_none() -> None:
    assert AS_WRITTEN.describe()["limits"] == {}
    assert CONTROL.describe()["limits"] == {"max_gross_leverage": "3", "max_mark_age_ms": 120_000}


def test_one_variant_has_the_wider_limits() -> None:
    wide = [variant for variant in VARIANTS if variant.is_aggressive]
    assert wide == [VARIANTS[0]]
    for variant in VARIANTS[1:]:
        assert policy_for(PolicyName.STANDARD, variant.id) == STANDARD
    assert policy_for(PolicyName.STANDARD, None) == STANDARD


def test_a_variant_that_the_registry_does_not_have_is_refused() -> None:
    with pytest.raises(KeyError):
        policy_for(PolicyName.STANDARD, "Nobody")


@pytest.mark.parametrize("policy", [STANDARD, CONTROL, AS_WRITTEN], ids=RULES)
def test_the_guide_says_what_every_rule_demands(policy: Policy) -> None:
    rules = policy.describe()["rules"]
    assert isinstance(rules, list)
    for rule in rules:
        assert f"| `{rule['id']}` | {rule['effect']} | {rule['words']} |" in GUIDE


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.id)
def test_the_guide_has_the_limits_of_every_variant(variant: Variant) -> None:
    words = policy_for(PolicyName.STANDARD, variant.id).limits.in_words()
    row = [words[name] for name in ("max_leverage", "risk_per_trade", "max_position")]
    assert f"| {variant.label} | {' | '.join(row)} |" in GUIDE
