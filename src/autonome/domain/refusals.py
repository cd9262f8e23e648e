"""Expected refusals, as values: ours are called denied."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

__all__ = ["Denied"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Denied:
    """Our policy refused; the agent is told."""

    rule: str
    """Id of the rule, such as ``min-notional``."""
    reason: str
    """One sentence with the limit and what was asked."""
    until: datetime | None = None
    """When the reason ends by itself (UTC), where that is known: before, asking again is vain."""
    halts: bool = False
    """Whether the arm is halted by it, until an operator resumes it."""
