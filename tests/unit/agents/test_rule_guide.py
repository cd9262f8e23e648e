"""The guide for writers of agents: its example runs, and it leaves nothing out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from autonome.agents import rules
from autonome.agents.causality import check_causality
from autonome.agents.rules import RuleAgent
from autonome.agents.rules.variants import variant_agents
from unit.agents.moments import account
from unit.market.frames import walk

GUIDE = (Path(__file__).parents[3] / "docs" / "agents.md").read_text(encoding="utf-8")
CLASSES = {type(agent).__name__: agent for agent in variant_agents()}


def test_the_example_is_an_agent_that_trades() -> None:
    (example,) = (
        block
        for block in re.findall(r"```python\n(.*?)```", GUIDE, flags=re.DOTALL)
        if "class " in block
    )
    names: dict[str, type[RuleAgent]] = {"__name__": __name__}  # type: ignore[dict-item]
    exec(example, names)
    agent = names["EmaCross"]()
    market = walk(6_000)
    check_causality(agent, market, cadence_minutes=5, seed=1)
    assert agent.begin(market, cadence_minutes=5, seed=1).next_wake(0, account()) is not None


@pytest.mark.parametrize("name", sorted({"name", *RuleAgent.__annotations__} - {"kind", "leader"}))
def test_every_setting_is_in_the_guide(name: str) -> None:
    assert name == "variant" or f"`{name}`" in GUIDE


@pytest.mark.parametrize("name", rules.__all__)
def test_every_public_name_is_in_the_guide(name: str) -> None:
    others = {"AccountView", "Bools", "Entry", "Floats"}
    assert name in others or re.search(rf"\b{name}\b", GUIDE)


@pytest.mark.parametrize("name", CLASSES)
def test_the_numbers_of_a_variant_are_its_settings(name: str) -> None:
    section = GUIDE.split(f"(`{name}`)")[1].split("\n### ")[0]
    settings = CLASSES[name].settings
    named = re.findall(r"`([a-z_]+)` (half|[\d.]+)( %)?", section)
    assert named
    for setting, text, percent in named:
        number = 0.5 if text == "half" else float(text) / (100 if percent else 1)
        assert float(settings[setting]) == number, setting  # type: ignore[arg-type]
