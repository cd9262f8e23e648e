"""The trading variants as coded rules, in the order of the registry."""

from __future__ import annotations

from typing import Final

from autonome.agents.rules.agent import RuleAgent
from autonome.agents.rules.regime import AdaptToRegime
from autonome.agents.rules.reversion import FadeExtremes
from autonome.agents.rules.squeeze import SqueezeBreak
from autonome.agents.rules.trend import TrendBreakout
from autonome.domain.variants import VARIANTS

__all__ = ["variant_agents"]

_RULES: Final[tuple[type[RuleAgent], ...]] = (
    SqueezeBreak,
    TrendBreakout,
    FadeExtremes,
    AdaptToRegime,
)
_BAR_MINUTES: Final = 5
"""Length of the bars on which the rules were written."""


def variant_agents(*, cadence_minutes: int = _BAR_MINUTES) -> tuple[RuleAgent, ...]:
    """Return one agent of each variant, in bars of five minutes.

    At a cadence that does not divide five minutes, bars are the shortest that it allows.
    """
    minutes = -(-_BAR_MINUTES // cadence_minutes) * cadence_minutes
    return tuple(
        rules(name=f"{variant.label} rules", variant=variant.id, timeframe_minutes=minutes)
        for variant, rules in zip(VARIANTS, _RULES, strict=True)
    )
