"""The numbers of the policies: the limits of each, by variant where they differ."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Final

from autonome.domain.variants import VARIANTS

__all__ = ["LIMITS", "Limits", "in_percent", "limits_for"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the rules compare with; each policy uses those of its own rules."""

    max_leverage: Decimal = Decimal(5)
    risk_per_trade: Decimal = Decimal("0.01")
    """Fraction of NAV that the whole position may lose at its stop."""
    max_position: Decimal = Decimal(1)
    """Notional of one position, as a multiple of NAV."""
    max_gross_leverage: Decimal = Decimal(3)
    """Sum of notionals, as a multiple of NAV."""
    max_positions: int = 5
    min_free_collateral: Decimal = Decimal("0.05")
    """Fraction of NAV that initial margins leave free after the order."""
    default_cooldown_minutes: int = 15
    max_cooldown_minutes: int = 24 * 60
    daily_loss: Decimal = Decimal("0.1")
    """Fraction of the day's opening NAV."""
    max_drawdown: Decimal = Decimal("0.3")
    """Fraction of the peak NAV."""
    max_mark_age_ms: int = 120_000
    """Two bars of a minute."""

    def in_words(self) -> dict[str, str]:
        """Return every limit as people read it, by name: fractions of NAV in percent."""
        words = {name: str(limit) for name, limit in asdict(self).items()}
        return words | {name: in_percent(getattr(self, name)) for name in _FRACTIONS}


_FRACTIONS: Final = ("daily_loss", "max_drawdown", "min_free_collateral", "risk_per_trade")

LIMITS: Final = Limits()
"""What holds unless a variant is aggressive."""
_AGGRESSIVE: Final = replace(
    LIMITS, max_leverage=Decimal(10), risk_per_trade=Decimal("0.02"), max_position=Decimal(2)
)
_BY_VARIANT: Final = {
    variant.id: _AGGRESSIVE if variant.is_aggressive else LIMITS for variant in VARIANTS
}


def limits_for(variant: str | None) -> Limits:
    """Return the limits of a variant; the narrower ones for an arm that plays none.

    Raises:
        KeyError: the registry has no such variant.
    """
    return LIMITS if variant is None else _BY_VARIANT[variant]


def in_percent(fraction: Decimal) -> str:
    """Return a fraction in words, such as ``0.5 %``."""
    return f"{(fraction * 100).normalize():f} %"
