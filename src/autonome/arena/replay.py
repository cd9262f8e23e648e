"""Replay: the competition over recorded candles, instant by instant.

Instant k is the opening of bar k, when bar k - 1 has closed. At one instant the order is: exits of
the bar that closed, funding on what was held before, NAV, decisions, fills; arms in the order in
which they entered, symbols by name. Instants at which nothing can happen are never visited.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from autonome.arena.competitor import Competitor, Entrant
from autonome.arena.events import FundingSettled, Names
from autonome.arena.valuation import mark_points
from autonome.domain.errors import InvariantBroken, SettingError
from autonome.ledger.journal.port import Journal
from autonome.ledger.rows import Cycle
from autonome.market.candles import MINUTE_MS
from autonome.market.market import Market
from autonome.market.observation import observe
from autonome.venue.simulated.candle_venue import CandleVenue

__all__ = ["Progress", "Replay"]

Progress = Callable[[datetime, datetime, datetime], None]
"""Told the market's begin and end, and the simulated instant that was reached."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """One replay: what trades where, and how often agents are asked."""

    market: Market
    venue: CandleVenue
    journal: Journal
    names: Names
    cadence_minutes: int = 5

    def run(self, entrants: Sequence[Entrant], *, progress: Progress) -> None:
        """Run every entrant over the whole market, writing all rows to the journal.

        Raises:
            SettingError: the cadence is not a positive number of minutes.
        """
        if self.cadence_minutes <= 0:
            raise SettingError(
                f"expected a cadence of at least one minute, found {self.cadence_minutes}.",
                remedy="Give whole minutes, such as 5.",
            )
        competitors = [Competitor.enter(each, self.venue, self.journal) for each in entrants]
        funding = self._funding_by_instant()
        cycles = 0
        for instant in self._instants(funding, competitors):
            for competitor in competitors:
                competitor.settle_exits(instant, self.names)
            for event in funding.get(instant, ()):
                for competitor in competitors:
                    competitor.settle_funding(event, instant, self.names)
            if self._is_cycle(instant):
                self._cycle(instant, competitors)
                cycles += 1
                progress(self.market.start, self.market.end, self._at(instant))
            for competitor in competitors:
                competitor.settle_arrivals(instant, self._at(instant), self.names)
        for competitor in competitors:
            competitor.finish(cycles=cycles, minutes=cycles * self.cadence_minutes)
        for symbol in self.market.symbols:
            self.journal.mark(mark_points(self.market.candles[symbol]))

    def _instants(
        self, funding: dict[int, list[FundingSettled]], competitors: Sequence[Competitor]
    ) -> Iterator[int]:
        """Yield each instant at which something can happen, ascending."""
        bars = len(self.market.open_ms)
        planned = [k for k in range(1, bars) if self._is_cycle(k)]
        planned += [k for k in funding if k <= bars]
        heapq.heapify(planned)
        reached = 0
        while True:
            expected = [each.next_instant() for each in competitors]
            candidates = planned[:1] + [each for each in expected if each is not None]
            if not candidates:
                return
            instant = min(candidates)
            while planned and planned[0] <= instant:
                heapq.heappop(planned)
            if instant <= reached:
                raise InvariantBroken(f"instant {instant} came twice")
            reached = instant
            yield instant

    def _is_cycle(self, instant: int) -> bool:
        """Say whether agents are asked: on the cadence, while a later bar can fill their orders."""
        if not 0 < instant < len(self.market.open_ms):
            return False
        return int(self.market.open_ms[instant]) % (self.cadence_minutes * MINUTE_MS) == 0

    def _cycle(self, instant: int, competitors: Sequence[Competitor]) -> None:
        at = self._at(instant)
        observation = observe(self.market, closed_bars=instant)
        recipe = {"feed": self.market.origin, "closedBars": instant}
        self.journal.begin_cycle(
            Cycle(
                id=self.names.new_id(),
                scheduled_at=at,
                started_at=at,
                finished_at=at,
                recipe=recipe,
            )
        )
        for competitor in competitors:
            competitor.decide(observation, at, self.names)

    def _funding_by_instant(self) -> dict[int, list[FundingSettled]]:
        """Return settlements by instant; the mark is the close of the bar that ends there."""
        settled: dict[int, list[FundingSettled]] = defaultdict(list)
        for symbol in self.market.symbols:
            candles, rates = self.market.candles[symbol], self.market.funding[symbol]
            for at_ms, rate in zip(rates.at_ms, rates.rate, strict=True):
                instant = self.market.instant_at(at_ms)
                if instant is None or instant == 0:
                    continue
                settled[instant].append(
                    FundingSettled(
                        at=_EPOCH + timedelta(milliseconds=at_ms),
                        symbol=symbol,
                        mark_price=int(candles.close[instant - 1]) * candles.tick,
                        rate=rate,
                    )
                )
        return settled

    def _at(self, instant: int) -> datetime:
        return self.market.start + timedelta(milliseconds=instant * MINUTE_MS)
