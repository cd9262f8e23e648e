"""The rows of movements of money that are no fills."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from autonome.arena.account import Account
from autonome.arena.events import Names
from autonome.domain.choices import PaymentKind
from autonome.ledger.rows import Payment

__all__ = ["payment_row"]


def payment_row(
    account: Account,
    order_id: str | None,
    kind: PaymentKind,
    amount: Decimal,
    at: datetime,
    names: Names,
) -> Payment:
    """Return the row of a movement of money (quote received; negative when paid)."""
    return Payment(
        id=names.new_id(),
        model_id=account.model_id,
        order_id=order_id,
        kind=kind,
        amount=amount,
        occurred_at=at,
        recorded_at=at,
    )
