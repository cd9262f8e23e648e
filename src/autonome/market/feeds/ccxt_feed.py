"""The live feed of any exchange that ccxt knows: polled, for what ccxt offers of all alike."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from typing import Any, Final

from autonome.domain.errors import FeedError, FeedUnavailable, InvariantBroken, MarketDataError
from autonome.domain.instrument import Instrument
from autonome.market.book import Book
from autonome.market.candles import MINUTE_MS
from autonome.market.feeds.ccxt_exchange import CcxtExchange, asked
from autonome.market.feeds.ccxt_reading import (
    Contract,
    bar_of,
    book_of,
    contract_of,
    number_of,
    settlement_of,
)
from autonome.market.feeds.clock import Clock
from autonome.market.feeds.minute import Bar, ClosedMinute, Settlement
from autonome.market.feeds.minutes import Minutes
from autonome.market.feeds.port import Freshness, Funding, Mark, Trading
from autonome.market.market import Market

__all__ = ["CcxtFeed"]

_POLL_MS: Final = 5_000
_MOST_AGE_MS: Final = 30_000
"""An older mark or book is not served."""
_GRACE_MS: Final = 3_000
"""After the end of a minute, until its bar is asked for."""
_BARS_PER_PAGE: Final = 500
_SETTLEMENTS_PER_PAGE: Final = 100
_BOOK_LEVELS: Final = 50


class _Series:
    """What is known of one contract at present."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.book: Book | None = None
        self.mark: Mark | None = None
        self.polled_ms: int | None = None
        """When book and mark came."""
        self.settled: Settlement | None = None
        self.expected: Settlement | None = None
        """The coming settlement, at the rate that was last told."""

    def hear_funding(self, answer: Mapping[str, Any]) -> None:
        """Take the coming settlement; the one that was expected before it has passed then."""
        at_ms, rate = answer.get("fundingTimestamp"), answer.get("fundingRate")
        if at_ms is None or rate is None:
            return
        coming = settlement_of({"timestamp": at_ms, "fundingRate": rate})
        if self.expected is not None and coming.at_ms > self.expected.at_ms:
            self.settled = self.expected
        self.expected = coming


