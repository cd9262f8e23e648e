"""How an arena that runs stands, for who watches it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from autonome.arena.paper.arena import PaperArena
from autonome.arena.paper.minds import Minds

__all__ = ["Status", "status_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The arena when a minute has closed."""

    at: datetime
    """Arena time, UTC."""
    is_tick: bool
    """Whether agents were asked."""
    first: str
    """Name of the arm with the highest NAV."""
    nav: Decimal
    """Its NAV (quote)."""
    positions: int
    """Open, of all arms."""
    trades: int
    """Completed, of all arms, since each began."""
    thinking: int
    """Models at work."""


def status_of(arena: PaperArena, minds: Minds) -> Status:
    """Return how the arena stands now."""
    clock = arena.stage.clock
    first = max(arena.arms, key=lambda arm: arm.worth)
    return Status(
        at=clock.at(clock.end),
        is_tick=clock.is_tick(clock.end),
        first=first.entrant.agent.name,
        nav=first.worth,
        positions=sum(arm.positions for arm in arena.arms),
        trades=sum(arm.completed for arm in arena.arms),
        thinking=minds.thinking,
    )
