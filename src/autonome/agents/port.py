"""What an agent is: it sees closed bars and its own account, and asks for actions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from autonome.agents.actions import Action
from autonome.domain.choices import OrderSide
from autonome.market.observation import Observation

__all__ = ["AccountView", "Agent", "PositionView"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionView:
    """An open position, as its agent sees it."""

    side: OrderSide
    quantity: Decimal
    """Base units, > 0."""
    entry_price: Decimal
    unrealized_pnl: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountView:
    """An arm's own account at the instant of the decision."""

    nav: Decimal
    """Quote."""
    positions: Mapping[str, PositionView]
    """By symbol."""


class Agent(Protocol):
    """Whoever decides."""

    @property
    def name(self) -> str:
        """Return the name that the ledger keeps."""

    def decide(self, observation: Observation, account: AccountView) -> Sequence[Action]:
        """Return what to do now; nothing at all means holding."""
