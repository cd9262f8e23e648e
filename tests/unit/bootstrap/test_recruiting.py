"""Arms that operators ask for, made under a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from autonome.bootstrap.paper.recruiting import Recruiting
from autonome.domain.choices import PolicyName
from autonome.domain.refusals import Denied
from autonome.domain.variants import VARIANT_IDS
from autonome.ledger.rows import Command, CommandKind
from autonome.testing.bookings import NOW
from unit.bootstrap.files import read

FILE = """
[endpoints.local]
url = "http://127.0.0.1:9/v1"
keys = []
[[arms]]
kind = "rules"
"""
RULE = {"kind": "RULE", "name": "Added", "variant": VARIANT_IDS[0]}
LLM = {**RULE, "kind": "LLM", "model": "m", "endpoint": "local"}


def adding(payload: dict[str, Any]) -> Command:
    return Command(
        kind=CommandKind.ADD_ARM,
        reason="a test",
        requested_by="token ops",
        requested_at=NOW,
        payload=payload,
    )


@pytest.mark.parametrize("asked", [RULE, LLM], ids=["rules", "a model"])
def test_an_arm_that_is_added_is_under_the_policy_with_a_rule_about_stops(
    tmp_path: Path, asked: dict[str, Any]
) -> None:
    recruiting = Recruiting(read(tmp_path, FILE))
    added = recruiting.recruit(adding(asked), at=NOW)
    assert not isinstance(added, Denied)
    assert added.policy.name is added.arm.policy is PolicyName.STANDARD
    for other in (PolicyName.CONTROL, PolicyName.AS_WRITTEN):
        refused = recruiting.recruit(adding({**asked, "policy": other.value}), at=NOW)
        assert isinstance(refused, Denied)
        assert refused.reason == f"expected policy 'standard', found {other.value!r}"
