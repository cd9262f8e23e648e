"""Each arm of a replay is under the policy that was asked for it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from autonome.bootstrap.arms import ArmsOrder, agents_of, entrants_of
from autonome.domain.choices import PolicyName
from autonome.domain.variants import VARIANT_IDS
from simulation.runs import by_hand

MODELS = """
[endpoints.local]
url = "http://127.0.0.1:9/v1"
keys = []
[[arms]]
kind = "llm"
name = "Free"
variant = "{variant}"
model = "scripted"
endpoint = "local"
policy = "control"
[[arms]]
kind = "llm"
name = "Guarded"
variant = "{variant}"
model = "scripted"
endpoint = "local"
"""


@pytest.mark.parametrize(
    ("named", "free", "guarded"),
    [
        (None, PolicyName.CONTROL, PolicyName.STANDARD),
        (PolicyName.AS_WRITTEN, PolicyName.AS_WRITTEN, PolicyName.AS_WRITTEN),
    ],
    ids=["the file's", "the user's"],
)
def test_a_model_of_a_file_is_under_the_policy_of_its_arm_unless_the_user_names_one(
    tmp_path: Path, named: PolicyName | None, free: PolicyName, guarded: PolicyName
) -> None:
    file = tmp_path / "models.toml"
    file.write_text(MODELS.format(variant=VARIANT_IDS[0]), encoding="utf-8")
    order = ArmsOrder(
        arms=(f"llm:{file}",), agents=(), policy=named, capital=Decimal(10_000), replicas=1
    )
    market = by_hand([(50_000, 50_000, 50_000, 50_000)])
    entrants = entrants_of(
        agents_of(order, market, cadence_minutes=5, seed=0), order, start=market.start
    )
    assert {each.agent.name: (each.arm.policy, each.policy.name) for each in entrants} == {
        "Free": (free, free),
        "Guarded": (guarded, guarded),
    }
