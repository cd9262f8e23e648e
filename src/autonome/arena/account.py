"""An arm's account: what it holds and what it earned, exactly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from autonome.domain.money import ZERO, exact
from autonome.domain.position import Position
from autonome.ledger.rows import Order

__all__ = ["Account", "Holding"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """An open position: its row, and the exact figures that the row cannot hold."""

    order: Order
    position: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The money of one arm."""

    model_id: str
    epoch: int
    """The run under which it books."""
    starting_capital: Decimal
    """Quote."""
    realized_pnl: Decimal = ZERO
    """Quote; the sum over closed parts, net of fees and funding, unrounded."""
    holdings: Mapping[str, Holding] = field(default_factory=dict)
    """By symbol; nothing flat is kept."""

    @exact
    def nav(self, marks: Mapping[str, Decimal]) -> Decimal:
        """Return capital + realized + what open positions add at ``marks`` (quote)."""
        open_pnl = (
            holding.position.open_pnl(mark_price=marks[symbol])
            for symbol, holding in self.holdings.items()
        )
        return sum(open_pnl, self.starting_capital + self.realized_pnl)
