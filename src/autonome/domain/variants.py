"""The registry of trading variants: the one place that names them.

The database enum, API schemas, prompts and colours are derived from ``VARIANTS``. Adding one means
adding it here, at the end, and running ``make migration``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["VARIANTS", "VARIANT_IDS", "Variant"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A trading personality."""

    id: str
    """Stable identifier; the value stored in the database."""
    label: str
    """What people read."""
    description: str
    """One sentence: how it trades."""
    color: str
    """``#rrggbb``, for areas; text and glyphs use derived shades."""
    is_aggressive: bool = False
    """Whether the policy grants it the wider limits on leverage, risk and size."""


VARIANTS: Final = (
    Variant(
        id="Apex",
        label="Apex",
        description="Aggressive: trades the break out of a volatility squeeze.",
        color="#f59e0b",
        is_aggressive=True,
    ),
    Variant(
        id="Trendsurfer",
        label="Trendsurfer",
        description="Momentum: follows a strong trend and trails its stop.",
        color="#06b6d4",
    ),
    Variant(
        id="Contrarian",
        label="Contrarian",
        description="Mean reversion: fades extremes of a quiet market back to the mean.",
        color="#e11d48",
    ),
    Variant(
        id="Sovereign",
        label="Sovereign",
        description="Adapts to the regime: fades quiet markets, follows trending ones.",
        color="#eab308",
    ),
)

VARIANT_IDS: Final = tuple(variant.id for variant in VARIANTS)
