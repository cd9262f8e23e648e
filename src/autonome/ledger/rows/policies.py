"""Rows of ``"ArmPolicies"`` and ``"Judgements"``: limits of an arm, and what was judged by them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from autonome.domain.value import value

__all__ = ["ArmPolicy", "Judgement"]


@value
class ArmPolicy:
    """Limits of an arm's own, from an instant on; never changed afterwards."""

    model_id: str
    version: int
    """Counts up; 1 is what the arm had before anybody changed it."""
    name: str
    """Of the policy, such as ``standard``."""
    limits: Mapping[str, object]
    """Every limit that may be changed, as text, by its key in JSON."""
    at: datetime
    """By the wall clock; of version 1 when the arm began."""
    who: str
    reason: str | None = None
    command_id: str | None = None
    """The command that asked for it; ``None`` is version 1."""


@value
class Judgement:
    """What the policy was asked about one tool call, and what it knew: enough to ask it again."""

    tool_call_id: str
    request: Mapping[str, object]
    standing: Mapping[str, object]
