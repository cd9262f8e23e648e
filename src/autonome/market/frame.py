"""Frames: the closed bars of one symbol as columns of numbers, for indicators and rules."""

from __future__ import annotations

from functools import cached_property
from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import NDArray

from autonome.domain.errors import SettingError
from autonome.market.candles import Candles, Ints
from autonome.market.market import Market
from autonome.market.resampling import Bars, resample

__all__ = ["Floats", "Frame", "Frames"]

Floats = NDArray[np.float64]


class Frames:
    """The frames of one market, each made once as long as somebody keeps it.

    A frame keeps these, and those that were made at its request: nothing goes in a circle, so that
    the columns of a market that has grown since are gone with the last who uses them.
    """

    def __init__(self, market: Market) -> None:
        self._market = market
        self._made: WeakValueDictionary[tuple[str, int], Frame] = WeakValueDictionary()

    def frame(self, symbol: str, *, minutes: int) -> Frame:
        """Return the bars of ``symbol`` that are ``minutes`` long.

        Raises:
            SettingError: the market has no such symbol, or the length is below one minute.
        """
        made = self.known(symbol, minutes=minutes)
        if made is None:
            made = self._made[symbol, minutes] = self._make(symbol, minutes)
        return made

    def known(self, symbol: str, *, minutes: int) -> Frame | None:
        """Return a frame that somebody keeps."""
        return self._made.get((symbol, minutes))

    def funding_rates(self, symbol: str) -> tuple[Ints, Floats]:
        """Return when funding of a symbol was settled, and at which rates."""
        rates = self._market.funding.get(symbol)
        if rates is None:
            return np.empty(0, np.int64), np.empty(0)
        return np.array(rates.at_ms, np.int64), np.array(rates.rate, np.float64)

    def _make(self, symbol: str, minutes: int) -> Frame:
        candles = self._market.candles.get(symbol)
        if candles is None:
            raise SettingError(
                f"expected a symbol of the market, found {symbol!r}.",
                remedy=f"Take one of {', '.join(self._market.symbols)}.",
            )
        if minutes < 1:
            raise SettingError(
                f"expected bars of at least one minute, found {minutes!r}.",
                remedy="Ask for whole minutes: 1, 5, 60, 240.",
            )
        return Frame(frames=self, minutes=minutes, bars=_bars(candles, minutes))


class Frame:
    """The closed bars of one symbol and one length; every column has one item per bar, (n,).

    A row may be used from its ``close_ms`` on. A bar that is still forming has no row.
    """

    def __init__(self, *, frames: Frames, minutes: int, bars: Bars) -> None:
        self._frames = frames
        self._bars = bars
        self._kept: list[Frame] = []
        """Frames that were made at the request of this one."""
        self.symbol = bars.symbol
        self.minutes = minutes
        """Length of a bar."""

    def __len__(self) -> int:
        return len(self._bars)

    @property
    def close_ms(self) -> Ints:
        """Return when each bar closes and may first be seen, milliseconds since 1970 UTC."""
        return self._bars.close_ms

    @cached_property
    def open(self) -> Floats:
        """Return the opening prices (quote)."""
        return self._prices(self._bars.open)

    @cached_property
    def high(self) -> Floats:
        """Return the highest prices (quote)."""
        return self._prices(self._bars.high)

    @cached_property
    def low(self) -> Floats:
        """Return the lowest prices (quote)."""
        return self._prices(self._bars.low)

    @cached_property
    def close(self) -> Floats:
        """Return the closing prices (quote)."""
        return self._prices(self._bars.close)

    @property
    def volume(self) -> Floats:
        """Return what traded (base units)."""
        return self._bars.volume

    @cached_property
    def funding_rate(self) -> Floats:
        """Return the rate last settled when each bar closes; NaN before the first settlement.

        A fraction of the notional for the whole settlement interval; positive: longs pay.
        """
        return _last_known(self.close_ms, *self._frames.funding_rates(self.symbol))

    def at(self, minutes: int) -> Frame:
        """Return the same symbol in bars of another length; join them with ``latest``."""
        return self._other(self.symbol, minutes)

    def of(self, symbol: str) -> Frame:
        """Return another symbol in bars of the same length; join them with ``latest``."""
        return self._other(symbol, self.minutes)

    def _other(self, symbol: str, minutes: int) -> Frame:
        frame = self._frames.known(symbol, minutes=minutes)
        if frame is None:
            frame = self._frames.frame(symbol, minutes=minutes)
            self._kept.append(frame)
        return frame

    def latest(self, other: Frame, values: NDArray[np.generic]) -> Floats:
        """Return, for each row of this frame, the value of the last bar of ``other`` closed then.

        ``values`` has one item per row of ``other``; NaN where none of its bars had closed.

        Raises:
            ValueError: ``values`` is not as long as ``other``.
        """
        if len(values) != len(other):
            raise ValueError(
                f"expected one value per bar of {other.symbol} {other.minutes}m ({len(other)}),"
                f" found {len(values)}"
            )
        return _last_known(self.close_ms, other.close_ms, values)

    def _prices(self, ticks: Ints) -> Floats:
        # Where a unit is a whole number of ticks, dividing gives the nearest number to the exact
        # price, so that its shortest text is the price itself.
        tick = self._bars.tick
        numerator, per_unit = tick.as_integer_ratio()
        whole = numerator == 1
        prices = ticks / np.float64(per_unit) if whole else ticks * np.float64(tick)
        prices.setflags(write=False)
        return prices


def _bars(candles: Candles, minutes: int) -> Bars:
    if minutes > 1:
        return resample(candles, minutes)
    # Candles are bars of one minute already: nothing is copied.
    return Bars(
        symbol=candles.symbol,
        tick=candles.tick,
        open_ms=candles.open_ms,
        close_ms=candles.close_ms,
        open=candles.open,
        high=candles.high,
        low=candles.low,
        close=candles.close,
        volume=candles.volume,
    )


def _last_known(at_ms: Ints, known_ms: Ints, values: NDArray[np.generic]) -> Floats:
    """Return the last of ``values`` known at each instant, NaN before the first."""
    rows = np.searchsorted(known_ms, at_ms, side="right")
    return np.append(np.nan, values.astype(np.float64))[rows]
