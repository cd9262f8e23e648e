"""The loop of a paper arena: minutes close as time goes by, models answer, operators command."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from autonome.arena.paper.arena import PaperArena
from autonome.arena.paper.minds import Minds
from autonome.arena.paper.operators import Operators
from autonome.arena.paper.pace import Pace
from autonome.domain.errors import LedgerUnavailable
from autonome.market.candles import MINUTE_MS
from autonome.market.market import Market
from autonome.venue.simulated.candle_venue import CandleVenue

__all__ = ["Minutes", "Running"]

_LONGEST_WAIT_S: Final = 1.0
"""Operators and a stop are looked at this often at least."""


class Minutes(Protocol):
    """Where closed minutes come from."""

    def until(self, bars: int) -> Market | None:
        """Return the first ``bars`` bars, ``None`` when there are not that many and never will."""


@dataclass(slots=True, kw_only=True)
class Running:
    """A paper arena at work."""

    arena: PaperArena
    minutes: Minutes
    pace: Pace
    minds: Minds
    operators: Operators
    leads: Callable[[], bool]
    """Whether this process still leads the arena."""
    told: Callable[[PaperArena], None]
    """Told after each minute."""

    async def run(self, stopped: asyncio.Event) -> str:
        """Run until ``stopped``, or until the market ends; return why it ended, in words.

        Raises:
            LedgerUnavailable: the lead was lost, with the database or to another process.
        """
        try:
            while not stopped.is_set():
                if not self.leads():
                    raise LedgerUnavailable(
                        "expected to lead the arena, found that the lead was lost.",
                        remedy="Try again: who leads now is said then.",
                    )
                self.operators.carry_out()
                self.minds.take_answers()
                clock = self.arena.stage.clock
                next_ms = clock.at_ms(clock.end) + MINUTE_MS
                wait_s = self.pace.seconds_until(next_ms)
                if not wait_s:
                    if not self._close_minute():
                        self.minds.give_up()
                        return "the market ended"
                    self.told(self.arena)
                await self.minds.some_answer(min(wait_s, _LONGEST_WAIT_S), stopped)
            self.minds.give_up()
            return "it was stopped"
        finally:
            await self.minds.cancel()

    def _close_minute(self) -> bool:
        """Let one more minute have closed; ``False`` when the market has no more."""
        venue = self.arena.stage.venue
        market = self.minutes.until(self.arena.stage.clock.end + 1)
        if market is None:
            return False
        grown = CandleVenue(profile=venue.profile, market=market, seed=venue.seed)
        tick = self.arena.close_minute(grown)
        if tick is not None:
            self.minds.ask(tick)
        return True
