"""What an arm did and held, tick by tick, for the arms that follow it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from decimal import Decimal

from autonome.agents.actions import Action
from autonome.agents.port import Leader, PositionView
from autonome.arena.clock import NEVER

__all__ = ["LeaderLog"]


class LeaderLog:
    """Entries by tick, ascending; the latest one at or before a tick is what a follower sees."""

    def __init__(self, starting_capital: Decimal) -> None:
        self._ticks: list[int] = [0]
        self._entries: list[Leader] = [Leader(accepted=(), nav=starting_capital, positions={})]

    def note(
        self,
        tick: int,
        accepted: Sequence[Action],
        nav: Decimal,
        positions: Mapping[str, PositionView],
    ) -> None:
        """Say what was done at ``tick``, or what is held from it on when nothing was done."""
        entry = Leader(accepted=accepted, nav=nav, positions=positions)
        if self._ticks[-1] == tick:
            # What was accepted at a tick stays, whatever else is noted for it.
            entry = (
                entry
                if accepted
                else Leader(accepted=self._entries[-1].accepted, nav=nav, positions=positions)
            )
            self._entries[-1] = entry
            return
        self._ticks.append(tick)
        self._entries.append(entry)

    def next_tick(self, after: int) -> int:
        """Return the first tick after ``after`` with an entry, ``NEVER`` when there is none."""
        place = bisect_right(self._ticks, after)
        return self._ticks[place] if place < len(self._ticks) else NEVER

    def at(self, tick: int) -> Leader:
        """Return what a follower sees at ``tick``."""
        place = bisect_right(self._ticks, tick) - 1
        entry = self._entries[place]
        if self._ticks[place] == tick or not entry.accepted:
            return entry
        return Leader(accepted=(), nav=entry.nav, positions=entry.positions)
