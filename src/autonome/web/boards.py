"""Leaderboards of the arenas that are looked at, each kept for as long as its tables are."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from autonome.analytics.leaderboard import Leaderboards
from autonome.ledger.queries.presence import arena_identity
from autonome.ledger.reader import Reader

__all__ = ["Boards"]

_MOST_ARENAS: Final = 8
"""The one that was asked for longest ago is forgotten first."""


class Boards:
    """Finds the leaderboards of an arena."""

    def __init__(self) -> None:
        """Begin with none."""
        self._known: OrderedDict[tuple[str, str | None], Leaderboards] = OrderedDict()

    async def of(self, reader: Reader) -> Leaderboards:
        """Return the leaderboards of a reader's arena; a replay that replaces it has others."""
        key = reader.arena, await reader.one(arena_identity())
        found = self._known.setdefault(key, Leaderboards(reader))
        self._known.move_to_end(key)
        if len(self._known) > _MOST_ARENAS:
            self._known.popitem(last=False)
        return found
