"""What all arms of a replay share: market, venue, clock, journal, and the cycles on record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final

from autonome.arena.clock import Clock
from autonome.arena.events import Event, FundingSettled, Quote
from autonome.arena.live.present import Present
from autonome.arena.settlements import late_settlements, settlements
from autonome.domain.instants import utc
from autonome.ledger.journal.port import Journal, Run
from autonome.ledger.rows import Cycle
from autonome.market.candles import MINUTE_MS
from autonome.market.market import Market
from autonome.venue.simulated.candle_venue import CandleVenue

__all__ = ["Stage"]

_DAY_MS: Final = 24 * 60 * MINUTE_MS
_RECENT_DAYS: Final = 60
"""Several times what any rule's longest average needs to forget how it began."""
_BUILDER: Final = 1
"""Version of what an observation is made of; raised when agents come to see something else."""


@dataclass(slots=True, kw_only=True)
class Stage:
    """The world that arms compete in."""

    market: Market
    """What positions are valued at, and what ends them."""
    venue: CandleVenue
    clock: Clock
    journal: Journal
    symbols: tuple[str, ...]
    """What is traded, sorted."""
    new_id: Callable[[], str]
    funding: list[tuple[int, FundingSettled]] = field(default_factory=list)
    """Settlements with their instants, ascending; symbols of one instant by name."""
    record: Callable[[str, Event], None] | None = None
    """Told every event with its model's id, when somebody wants the list."""
    events: int = 0
    """Events so far, of all arms."""
    run: Run | None = None
    """Of one of the arms: new ones are entered behind it, so that nobody enters any who does not
    run the arena any more."""
    present: Present | None = None
    """Of a live market: what it quotes between closed minutes."""
    traded: Market | None = None
    """What agents see where it is not what positions are valued at: a live market's trades beside
    its marks, bar by bar the same minutes."""
    is_missed: bool = False
    """Whether nobody is asked at the instant that was reached last: it came too late."""
    marked_bar: int = 0
    """Bars before it have their marks on record."""
    _asked: set[int] = field(default_factory=set)

    @property
    def seen(self) -> Market:
        """Return the market that agents see."""
        return self.market if self.traded is None else self.traded

    @property
    def now(self) -> datetime:
        """Return the present: on a live market the wall's, else the last close."""
        if self.present is None:
            return self.clock.at(self.clock.end)
        return utc(self.present.now_ms())

    def grow(
        self, venue: CandleVenue, *, traded: Market | None = None, is_missed: bool = False
    ) -> None:
        """Go on with a venue whose market has more bars, those so far among them."""
        before, cadence_minutes = self.clock.end, self.clock.cadence_minutes
        earlier, self.traded, self.is_missed = self.market, traded, is_missed
        self.venue, self.market = venue, venue.market
        self.clock = Clock(venue.market, cadence_minutes, grows=True)
        self.funding += settlements(venue.market, self.clock, after=before)
        if self.present is not None:
            self.funding += late_settlements(earlier, venue.market, self.clock)
        self._asked.clear()

    def recent(self) -> Market:
        """Return the last days of the market: columns made of them cost the same for ever.

        They begin at midnight UTC, so that longer bars and sessions are whole.
        """
        now_ms = self.clock.at_ms(self.clock.end)
        return self.seen.since(now_ms // _DAY_MS * _DAY_MS - _RECENT_DAYS * _DAY_MS)

    def begin_cycle(self, tick: int) -> None:
        """Note that an arm is asked at a tick, so that its cycle comes on record."""
        self._asked.add(tick)

    def write_cycles(self) -> None:
        """Put on record the cycles in which an arm was asked since the last call."""
        for tick in sorted(self._asked):
            at = self.clock.at(tick)
            self.journal.begin_cycle(
                Cycle(
                    id=self.new_id(),
                    scheduled_at=at,
                    started_at=at,
                    finished_at=at,
                    observation_hash=self.venue.history.digest(tick),
                    recipe={"builder": _BUILDER, "feed": self.market.origin, "closedBars": tick},
                )
            )
        self._asked.clear()

    def mark_price(self, symbol: str, instant: int) -> Decimal:
        """Return the last closing price (quote) at an instant; the first opening at 0.

        On a live market it is the mark of now, where that is known.
        """
        if self.present is not None and instant >= self.clock.end:
            mark = self.present.mark_price(symbol)
            if mark is not None:
                return mark
        candles = self.market.candles[symbol]
        ticks = candles.close[instant - 1] if instant else candles.open[0]
        return candles.tick * int(ticks)

    def quote(self, symbol: str, instant: int) -> Quote:
        """Return what a symbol costs when the bar before ``instant`` has closed."""
        listing = self.venue.listings[symbol]
        ticks = int(listing.candles.close[instant - 1])
        if self.present is not None:
            return self.present.quote(listing, last_close=ticks)
        buy_price, sell_price = listing.worst_prices(ticks)
        return Quote(
            instrument=listing.instrument,
            mark_price=listing.instrument.tick * ticks,
            buy_price=buy_price,
            sell_price=sell_price,
            taker_fee_bps=listing.taker_fee_bps,
            age_ms=listing.age_ms(instant - 1),
        )
