"""Which arms count for a variant: others have one only because the row of their model must."""

from __future__ import annotations

from typing import Final

from autonome.domain.choices import ArmKind
from autonome.ledger.tables import arms

__all__ = ["COMPETES", "competing_variant"]

_KINDS: Final = (ArmKind.LLM, ArmKind.RULE)
COMPETES: Final = arms.c.kind.in_(_KINDS)
"""The condition that an arm counts for its variant."""


def competing_variant(kind: ArmKind | None, variant: str) -> str | None:
    """Return the variant that an arm counts for, if it counts for one."""
    return variant if kind in _KINDS else None
