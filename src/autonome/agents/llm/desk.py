"""The desk: the snapshot of an account at which a model's calls are judged while it thinks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from autonome.agents.actions import Action
from autonome.agents.tools import MarketDataRequest
from autonome.domain.refusals import Denied
from autonome.domain.value import value

__all__ = ["Desk", "Ruling"]


@value
class Ruling:
    """What became of one action while the model thinks."""

    denied: Denied | None
    words: Mapping[str, object]
    """What the model is told, as JSON can hold it: the quantity allowed and what was shrunk, or
    the rule, the reason and the present limits."""


class Desk(Protocol):
    """One arm's account, as it stood when the model was asked."""

    @property
    def symbols(self) -> tuple[str, ...]:
        """Return what the arena trades."""

    def attempt(self, action: Action) -> Ruling:
        """Judge an action after those before it; nothing is booked."""

    def limits(self) -> Mapping[str, object]:
        """Return what bounds the next action, as JSON can hold it."""

    def market_data(self, request: MarketDataRequest) -> Mapping[str, object]:
        """Return closed bars and indicators, oldest first, as JSON can hold them."""
