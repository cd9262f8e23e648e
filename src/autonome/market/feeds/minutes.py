"""The minutes of a live market in unbroken order: first the history, then each as it closes.

Every venue's feed shares this; the venue adds a source that can be asked for bars and
settlements of the past, and, where it has a stream, tells the bars as they form.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Final, Protocol

from autonome.domain.errors import FeedError, InvariantBroken, MarketDataError
from autonome.domain.instrument import Instrument
from autonome.market.candles import MINUTE_MS, FundingRates
from autonome.market.feeds.clock import Clock, growing_delays
from autonome.market.feeds.minute import Bar, ClosedMinute, Settlement, candles_of, ticks_of
from autonome.market.feeds.tape import Tape, without_gaps
from autonome.market.gaps import MOST_FILLED_MINUTES
from autonome.market.market import Market, align

__all__ = ["MinuteSource", "Minutes"]

_LOOKBACK_MINUTES: Final = 60
"""How far back a first repair looks for a close to begin with."""
_MOST_REPAIRED_MINUTES: Final = 500
"""In one step; what is left is repaired in the next."""
_MOST_READ_MINUTES: Final = 1_500
"""Of a contract in one step of the history: three pages of a venue."""
_FIRST_DELAY_MS: Final = 1_000
_MOST_DELAY_MS: Final = 60_000
_SETTLEMENT_SLACK_MS: Final = MINUTE_MS


class MinuteSource(Protocol):
    """What a venue can be asked about the past."""

    async def bars(self, symbol: str, *, first_ms: int, end_ms: int) -> Sequence[Bar]:
        """Return the bars that open from ``first_ms`` to before ``end_ms``, ascending.

        Raises:
            FeedError: the venue cannot be reached, or refuses.
            MarketDataError: a figure breaks a rule.
        """

    async def settlements(self, symbol: str, *, first_ms: int, end_ms: int) -> Sequence[Settlement]:
        """Return the funding settled from ``first_ms`` to before ``end_ms``, ascending.

        Raises:
            FeedError: the venue cannot be reached, or refuses.
            MarketDataError: a figure breaks a rule.
        """


class Minutes:
    """Hands over the minutes of a fixed set of contracts."""

    def __init__(
        self,
        *,
        origin: str,
        instruments: Mapping[str, Instrument],
        source: MinuteSource,
        clock: Clock,
        grace_ms: int,
        funding_interval_ms: int,
        mark_price: Callable[[str], Decimal | None],
        last_settlement: Callable[[str], Settlement | None],
    ) -> None:
        """Begin with the minute that is forming now.

        ``grace_ms`` is how long after a minute's end the source is asked for what the stream did
        not tell. The last two say what was heard last, without asking the venue.
        """
        self._origin = origin
        self._instruments = instruments
        self._source = source
        self._clock = clock
        self._grace_ms = grace_ms
        self._funding_interval_ms = funding_interval_ms
        self._mark_price = mark_price
        self._last_settlement = last_settlement
        self._tapes = {symbol: Tape() for symbol in instruments}
        self._last_close: dict[str, int] = {}
        self._next_ms = _minute_of(clock.now_ms())
        # Settlements up to here belong to the past.
        began_ms = self._next_ms - self._next_ms % max(funding_interval_ms, MINUTE_MS)
        self._settled_ms = dict.fromkeys(instruments, began_ms)
        self._delays = growing_delays(first_ms=_FIRST_DELAY_MS, most_ms=_MOST_DELAY_MS)
        self._news = asyncio.Event()
        self._failure: BaseException | None = None
        self.trouble: str | None = None
        """Why the last repair failed, ``None`` where it did not."""

    @property
    def handed_over_ms(self) -> int:
        """Return when the last minute that was handed over closed."""
        return self._next_ms

    def hear(self, symbol: str, bar: Bar) -> None:
        """Take a bar as it stands now."""
        if self._tapes[symbol].hear(bar):
            self._news.set()

    def interrupt(self) -> None:
        """Say that the stream broke: bars that were forming may have changed unheard."""
        for tape in self._tapes.values():
            tape.interrupt()

    def fail(self, failure: BaseException) -> None:
        """Say that nothing will come any more; whoever waits is told."""
        self._failure = failure
        self._news.set()

    async def history(
        self, minutes: int, *, read: Callable[[float], None] = lambda _: None
    ) -> Market:
        """Return the last minutes that have closed; ``next`` goes on where they end.

        ``read`` is told which share of them (0 to 1) has been read.

        Raises:
            ValueError: ``minutes`` is below one.
            FeedError: the venue cannot be reached, or refuses.
            MarketDataError: a symbol has no candles, or none for a day.
        """
        if minutes < 1:
            raise ValueError(f"expected at least one minute of history, found {minutes}")
        end_ms = _minute_of(self._clock.now_ms() - self._grace_ms)
        first_ms = end_ms - minutes * MINUTE_MS
        bars, funding = {}, {}
        steps = range(first_ms, end_ms, _MOST_READ_MINUTES * MINUTE_MS)
        for place, symbol in enumerate(self._instruments):
            found: list[Bar] = []
            for step, start_ms in enumerate(steps, start=1):
                until_ms = min(start_ms + steps.step, end_ms)
                found += await self._source.bars(symbol, first_ms=start_ms, end_ms=until_ms)
                read((place + step / len(steps)) / len(self._instruments))
            bars[symbol] = _history_of(symbol, found, end_ms=end_ms)
            settled = await self._source.settlements(symbol, first_ms=first_ms, end_ms=end_ms + 1)
            funding[symbol] = FundingRates(
                symbol=symbol,
                at_ms=tuple(each.at_ms for each in settled),
                rate=tuple(each.rate for each in settled),
            )
            if settled:
                self._settled_ms[symbol] = settled[-1].at_ms
        self._go_on_after({symbol: each[-1].close for symbol, each in bars.items()}, end_ms)
        candles = {
            symbol: candles_of(instrument, bars[symbol])
            for symbol, instrument in self._instruments.items()
        }
        return align(candles, funding, origin=self._origin)

    def go_on_after(self, market: Market) -> None:
        """Let ``next`` go on where ``market`` ends: whatever is missing since is asked for."""
        end_ms = int(market.close_ms[-1])
        began_ms = end_ms - end_ms % max(self._funding_interval_ms, MINUTE_MS)
        for symbol in self._instruments:
            settled = market.funding.get(symbol)
            self._settled_ms[symbol] = settled.at_ms[-1] if settled and settled.at_ms else began_ms
        self._go_on_after(
            {symbol: int(each.close[-1]) for symbol, each in market.candles.items()}, end_ms
        )

    async def next(self) -> ClosedMinute:
        """Return the next minute when it has closed for every symbol."""
        while True:
            if self._failure is not None:
                raise InvariantBroken("the feed stopped by a mistake of ours") from self._failure
            self._news.clear()
            open_ms = self._next_ms
            if all(tape.closed(open_ms) is not None for tape in self._tapes.values()):
                return await self._hand_over(open_ms)
            wait_ms = open_ms + MINUTE_MS + self._grace_ms - self._clock.now_ms()
            if wait_ms > 0:
                await self._news_or(wait_ms)
            else:
                await self._repair(open_ms)

    async def _hand_over(self, open_ms: int) -> ClosedMinute:
        close_ms = open_ms + MINUTE_MS
        funding = {
            symbol: await self._settlements(symbol, close_ms) for symbol in self._instruments
        }
        # From here on nothing waits: whoever cancels has either the whole minute or none of it.
        bars = {}
        for symbol, tape in self._tapes.items():
            bar = tape.closed(open_ms)
            if bar is None:
                raise InvariantBroken(f"{symbol}: the closed bar of {open_ms} went away")
            bars[symbol] = bar
        for symbol, settled in funding.items():
            if settled:
                self._settled_ms[symbol] = settled[-1].at_ms
        self._go_on_after({symbol: bar.close for symbol, bar in bars.items()}, close_ms)
        return ClosedMinute(open_ms=open_ms, bars=bars, funding=funding)

    def _go_on_after(self, closes: Mapping[str, int], end_ms: int) -> None:
        self._next_ms = end_ms
        self._last_close.update(closes)
        for tape in self._tapes.values():
            tape.forget(end_ms)

    async def _settlements(self, symbol: str, close_ms: int) -> tuple[Settlement, ...]:
        """Return what was settled since we last looked, up to ``close_ms``."""
        last, before_ms = self._last_settlement(symbol), self._settled_ms[symbol]
        if last is None or last.at_ms <= before_ms:
            return ()
        next_ms = before_ms + self._funding_interval_ms
        if close_ms < min(last.at_ms, next_ms):
            return ()
        if last.at_ms <= next_ms + _SETTLEMENT_SLACK_MS:
            return (last,) if last.at_ms <= close_ms else ()
        try:
            found = await self._source.settlements(
                symbol, first_ms=before_ms + 1, end_ms=min(last.at_ms, close_ms) + 1
            )
        except (FeedError, MarketDataError) as error:
            self.trouble = error.problem  # They come with a later minute.
            return ()
        # The list of the past may lag behind what the stream said.
        is_listed = any(each.at_ms >= last.at_ms for each in found)
        return (*found, last) if last.at_ms <= close_ms and not is_listed else tuple(found)

    async def _repair(self, open_ms: int) -> None:
        """Ask the source for what the stream did not tell, once; wait after a failure."""
        latest_ms = _minute_of(self._clock.now_ms() - self._grace_ms)
        end_ms = min(latest_ms, open_ms + _MOST_REPAIRED_MINUTES * MINUTE_MS)
        try:
            for symbol, tape in self._tapes.items():
                if tape.closed(open_ms) is None:
                    tape.put(await self._asked_for(symbol, open_ms, end_ms))
        except (FeedError, MarketDataError) as error:
            self.trouble = error.problem
            await self._clock.sleep(next(self._delays))
            return
        self.trouble = None
        self._delays = growing_delays(first_ms=_FIRST_DELAY_MS, most_ms=_MOST_DELAY_MS)

    async def _asked_for(self, symbol: str, open_ms: int, end_ms: int) -> list[Bar]:
        """Return a bar of each minute from ``open_ms`` on."""
        close = self._last_close.get(symbol)
        first_ms = open_ms if close is not None else open_ms - _LOOKBACK_MINUTES * MINUTE_MS
        asked = await self._source.bars(symbol, first_ms=first_ms, end_ms=end_ms)
        known = {**self._tapes[symbol].known(), **{bar.open_ms: bar for bar in asked}}
        if close is None:
            before = [bar for bar in asked if bar.open_ms < open_ms]
            close = before[-1].close if before else self._mark_ticks(symbol)
        return without_gaps(known, first_ms=open_ms, end_ms=end_ms, close=close)

    def _mark_ticks(self, symbol: str) -> int:
        """Return the mark price as ticks: the only price of a contract that never traded."""
        price = self._mark_price(symbol)
        if price is None:
            raise MarketDataError(
                f"expected a price of {symbol} to begin with, found none.",
                remedy="Leave out a contract that does not trade.",
            )
        instrument = self._instruments[symbol]
        return ticks_of(instrument.trigger_price(price), instrument)

    async def _news_or(self, wait_ms: int) -> None:
        """Return when a bar closes, or after ``wait_ms``."""
        waits = [
            asyncio.ensure_future(self._news.wait()),
            asyncio.ensure_future(self._clock.sleep(wait_ms)),
        ]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()


def _minute_of(at_ms: int) -> int:
    return at_ms - at_ms % MINUTE_MS


def _history_of(symbol: str, bars: Sequence[Bar], *, end_ms: int) -> list[Bar]:
    """Return the bars up to ``end_ms`` without gaps, from after the last pause of a day on.

    Raises:
        MarketDataError: there is no bar, or none in the last day.
    """
    day_ms = MOST_FILLED_MINUTES * MINUTE_MS
    if not bars or end_ms - bars[-1].open_ms > day_ms:
        raise MarketDataError(
            f"expected candles of {symbol} in the last day, found none.",
            remedy="Leave out a contract that does not trade.",
        )
    starts = [bars[0].open_ms]
    starts += [b.open_ms for a, b in pairwise(bars) if b.open_ms - a.open_ms > day_ms]
    known = {bar.open_ms: bar for bar in bars}
    return without_gaps(known, first_ms=starts[-1], end_ms=end_ms, close=None)
