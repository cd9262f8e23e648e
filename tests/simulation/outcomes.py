"""What became of a replay, in the words of its tests."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from autonome.domain.choices import OrderStatus
from autonome.ledger.journal.memory import MemoryJournal
from autonome.ledger.rows import Fill, Intent, Order, Payment, PortfolioSnapshot
from simulation.bookings import AT
from unit.market.bars import Bar

__all__ = ["CALM", "closed", "fills", "intents", "last_nav", "minute", "open_orders", "payments"]

CALM: Bar = (50_000, 50_010, 49_990, 50_000)
"""A bar that touches nothing, in quote."""


def minute(number: int) -> datetime:
    """Return the instant so many minutes after the first bar opens."""
    return AT + timedelta(minutes=number)


def closed(journal: MemoryJournal) -> list[tuple[str | None, str, str, datetime | None]]:
    """Return trigger, quantity, exit price and instant of each completed trade."""
    return [
        (order.close_trigger, f"{order.quantity:f}", f"{order.exit_price:f}", order.closed_at)
        for order in sorted(journal.rows(Order), key=lambda order: order.closed_at or AT)
        if order.status is OrderStatus.CLOSED
    ]


def open_orders(journal: MemoryJournal) -> list[Order]:
    """Return the positions."""
    return [order for order in journal.rows(Order) if order.status is OrderStatus.OPEN]


def fills(journal: MemoryJournal) -> list[tuple[str, str, str, datetime]]:
    """Return side, quantity, price and instant of each fill."""
    return [
        (fill.side.value, f"{fill.quantity:f}", f"{fill.price:f}", fill.filled_at)
        for fill in journal.rows(Fill)
    ]


def intents(journal: MemoryJournal) -> list[tuple[str, str, str]]:
    """Return purpose, state and the rule that its reason names, for each intent."""
    return [
        (each.purpose.value, each.state.value, (each.reason or "").partition(":")[0])
        for each in journal.rows(Intent)
    ]


def payments(journal: MemoryJournal) -> list[tuple[str, str]]:
    """Return kind and amount of each payment."""
    return [(each.kind.value, f"{each.amount.normalize():f}") for each in journal.rows(Payment)]


def last_nav(journal: MemoryJournal) -> Decimal:
    """Return the NAV of the last minute, of the only arm."""
    return list(journal.rows(PortfolioSnapshot))[-1].net_portfolio
