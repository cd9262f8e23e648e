"""The loop of a paper arena: minutes close as time goes by, models answer, operators command."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

from autonome.arena.paper.arena import PaperArena
from autonome.arena.paper.minds import Minds
from autonome.arena.paper.operators import Operators
from autonome.domain.errors import LedgerUnavailable
from autonome.market.candles import MINUTE_MS
from autonome.market.market import Market
from autonome.venue.simulated.candle_venue import CandleVenue

__all__ = ["STOPPED", "Grown", "Minutes", "Running"]

STOPPED: Final = "it was stopped"
"""Why it ended, in words."""
_LONGEST_WAIT_S: Final = 1.0
"""Operators and a stop are looked at this often at least."""
_TOO_LATE: Final = "the minute came too late: the feed, or the arena, was away"


class Grown(NamedTuple):
    """A venue whose market has one minute more."""

    venue: CandleVenue
    traded: Market | None = None
    """What agents see, where it is another market."""
    is_missed: bool = False
    """Whether it came too late to ask anybody."""


class Minutes(Protocol):
    """Where closed minutes come from, and when."""

    def wait_s(self, next_ms: int) -> float:
        """Return how long to wait for the minute that closes at ``next_ms``; 0: not any more."""

    def meanwhile(self, arena: PaperArena) -> None:
        """Do what is to be done between two minutes."""

    def grown(self, venue: CandleVenue) -> Grown | None:
        """Return the venue with one minute more, ``None`` when there is and will be none."""


@dataclass(slots=True, kw_only=True)
class Running:
    """A paper arena at work."""

    arena: PaperArena
    minutes: Minutes
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
                wait_s = self.minutes.wait_s(next_ms)
                if not wait_s:
                    if not self._close_minute():
                        self.minds.give_up()
                        return "the market ended"
                    self.told(self.arena)
                else:
                    self.minutes.meanwhile(self.arena)
                await self.minds.some_answer(min(wait_s, _LONGEST_WAIT_S), stopped)
            self.minds.give_up()
            return STOPPED
        finally:
            await self.minds.cancel()

    def _close_minute(self) -> bool:
        """Let one more minute have closed; ``False`` when the market has no more."""
        grown = self.minutes.grown(self.arena.stage.venue)
        if grown is None:
            return False
        tick = self.arena.close_minute(grown.venue, traded=grown.traded, is_missed=grown.is_missed)
        if tick is not None:
            self.minds.ask(tick, missed=_TOO_LATE if grown.is_missed else None)
        return True
