"""The live feed of Lighter: marks, books and bars from the stream, the past by REST."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from typing import Final, TypeVar

from autonome.domain.errors import (
    FeedError,
    FeedUnavailable,
    InvariantBroken,
    MarketDataError,
    SettingError,
)
from autonome.domain.instrument import Instrument
from autonome.market.book import Book
from autonome.market.feeds.clock import Clock
from autonome.market.feeds.lighter.listening import CHANNELS_PER_MARKET, Listening
from autonome.market.feeds.lighter.payloads import MarketRow
from autonome.market.feeds.lighter.reading import HOUR_MS, instrument_of, trading_of
from autonome.market.feeds.lighter.rest import LighterRest
from autonome.market.feeds.lighter.series import Series
from autonome.market.feeds.lighter.settings import LighterSettings
from autonome.market.feeds.lighter.stream import MOST_CHANNELS, LighterStream
from autonome.market.feeds.minute import Bar, ClosedMinute, Settlement
from autonome.market.feeds.minutes import Minutes
from autonome.market.feeds.port import Freshness, Funding, Mark, Trading
from autonome.market.market import Market

__all__ = ["LighterFeed"]

_MOST_SYMBOLS: Final = MOST_CHANNELS // CHANNELS_PER_MARKET
_ORIGIN: Final = "lighter"

T = TypeVar("T")


class LighterFeed:
    """Lighter's public data for a fixed set of symbols; a ``LiveFeed``."""

    def __init__(
        self, symbols: Sequence[str], *, clock: Clock, settings: LighterSettings | None = None
    ) -> None:
        """Watch ``symbols``; nothing is connected before ``start``.

        Raises:
            SettingError: there is no symbol, or there are more than one connection carries.
        """
        self._symbols = tuple(sorted(set(symbols)))
        if not 0 < len(self._symbols) <= _MOST_SYMBOLS:
            raise SettingError(
                f"expected 1 to {_MOST_SYMBOLS} symbols of Lighter, found {len(self._symbols)}.",
                remedy="Name fewer symbols.",
            )
        self._clock = clock
        self._settings = settings or LighterSettings()
        self._series: dict[str, Series] = {}
        self._past: _Past | None = None
        self._minutes: Minutes | None = None
        self._listening: Listening | None = None
        self._stream: LighterStream | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._listing_trouble: str | None = None

    @property
    def symbols(self) -> tuple[str, ...]:
        """Return what is watched, sorted."""
        return self._symbols

    @property
    def trouble(self) -> str | None:
        """Return what is wrong with the feed now, in words, ``None`` where nothing is."""
        if self._stream is None or self._listening is None or self._minutes is None:
            return "the feed is not started"
        silence = self._stream.trouble
        if silence is not None and self._listening.complaint is not None:
            silence = f"{silence}; last unusable frame: {self._listening.complaint}"
        return silence or self._minutes.trouble or self._listing_trouble

    async def start(self) -> None:
        """Read the market list, connect, and return when a mark of every symbol is there.

        Raises:
            FeedError: the venue cannot be reached, or does not send what was asked for.
            SettingError: it does not list a symbol.
        """
        if self._past is not None:
            return
        rest = LighterRest(self._settings, clock=self._clock)
        self._past = _Past(rest, self._series)
        try:
            await self._find_markets(rest)
            self._listen(self._past)
            await self._first_marks()
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Disconnect; may be called at any time, and twice."""
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        for task in tasks:
            # A failure was told to whoever waits for a minute; here it would only hide another.
            with suppress(asyncio.CancelledError, Exception):
                await task
        past, self._past = self._past, None
        if past is not None:
            await past.rest.close()

    def instruments(self) -> Mapping[str, Instrument]:
        """Return the contracts by symbol, as the venue lists them; known once started."""
        return {symbol: series.instrument for symbol, series in self._series.items()}

    def trading(self, symbol: str) -> Trading:
        """Return what may be done in a market, as far as was last heard."""
        return self._series[symbol].trading

    async def history(
        self, minutes: int, *, read: Callable[[float], None] = lambda _: None
    ) -> Market:
        """Return the last minutes that have closed, and the funding settled in them.

        ``read`` is told which share of them (0 to 1) has been read.

        Raises:
            FeedError: the venue cannot be reached, or refuses.
            MarketDataError: a symbol has no candles, or none for a day.
        """
        return await _started(self._minutes).history(minutes, read=read)

    def go_on_after(self, market: Market) -> None:
        """Let ``closed_minute`` go on where ``market`` ends, which an earlier feed has read."""
        _started(self._minutes).go_on_after(market)

    def mark(self, symbol: str) -> Mark | None:
        """Return the mark price, ``None`` while it is unknown or too old."""
        series = self._series[symbol]
        age_ms = series.mark_age_ms(self._clock.now_ms())
        is_fresh = age_ms is not None and age_ms <= self._settings.most_mark_age_ms
        return series.mark if is_fresh else None

    def book(self, symbol: str) -> Book | None:
        """Return the order book, ``None`` while it is unknown, too old, broken or unusable."""
        series = self._series[symbol]
        age_ms = series.book_age_ms(self._clock.now_ms())
        is_fresh = age_ms is not None and age_ms <= self._settings.most_book_age_ms
        return series.live_book.book() if is_fresh else None

    async def closed_minute(self) -> ClosedMinute:
        """Return the next minute, when it has closed for every symbol; none is ever left out."""
        return await _started(self._minutes).next()

    def funding(self, symbol: str) -> Funding:
        """Return the last settlement and the next."""
        series = self._series[symbol]
        settled = series.settled
        return Funding(
            settled=settled,
            next_at_ms=settled.at_ms + HOUR_MS if settled is not None else None,
            expected_rate=series.expected_rate,
        )

    def freshness(self, symbol: str) -> Freshness:
        """Return how old each series is."""
        series, now_ms = self._series[symbol], self._clock.now_ms()
        return Freshness(
            mark_ms=series.mark_age_ms(now_ms),
            book_ms=series.book_age_ms(now_ms),
            minute_ms=now_ms - _started(self._minutes).handed_over_ms,
            funding_ms=now_ms - series.settled.at_ms if series.settled is not None else None,
        )

    async def _find_markets(self, rest: LighterRest) -> None:
        listed = {row.symbol: row for row in await rest.markets()}
        for symbol in self._symbols:
            row = listed.get(symbol)
            if row is None:
                raise SettingError(
                    f"expected a perpetual market of Lighter, found {symbol!r}.",
                    remedy=f"Choose among {', '.join(sorted(listed))}.",
                )
            self._series[symbol] = Series(
                market=row.market_id, instrument=instrument_of(row), trading=trading_of(row)
            )

    def _listen(self, past: _Past) -> None:
        self._minutes = Minutes(
            origin=_ORIGIN,
            instruments=self.instruments(),
            source=past,
            clock=self._clock,
            grace_ms=self._settings.grace_ms,
            funding_interval_ms=HOUR_MS,
            mark_price=self._mark_price,
            last_settlement=lambda symbol: self._series[symbol].settled,
        )
        self._listening = Listening(self._series.values(), self._minutes, clock=self._clock)
        self._stream = LighterStream(
            self._settings, self._listening.channels, self._listening, clock=self._clock
        )
        self._tasks = [
            asyncio.create_task(self._stream.run()),
            asyncio.create_task(self._watch_markets(past.rest)),
        ]
        for task in self._tasks:
            task.add_done_callback(self._on_end)

    async def _first_marks(self) -> None:
        listening = _started(self._listening)
        try:
            async with asyncio.timeout(self._settings.start_timeout_ms / 1000):
                while any(series.mark is None for series in self._series.values()):
                    listening.news.clear()
                    await listening.news.wait()
        except TimeoutError:
            silent = [symbol for symbol, series in self._series.items() if series.mark is None]
            raise FeedUnavailable(
                f"expected marks of {', '.join(silent)} from Lighter within"
                f" {self._settings.start_timeout_ms} ms, found none: {self.trouble}.",
                remedy=f"Check the network, and that {self._settings.stream_url} can be reached.",
            ) from None

    async def _watch_markets(self, rest: LighterRest) -> None:
        """Read the market list again and again, for what may be traded."""
        while True:
            await self._clock.sleep(self._settings.listing_ms)
            try:
                listed = {row.symbol: row for row in await rest.markets()}
                changed = [s for s in self._symbols if self._has_new_terms(s, listed.get(s))]
            except (FeedError, MarketDataError, SettingError) as error:
                self._listing_trouble = error.problem
                continue
            self._listing_trouble = (
                f"new terms of {', '.join(changed)}: start again" if changed else None
            )

    def _has_new_terms(self, symbol: str, row: MarketRow | None) -> bool:
        """Take over what may be traded; return whether tick, lot or margin are others now."""
        series = self._series[symbol]
        series.trading = trading_of(row) if row is not None else Trading.CLOSED
        return row is not None and instrument_of(row) != series.instrument

    def _mark_price(self, symbol: str) -> Decimal | None:
        mark = self._series[symbol].mark
        return mark.price if mark is not None else None

    def _on_end(self, task: asyncio.Task[None]) -> None:
        """Pass on the failure of a task that should run for ever."""
        failure = None if task.cancelled() else task.exception()
        if failure is not None and self._minutes is not None:
            self._minutes.fail(failure)


class _Past:
    """Lighter's REST as the source of bars and settlements; a ``MinuteSource``."""

    def __init__(self, rest: LighterRest, series: Mapping[str, Series]) -> None:
        self.rest = rest
        self._series = series

    async def bars(self, symbol: str, *, first_ms: int, end_ms: int) -> Sequence[Bar]:
        """Return the bars that open from ``first_ms`` to before ``end_ms``, ascending."""
        series = self._series[symbol]
        return await self.rest.bars(
            series.market, series.instrument, first_ms=first_ms, end_ms=end_ms
        )

    async def settlements(self, symbol: str, *, first_ms: int, end_ms: int) -> Sequence[Settlement]:
        """Return the funding settled from ``first_ms`` to before ``end_ms``, ascending."""
        series = self._series[symbol]
        return await self.rest.settlements(series.market, first_ms=first_ms, end_ms=end_ms)


def _started(part: T | None) -> T:
    if part is None:
        raise InvariantBroken("expected a feed that was started")
    return part
