"""Rows of ``"PortfolioSize"`` and ``"Marks"``: what arms were worth, and at which prices."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from autonome.ledger.rows.ids import new_id

__all__ = ["Mark", "PortfolioSnapshot"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PortfolioSnapshot:
    """The net portfolio value of one model at one instant."""

    id: str = field(default_factory=new_id)
    model_id: str
    net_portfolio: Decimal
    """Quote, in cents."""
    created_at: datetime
    """The instant whose marks were used."""
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """The price at which the NAV of one minute was taken."""

    symbol: str
    at: datetime
    price: Decimal
    """Quote per base unit."""
