"""What an agent may ask for."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from autonome.domain.choices import OrderSide
from autonome.domain.exit_plan import ExitPlan

__all__ = ["Action", "ClosePosition", "CreatePosition"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CreatePosition:
    """Open a position; against an open one it is a flip, closing first."""

    symbol: str
    side: OrderSide
    notional: Decimal
    """Quote; becomes whole lots at the last closing price, rounded down."""
    leverage: Decimal
    exit_plan: ExitPlan
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosePosition:
    """Close the position of a symbol, all of it."""

    symbol: str
    reason: str


Action = CreatePosition | ClosePosition
