"""Plays a market minute by minute on the fake exchange, as if it happened live."""

from __future__ import annotations

from decimal import Decimal
from typing import Final, Protocol

from autonome.domain.choices import Side
from autonome.domain.money import ZERO
from autonome.market.feeds.clock import Clock
from autonome.market.market import Market
from autonome.testing.lighter.market import FakeMarket, Frame
from autonome.testing.lighter.server import FakeLighter

__all__ = ["MovableClock", "Player", "fake_markets", "load_past"]

_FIRST_MS: Final = 500
"""After the minute began, until its first trade."""
_STEP_MS: Final = 15_000
_DEPTH: Final = 10
_LEVEL_SIZE: Final = Decimal(100)
"""Base units."""
_PERCENT: Final = 2
_DECIMALS_TOGETHER: Final = 6
"""Of a price and a size: the venue counts quote in millionths."""


class MovableClock(Clock, Protocol):
    """A clock that can be waited for."""

    async def reach(self, at_ms: int) -> None:
        """Return at ``at_ms``."""


def fake_markets(market: Market) -> list[FakeMarket]:
    """Return a market of the fake for each symbol, numbered in their order."""
    return [
        FakeMarket(
            symbol,
            number,
            price_decimals=decimals,
            size_decimals=max(_DECIMALS_TOGETHER - decimals, 0),
            mark_price=market.candles[symbol].close_price(0),
        )
        for number, symbol in enumerate(market.symbols)
        for decimals in [-int(market.candles[symbol].tick.normalize().as_tuple().exponent)]
    ]


def load_past(exchange: FakeLighter, market: Market, *, bars: int) -> None:
    """Put the first ``bars`` bars, and what was settled by then, into the exchange's records."""
    for symbol, fake in exchange.markets.items():
        for bar in range(bars):
            _put(fake, market, symbol, bar, now_ms=exchange.clock.now_ms())
        rates = market.funding.get(symbol)
        for at_ms, rate in zip(rates.at_ms, rates.rate, strict=True) if rates else ():
            if at_ms <= market.close_ms_of(bars - 1):
                fake.settle(rate.scaleb(_PERCENT), at_ms=at_ms, now_ms=exchange.clock.now_ms())


class Player:
    """Lets the bars of a market happen: trades, marks, a book around them, settlements."""

    def __init__(
        self, exchange: FakeLighter, market: Market, *, clock: MovableClock, first_bar: int
    ) -> None:
        self._exchange = exchange
        self._market = market
        self._clock = clock
        self._bar = first_bar

    async def play(self, minutes: int) -> None:
        """Play the next minutes. The last of them closes when the one after it begins."""
        for _ in range(minutes):
            await self._play_minute(self._bar)
            self._bar += 1

    async def _play_minute(self, bar: int) -> None:
        """Tell of a bar in four steps: open, two extremes, close."""
        open_ms = int(self._market.open_ms[bar])
        for step in range(4):
            await self._clock.reach(open_ms + _FIRST_MS + step * _STEP_MS)
            if step == 0:
                await self._settle(open_ms)
            for symbol, fake in self._exchange.markets.items():
                await self._step(symbol, fake, bar, step)

    async def _settle(self, at_ms: int) -> None:
        for symbol, rates in self._market.funding.items():
            if at_ms in rates.at_ms:
                percent = rates.rate[rates.at_ms.index(at_ms)].scaleb(_PERCENT)
                await self._exchange.settle(symbol, str(percent), at_ms=at_ms)

    async def _step(self, symbol: str, fake: FakeMarket, bar: int, step: int) -> None:
        row = _row(self._market, symbol, bar)
        seen = [row["o"], row["l"], row["h"], row["c"]][: step + 1]
        price, now_ms = seen[-1], self._clock.now_ms()
        stream = self._exchange.stream
        await self._exchange.quote(symbol, price)
        await stream.publish(fake.set_levels(_book_around(fake, price), now_ms=now_ms))
        if not _is_filled(self._market, symbol, bar):
            volume = row["v"] if step == 3 else row["v"] * (step + 1) / 4
            so_far = {"o": row["o"], "h": max(seen), "l": min(seen), "c": price, "v": volume}
            open_ms = int(self._market.open_ms[bar])
            await stream.publish(fake.put_candle(open_ms, so_far, now_ms=now_ms))


def _put(fake: FakeMarket, market: Market, symbol: str, bar: int, *, now_ms: int) -> None:
    if not _is_filled(market, symbol, bar):
        fake.put_candle(int(market.open_ms[bar]), _row(market, symbol, bar), now_ms=now_ms)


def _row(market: Market, symbol: str, bar: int) -> Frame:
    candles = market.candles[symbol]
    prices = {"o": candles.open, "h": candles.high, "l": candles.low, "c": candles.close}
    row = {name: candles.tick * int(column[bar]) for name, column in prices.items()}
    # The shortest text of a binary number reads back as the same number.
    return row | {"v": Decimal(repr(float(candles.volume[bar])))}


def _is_filled(market: Market, symbol: str, bar: int) -> bool:
    filled = market.candles[symbol].filled
    return filled is not None and bool(filled[bar])


def _book_around(fake: FakeMarket, price: Decimal) -> dict[tuple[Side, Decimal], Decimal]:
    """Return the levels that change where the book moves to ``price``, a tick to either side."""
    tick = Decimal(1).scaleb(-fake.price_decimals)
    levels = {(Side.BUY, old): ZERO for old in fake.bids}
    levels |= {(Side.SELL, old): ZERO for old in fake.asks}
    for depth in range(1, _DEPTH + 1):
        levels[Side.SELL, price + depth * tick] = _LEVEL_SIZE
        if price > depth * tick:
            levels[Side.BUY, price - depth * tick] = _LEVEL_SIZE
    return levels
