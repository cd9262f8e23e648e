"""Expected refusals, as values: ours are called denied."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Denied"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Denied:
    """Our policy refused; the agent is told."""

    rule: str
    """Id of the rule, such as ``min-notional``."""
    reason: str
    """One sentence with the limit and what was asked."""
