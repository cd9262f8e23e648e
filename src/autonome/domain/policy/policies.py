"""The three policies: which rules, in which order, with which limits."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from decimal import Decimal
from functools import cached_property
from typing import Final

from autonome.domain.choices import PolicyName
from autonome.domain.policy import collateral, gates, sizes
from autonome.domain.policy.limits import Limits, limits_for
from autonome.domain.policy.rule import Rule

__all__ = ["Policy", "policy_for"]

_VERSION: Final = 1
"""Raised with every change of a rule, a limit or the order: results name it."""

_SYMBOL_ALLOWED: Final = {
    "id": "symbol-allowed",
    "effect": "denies",
    "words": "a symbol that the arena trades",
}
"""Every policy has it, but nothing can be requested of a symbol without an instrument: the rule is
``judge_symbol``'s alone."""

_VENUE_MINIMUMS: Final = (sizes.min_quantity, sizes.min_notional)

_RULES: Final = {
    PolicyName.STANDARD: (
        gates.halted,
        gates.stale_data,
        gates.max_drawdown,
        gates.daily_loss,
        gates.one_action_per_symbol,
        gates.column_range,
        gates.cooldown,
        gates.stop_required,
        gates.stop_tightens,
        gates.max_leverage,
        gates.max_positions,
        sizes.lot,
        sizes.risk_per_trade,
        sizes.max_position,
        sizes.max_gross_leverage,
        *_VENUE_MINIMUMS,
        collateral.min_free_collateral,
    ),
    PolicyName.CONTROL: (
        gates.halted,
        gates.stale_data,
        gates.column_range,
        gates.venue_max_leverage,
        sizes.lot,
        sizes.max_gross_leverage,
        *_VENUE_MINIMUMS,
        collateral.margin,
    ),
    PolicyName.AS_WRITTEN: (
        gates.column_range,
        gates.venue_max_leverage,
        sizes.lot,
        *_VENUE_MINIMUMS,
        collateral.margin,
    ),
}
"""In the order in which they judge: what needs no arithmetic, what shrinks, what is left."""


@dataclass(frozen=True, kw_only=True)
class Policy:
    """The rules that guard an arm; they shrink or refuse, and never enlarge or invent."""

    name: PolicyName
    version: int
    limits: Limits
    rules: tuple[Rule, ...]
    """In the order in which they judge."""
    revision: int = 1
    """Number of the arm's own limits; 1 are those that the policy has by itself."""

    @cached_property
    def title(self) -> str:
        """Return name and version as results name them, and which limits of the arm's own."""
        own = "" if self.revision == 1 else f" v{self.revision}"
        return f"{self.name.value}@{self.version}{own}"

    def has(self, rule: Rule) -> bool:
        """Return whether ``rule`` belongs to the policy."""
        return rule in self.rules

    def cooldown_minutes(self, asked: int | None) -> int:
        """Return how long a symbol cools down after a close; none without such a rule."""
        if not self.has(gates.cooldown):
            return 0
        return self.limits.default_cooldown_minutes if asked is None else asked

    def describe(self) -> dict[str, object]:
        """Return what JSON can hold: name, version, each rule in words, each limit as text."""
        limits = {
            name: str(limit) if isinstance(limit, Decimal) else limit
            for name, limit in asdict(self.limits).items()
            if any(f"{{{name}}}" in rule.words for rule in self.rules)
        }
        rules = [_SYMBOL_ALLOWED] + [
            {
                "id": rule.id,
                "effect": "shrinks" if rule.shrinks else "denies",
                "words": rule.in_words(self.limits),
            }
            for rule in self.rules
        ]
        return {"name": self.name.value, "version": self.version, "limits": limits, "rules": rules}


def policy_for(name: PolicyName, variant: str | None) -> Policy:
    """Return the policy of an arm; ``variant`` is ``None`` for an arm that plays none.

    Raises:
        KeyError: the registry has no such variant.
    """
    return Policy(name=name, version=_VERSION, limits=limits_for(variant), rules=_RULES[name])
