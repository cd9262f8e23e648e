"""Minutes of a market whose candles are known, played at a pace."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from autonome.arena.paper.arena import PaperArena
from autonome.arena.paper.pace import Pace
from autonome.arena.paper.running import Grown
from autonome.market.market import Market
from autonome.venue.simulated.candle_venue import CandleVenue

__all__ = ["Played", "Recording"]


class Recording(Protocol):
    """A market as far as somebody asks for it."""

    def until(self, bars: int) -> Market | None:
        """Return the first ``bars`` bars, ``None`` when there are not that many and never will."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """A recording whose minutes close as time goes by."""

    recording: Recording
    pace: Pace

    def wait_s(self, next_ms: int) -> float:
        """Return how long to wait for the minute that closes at ``next_ms``; 0: not any more."""
        return self.pace.seconds_until(next_ms)

    def meanwhile(self, arena: PaperArena) -> None:
        """Do nothing: nothing is known between two closes."""

    def grown(self, venue: CandleVenue) -> Grown | None:
        """Return the venue with one minute more, ``None`` when there is and will be none."""
        market = self.recording.until(len(venue.market.open_ms) + 1)
        if market is None:
            return None
        return Grown(CandleVenue(profile=venue.profile, market=market, seed=venue.seed))
