"""What an agent may ask for: the tools, as values."""

from __future__ import annotations

from decimal import Decimal

from autonome.domain.choices import OrderSide
from autonome.domain.exit_plan import ExitPlan
from autonome.domain.value import value

__all__ = ["Action", "ClosePosition", "CreatePosition", "Holding", "UpdateExitPlan"]


@value
class CreatePosition:
    """Open a position or add to one; against an open one it is a flip, closing first."""

    symbol: str
    side: OrderSide
    quantity: Decimal | None = None
    """Base units to open; exactly one of ``quantity`` and ``notional`` is given."""
    notional: Decimal | None = None
    """Quote; becomes whole lots at the last closing price, rounded down."""
    leverage: Decimal
    exit_plan: ExitPlan
    """Prices are put on the tick when the action is taken up."""
    cooldown_minutes: int | None = None
    """Minutes after the close of this position in which the symbol is not entered again; the
    policy's default without."""
    reason: str


@value
class ClosePosition:
    """Close the position of a symbol, or a part of it."""

    symbol: str
    fraction: Decimal = Decimal(1)
    """Part of the position, in (0, 1]; becomes whole lots, rounded down."""
    reason: str


@value
class UpdateExitPlan:
    """Change how a position ends; a stop may only tighten. ``None`` keeps what is there."""

    symbol: str
    stop: Decimal | None = None
    target: Decimal | None = None
    invalidation: str | None = None
    invalidation_price: Decimal | None = None
    time_exit: str | None = None
    reason: str


@value
class Holding:
    """Do nothing, and say why; ends the turn."""

    reason: str


Action = CreatePosition | ClosePosition | UpdateExitPlan | Holding
