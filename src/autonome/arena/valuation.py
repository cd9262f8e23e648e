"""NAV minute by minute: between two events it is linear in the closes, exact in int64."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import Final

import numpy as np

from autonome.arena.account import Account
from autonome.domain.errors import InvariantBroken
from autonome.domain.money import MONEY_UNIT, exact
from autonome.domain.value import value
from autonome.ledger.journal.port import MarkPoints, NavPoints
from autonome.market.candles import MINUTE_MS, Candles, Ints
from autonome.market.market import Market

__all__ = ["NavBook", "mark_points"]

_LARGEST: Final = 2**62
"""Sums of int64 below this cannot overflow."""
_DAY_MS: Final = 24 * 60 * MINUTE_MS
_PLACES: Final = 8
_NO_BARS: Final = np.empty(0, dtype=np.int64)


@value
class _Segment:
    """Bars between two events of an arm: NAV = base + sum of size x close."""

    end_bar: int
    base: int
    """1e-8 of quote."""
    per_tick: dict[str, int]
    """By symbol: what one tick of its close is worth, 1e-8 of quote."""


class NavBook:
    """The NAV of one arm: events cut it into segments, which are computed when needed."""

    def __init__(
        self,
        market: Market,
        model_id: str,
        nav: Decimal,
        *,
        first_bar: int = 0,
        peak: Decimal | None = None,
        day_opening: Decimal | None = None,
    ) -> None:
        """Keep the NAV from ``first_bar`` on; ``nav`` (quote) is that of the bar before it."""
        self._market = market
        self._model_id = model_id
        self._segments: list[_Segment] = []
        self._cut_bar = self._folded_bar = self._drained_bar = first_bar
        self._folded: list[Ints] = []
        self._last = _units(nav)
        self.peak = nav if peak is None else peak
        """The highest NAV folded so far (quote)."""
        self.day_opening = nav if day_opening is None else day_opening
        """The NAV with which the UTC day of the last folded bar's close began (quote)."""
        self._peak = _units(self.peak)
        self._highest = {
            symbol: int(candles.close.max()) for symbol, candles in market.candles.items()
        }

    def grow(self, market: Market) -> None:
        """Go on with a market that has more bars."""
        self._market = market
        for symbol, candles in market.candles.items():
            newest = int(candles.close[self._drained_bar :].max(initial=0))
            self._highest[symbol] = max(self._highest[symbol], newest)

    def cut(self, bar: int, account: Account) -> None:
        """Say that ``account`` stood until the close of the bar before ``bar``."""
        if bar <= self._cut_bar:
            return
        base = _units(account.cash_flow)
        room = _LARGEST - abs(base)
        per_tick = {}
        for symbol, holding in account.holdings.items():
            worth = _units(holding.position.size * self._market.candles[symbol].tick)
            per_tick[symbol] = worth
            room -= abs(worth) * self._highest[symbol]
        if room <= 0:
            raise InvariantBroken(f"the NAV of {self._model_id} does not fit 64 bits")
        self._segments.append(_Segment(end_bar=bar, base=base, per_tick=per_tick))
        self._cut_bar = bar

    def fold(self) -> None:
        """Compute every segment that was cut; peak and day opening follow."""
        first, end = self._folded_bar, self._cut_bar
        if first == end:
            return
        nav = _nav(self._market, self._segments, first, end)
        self._folded.append(nav)
        self._segments.clear()
        self._folded_bar = end
        self._peak = max(self._peak, int(nav.max()))
        self.peak = self._peak * MONEY_UNIT
        end_ms = self._market.close_ms_of(end - 1)
        # A day opens with the NAV of the last bar that closed at its beginning or before.
        midnight_ms = end_ms - end_ms % _DAY_MS
        closed = self._market.bar_opening_at_or_after(midnight_ms - MINUTE_MS + 1)
        if closed >= first:
            opening = int(nav[closed - 1 - first]) if closed > first else self._last
            self.day_opening = opening * MONEY_UNIT
        self._last = int(nav[-1])

    def begin_peak(self, nav: Decimal) -> None:
        """Let ``nav`` (quote) be the highest so far: what was folded before counts no more."""
        self.peak, self._peak = nav, _units(nav)

    def begin_day(self, nav: Decimal) -> None:
        """Let ``nav`` (quote) be that with which the present day began."""
        self.day_opening, self._last = nav, _units(nav)

    def drain(self) -> NavPoints:
        """Return every point that was cut and not drained yet."""
        self.fold()
        first, end = self._drained_bar, self._folded_bar
        parts = self._folded
        nav = parts[0] if len(parts) == 1 else np.concatenate([_NO_BARS, *parts])
        self._folded.clear()
        self._drained_bar = end
        return NavPoints(model_id=self._model_id, at_ms=self._market.close_ms[first:end], nav=nav)


def _nav(market: Market, segments: list[_Segment], first: int, end: int) -> Ints:
    """Return the NAV at the close of each bar of the segments, 1e-8 of quote."""
    if len(segments) == 1:
        only = segments[0]
        worths = [
            market.candles[symbol].close[first:end] * per_tick
            for symbol, per_tick in only.per_tick.items()
        ]
        if not worths:
            return np.full(end - first, only.base, dtype=np.int64)
        nav = worths[0]
        nav += only.base
        for worth in worths[1:]:
            nav += worth
        return nav
    ends = [each.end_bar for each in segments]
    lengths = [end - begin for begin, end in pairwise([first, *ends])]
    nav = np.repeat(np.array([each.base for each in segments], dtype=np.int64), lengths)
    for symbol in sorted(set().union(*[each.per_tick for each in segments])):
        worth = np.array([each.per_tick.get(symbol, 0) for each in segments], dtype=np.int64)
        nav += market.candles[symbol].close[first:end] * np.repeat(worth, lengths)
    return nav


@exact
def mark_points(candles: Candles, *, first_bar: int, end_bar: int) -> MarkPoints:
    """Return the marks of one symbol: the close of each minute."""
    bars = slice(first_bar, end_bar)
    return MarkPoints(
        symbol=candles.symbol,
        at_ms=candles.close_ms[bars],
        price=candles.close[bars] * _units(candles.tick),
    )


def _units(amount: Decimal) -> int:
    """Return an amount (quote) as whole units of 1e-8."""
    scaled = amount.scaleb(_PLACES)
    units = int(scaled)
    if units != scaled:
        raise InvariantBroken(f"expected a multiple of {MONEY_UNIT}, found {amount}")
    return units
