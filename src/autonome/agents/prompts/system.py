"""The constant part of a prompt: the same in every cycle, so that providers can cache it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from string import Template
from typing import Any, Final

from autonome.agents.prompts.playbooks import frame, playbook
from autonome.agents.tools import Tool
from autonome.domain.policy import Policy
from autonome.domain.variants import VARIANTS

__all__ = ["UNSAID_RULES", "system_text", "version_of"]

UNSAID_RULES: Final = frozenset(
    {"halted", "stale-data", "column-range", "lot", "min-quantity", "min-notional"}
)
"""Rules that need no planning: the account or the market says when they hold, or a denial does."""


def system_text(
    variant_id: str,
    *,
    tools: Sequence[Tool],
    policy: Policy,
    cadence_minutes: int,
) -> str:
    """Return role, playbook, procedure, legend, tools and limits of an arm.

    Raises:
        SettingError: the registry has no such variant.
    """
    own = playbook(variant_id)
    return Template(frame().text).substitute(
        label={variant.id: variant.label for variant in VARIANTS}[variant_id],
        cadence=cadence_minutes,
        playbook=own.text,
        tools="\n".join([_tool(tool) for tool in tools]),
        policy=policy.title,
        denies=_rules(policy, shrinks=False),
        shrinks=_rules(policy, shrinks=True),
    )


def version_of(variant_id: str) -> str:
    """Return the versions of the texts, such as ``frame@1+name@1``."""
    return f"{frame().title}+{playbook(variant_id).title}"


def _rules(policy: Policy, *, shrinks: bool) -> str:
    said = [rule for rule in policy.rules if rule.id not in UNSAID_RULES]
    words = [rule.in_words(policy.limits) for rule in said if rule.shrinks is shrinks]
    return "; ".join(words) or "nothing"


def _tool(tool: Tool) -> str:
    parameters: Mapping[str, Any] = tool.parameters
    required = parameters["required"]
    arguments = ", ".join(
        [name if name in required else f"{name}?" for name in parameters["properties"]]
    )
    return f"- {tool.name}({arguments}): {tool.description}"