class CcxtFeed:
    """Public data of one exchange for a fixed set of symbols, polled; a ``LiveFeed``.

    Marks are the venue's where ccxt tells them, else the middle of the book.
    """

    def __init__(
        self, exchange: CcxtExchange, symbols: Sequence[str], *, name: str, clock: Clock
    ) -> None:
        """Watch ``symbols`` (base currencies); nothing is asked before ``start``."""
        self._exchange = exchange
        self._symbols = tuple(sorted(set(symbols)))
        self._name = name
        self._clock = clock
        self._series: dict[str, _Series] = {}
        self._minutes: Minutes | None = None
        self._task: asyncio.Task[None] | None = None
        self._poll_trouble: str | None = None

    @property
    def symbols(self) -> tuple[str, ...]:
        """Return what is watched, sorted."""
        return self._symbols

    @property
    def trouble(self) -> str | None:
        """Return what is wrong with the feed now, in words, ``None`` where nothing is."""
        if self._minutes is None:
            return "the feed is not started"
        return self._poll_trouble or self._minutes.trouble

    async def start(self) -> None:
        """Read the market list, and return when a mark of every symbol is there.

        Raises:
            FeedError: the venue cannot be reached.
            MarketDataError: what it says cannot be read exactly.
            SettingError: it does not list a symbol.
        """
        if self._task is not None:
            return
        try:
            await self._begin()
        except BaseException:
            await self.stop()
            raise

    async def _begin(self) -> None:
        markets = await asked(self._exchange.load_markets())
        mode = self._exchange.precisionMode
        self._series = {
            symbol: _Series(contract_of(symbol, markets, precision_mode=mode))
            for symbol in self._symbols
        }
        self._minutes = Minutes(
            origin=f"ccxt:{self._name}",
            instruments=self.instruments(),
            source=self,
            clock=self._clock,
            grace_ms=_GRACE_MS,
            # Every settlement is looked up: intervals differ, and what was told was an estimate.
            funding_interval_ms=0,
            mark_price=self._mark_price,
            last_settlement=lambda symbol: self._series[symbol].settled,
        )
        await self._poll()
        self._task = asyncio.create_task(self._keep_polling())
        self._task.add_done_callback(self._on_end)

    async def stop(self) -> None:
        """Disconnect; may be called at any time, and twice."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await task
        await self._exchange.close()

    def instruments(self) -> Mapping[str, Instrument]:
        """Return the contracts by symbol; known once started."""
        return {symbol: each.contract.instrument for symbol, each in self._series.items()}

    def trading(self, symbol: str) -> Trading:
        """Return OPEN: ccxt tells of closed markets in its list only, where they are left out."""
        return Trading.OPEN

    async def history(
        self, minutes: int, *, read: Callable[[float], None] = lambda _: None
    ) -> Market:
        """Return the last minutes that have closed, and the funding settled in them.

        ``read`` is told which share of them (0 to 1) has been read.

        Raises:
            FeedError: the venue cannot be reached.
            MarketDataError: a symbol has no candles, or none for a day.
        """
        return await self._started().history(minutes, read=read)

    def go_on_after(self, market: Market) -> None:
        """Let ``closed_minute`` go on where ``market`` ends, which an earlier feed has read."""
        self._started().go_on_after(market)

    def mark(self, symbol: str) -> Mark | None:
        """Return the mark price, ``None`` while it is unknown or too old."""
        series = self._series[symbol]
        return series.mark if self._is_fresh(series) else None

    def book(self, symbol: str) -> Book | None:
        """Return the order book, ``None`` while it is unknown, too old or unusable."""
        series = self._series[symbol]
        is_usable = series.book is not None and series.book.flaw is None
        return series.book if is_usable and self._is_fresh(series) else None

    async def closed_minute(self) -> ClosedMinute:
        """Return the next minute, when it has closed for every symbol; none is ever left out."""
        return await self._started().next()

    def funding(self, symbol: str) -> Funding:
        """Return the last settlement that was seen, and the next."""
        series = self._series[symbol]
        expected = series.expected
        return Funding(
            settled=series.settled,
            next_at_ms=expected.at_ms if expected is not None else None,
            expected_rate=expected.rate if expected is not None else None,
        )

    def freshness(self, symbol: str) -> Freshness:
        """Return how old each series is."""
        series, now_ms = self._series[symbol], self._clock.now_ms()
        polled_ms = now_ms - series.polled_ms if series.polled_ms is not None else None
        return Freshness(
            mark_ms=polled_ms,
            book_ms=polled_ms,
            minute_ms=now_ms - self._started().handed_over_ms,
            funding_ms=now_ms - series.settled.at_ms if series.settled is not None else None,
        )

    async def bars(self, symbol: str, *, first_ms: int, end_ms: int) -> Sequence[Bar]:
        """Return the bars that open from ``first_ms`` to before ``end_ms``, ascending."""
        contract, found = self._series[symbol].contract, {}
        for since_ms in range(first_ms, end_ms, _BARS_PER_PAGE * MINUTE_MS):
            rows = await asked(
                self._exchange.fetch_ohlcv(contract.name, "1m", since_ms, _BARS_PER_PAGE)
            )
            for bar in (bar_of(row, contract) for row in rows):
                if first_ms <= bar.open_ms < end_ms:
                    found[bar.open_ms] = bar
        return [found[open_ms] for open_ms in sorted(found)]

    async def settlements(self, symbol: str, *, first_ms: int, end_ms: int) -> Sequence[Settlement]:
        """Return the funding settled from ``first_ms`` to before ``end_ms``, ascending.

        Nothing where the exchange does not tell of the past.
        """
        if not self._exchange.has.get("fetchFundingRateHistory"):
            return ()
        name = self._series[symbol].contract.name
        found: dict[int, Settlement] = {}
        hour_ms = 60 * MINUTE_MS
        # Nobody settles more often than hourly: a page has room for a hundred hours.
        for since_ms in range(first_ms, end_ms, _SETTLEMENTS_PER_PAGE * hour_ms):
            rows = await asked(
                self._exchange.fetch_funding_rate_history(name, since_ms, _SETTLEMENTS_PER_PAGE)
            )
            for settled in (settlement_of(row) for row in rows):
                if first_ms <= settled.at_ms < end_ms:
                    found[settled.at_ms] = settled
        return [found[at_ms] for at_ms in sorted(found)]

    async def _keep_polling(self) -> None:
        while True:
            await self._clock.sleep(_POLL_MS)
            try:
                await self._poll()
            except (FeedError, MarketDataError) as error:
                self._poll_trouble = error.problem
            else:
                self._poll_trouble = None

    async def _poll(self) -> None:
        """Ask for the present of every symbol."""
        for symbol, series in self._series.items():
            name = series.contract.name
            answer = await asked(self._exchange.fetch_order_book(name, _BOOK_LEVELS))
            now_ms = self._clock.now_ms()
            book = book_of(answer, series.contract, at_ms=now_ms)
            rates = await asked(self._exchange.fetch_funding_rate(name))
            series.hear_funding(rates)
            if rates.get("markPrice") is not None:
                series.mark = Mark(number_of(rates["markPrice"]), now_ms)
            elif book.flaw is None:
                series.mark = Mark(book.mid_price(), now_ms)
            else:
                raise FeedUnavailable(
                    f"expected a mark or a sound book of {symbol}, found a book that {book.flaw}.",
                    remedy="Wait; or leave out a contract that does not trade.",
                )
            series.book, series.polled_ms = book, now_ms

    def _is_fresh(self, series: _Series) -> bool:
        polled_ms = series.polled_ms
        return polled_ms is not None and self._clock.now_ms() - polled_ms <= _MOST_AGE_MS

    def _mark_price(self, symbol: str) -> Decimal | None:
        mark = self._series[symbol].mark
        return mark.price if mark is not None else None

    def _on_end(self, task: asyncio.Task[None]) -> None:
        failure = None if task.cancelled() else task.exception()
        if failure is not None:
            self._started().fail(failure)

    def _started(self) -> Minutes:
        if self._minutes is None:
            raise InvariantBroken("expected a feed that was started")
        return self._minutes
