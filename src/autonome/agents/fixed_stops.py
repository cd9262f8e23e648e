"""Stops that stay where they were put."""

from __future__ import annotations

from typing import Self

from autonome.agents.port import PositionView
from autonome.market.market import Market

__all__ = ["FixedStops"]


class FixedStops:
    """The part of a decider whose stops stay where they were put."""

    trails = False

    def grown(self, market: Market) -> Self:
        """Return itself: what it keeps does not come from columns."""
        return self

    def trail(self, position: PositionView) -> None:
        """Return ``None``: nothing trails."""
