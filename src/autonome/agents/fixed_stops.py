"""Stops that stay where they were put."""

from __future__ import annotations

from autonome.agents.port import PositionView

__all__ = ["FixedStops"]


class FixedStops:
    """The part of a decider whose stops stay where they were put."""

    trails = False

    def trail(self, position: PositionView) -> None:
        """Return ``None``: nothing trails."""
