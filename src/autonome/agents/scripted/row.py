"""One row of a script: what is decided when."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from autonome.domain.choices import OrderSide

__all__ = ["CloseRow", "OpenRow", "Row"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRow:
    """Open a position, add to one, or turn one around."""

    number: int
    """Line of the file; the header is line 1."""
    at_ms: int
    """Instant of the decision, milliseconds since 1970 UTC."""
    symbol: str
    side: OrderSide
    quantity: Decimal
    """Base units to open, > 0."""
    leverage: Decimal
    stop: Decimal | None
    """Price (quote)."""
    target: Decimal | None
    """Price (quote)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseRow:
    """Close a position, or a part of it."""

    number: int
    """Line of the file; the header is line 1."""
    at_ms: int
    """Instant of the decision, milliseconds since 1970 UTC."""
    symbol: str
    side: OrderSide | None
    """The side that must be held; ``None``: whichever is."""
    quantity: Decimal | None
    """Base units to close, > 0; ``None``: all."""


Row = OpenRow | CloseRow
