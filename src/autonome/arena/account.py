"""An arm's account: what it holds and what it earned, exactly."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal

from autonome.domain.money import EXACT
from autonome.domain.position import Position
from autonome.domain.value import field, value
from autonome.ledger.rows import Order

__all__ = ["Account", "Holding"]


@value
class Holding:
    """An open position: its row, and the exact figures that the row cannot hold."""

    order: Order
    position: Position
    first_stop: Decimal | None = None
    """Where the stop stood when the position was opened (quote)."""
    cooldown_minutes: int = 0
    """After the close; 0 is none."""


@value
class Account:
    """The money of one arm."""

    model_id: str
    epoch: int
    """The run under which it books."""
    starting_capital: Decimal
    """Quote."""
    cash_flow: Decimal
    """Quote; starting capital less everything bought and paid, plus everything sold and received:
    the NAV is this and the value of what is held."""
    holdings: Mapping[str, Holding] = field(default_factory=dict)
    """By symbol; nothing flat is kept."""
    cooldowns: Mapping[str, datetime] = field(default_factory=dict)
    """By symbol: until when it is not entered again."""
    halted_reason: str | None = None
    """Why the arm takes no new risk; only an operator takes that back."""

    def nav(self, mark_price: Callable[[str], Decimal]) -> Decimal:
        """Return the cash flow and the value of what is held at ``mark_price`` (quote)."""
        nav = self.cash_flow
        for symbol, holding in self.holdings.items():
            nav = EXACT.add(nav, EXACT.multiply(holding.position.size, mark_price(symbol)))
        return nav
