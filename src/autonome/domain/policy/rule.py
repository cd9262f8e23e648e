"""What a rule of a policy is: an id, words for people, and a plain function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from autonome.domain.policy.case import Case
from autonome.domain.policy.limits import Limits
from autonome.domain.policy.request import Change
from autonome.domain.refusals import Denied

__all__ = ["Check", "Rule", "rule"]

Check = Callable[[Case], Change | Denied | None]
"""Judges a case, under ``EXACT``; ``None`` allows."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rule:
    """One rule of a policy."""

    id: str
    """What verdicts and rows name, such as ``max-position``."""
    words: str
    """What it demands; limits stand in braces, by their names."""
    shrinks: bool
    """Whether it shrinks what is too large, where the others deny."""
    check: Check

    def in_words(self, limits: Limits) -> str:
        """Return what the rule demands, with the numbers of a policy."""
        return self.words.format(**limits.in_words())


def rule(rule_id: str, words: str, *, shrinks: bool = False) -> Callable[[Check], Rule]:
    """Make a rule of a check."""
    return lambda check: Rule(id=rule_id, words=words, shrinks=shrinks, check=check)
