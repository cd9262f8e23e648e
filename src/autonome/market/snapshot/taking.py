"""Take the snapshot of a cycle from closed bars, and from what a live feed knows beside them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from decimal import Decimal
from typing import Final, NamedTuple

import numpy as np

from autonome.domain.policy.limits import LIMITS
from autonome.market.candles import MINUTE_MS, Candles, FundingRates
from autonome.market.frame import Frame, Frames
from autonome.market.market import Market
from autonome.market.observation import Observation
from autonome.market.snapshot.figures import figure, figures
from autonome.market.snapshot.readings import lines_of
from autonome.market.snapshot.snapshot import (
    Candle,
    FundingFacts,
    Quoted,
    Snapshot,
    SymbolSnapshot,
    Timeframe,
)

__all__ = [
    "LINE_LENGTH",
    "MOST_MARK_AGE_MS",
    "candles_of",
    "funding_facts",
    "recent_market",
    "take_snapshot",
]

LINE_LENGTH: Final = 10
"""Values of each line that are kept."""
MOST_MARK_AGE_MS: Final = LIMITS.max_mark_age_ms
"""Beyond it a symbol is stale: the policy's own limit."""
_DAY_MS: Final = 24 * 60 * MINUTE_MS
_BPS_PER_UNIT: Final = 10_000


class _Recipe(NamedTuple):
    """What is shown of one length of bars."""

    minutes: int
    days: int
    """Of history that is computed with: the indicators' warm-up, and then enough for averages to
    forget how they began."""
    candles: int
    indicators: tuple[str, ...]


_OF_TREND: Final = (
    "ema20",
    "ema50",
    "macd",
    "rsi14",
    "atr14",
    "adx14",
    "bollinger",
    "keltner",
    "supertrend",
    "ichimoku",
    "range20",
)
_RECIPES: Final = (
    _Recipe(
        minutes=5,
        days=2,
        candles=180,
        indicators=(
            "ema20",
            "ema50",
            "macd",
            "rsi7",
            "rsi14",
            "atr14",
            "vwap",
            "relative_volume",
        ),
    ),
    _Recipe(minutes=60, days=14, candles=0, indicators=_OF_TREND),
    _Recipe(minutes=240, days=34, candles=90, indicators=_OF_TREND),
)


def take_snapshot(
    observation: Observation,
    *,
    now_ms: int | None = None,
    quoted: Mapping[str, Quoted] | None = None,
) -> Snapshot:
    """Return what models see of the market at ``now_ms``, the observation's instant by default.

    It depends on bars that have closed and on funding that has been settled, and on nothing later.
    """
    at_ms = observation.at_ms if now_ms is None else now_ms
    frames = {
        recipe.minutes: Frames(recent_market(observation, days=recipe.days)) for recipe in _RECIPES
    }
    known = quoted or {}
    return Snapshot(
        at_ms=at_ms,
        symbols=tuple(
            _symbol(observation, frames, symbol, at_ms, known.get(symbol))
            for symbol in observation.symbols
        ),
    )


def recent_market(observation: Observation, *, days: int) -> Market:
    """Return the closed bars of so many whole UTC days, and of the day that goes on.

    It begins at midnight, so that no bar of up to a day is cut, and sessions are whole.
    """
    market, closed = observation.market, observation.closed_bars
    midnight_ms = (observation.at_ms - 1) // _DAY_MS * _DAY_MS
    first = min(market.bar_opening_at_or_after(midnight_ms - days * _DAY_MS), closed)
    candles = {symbol: each.between(first, closed) for symbol, each in market.candles.items()}
    return Market(origin=market.origin, candles=candles, funding={})


def _symbol(
    observation: Observation,
    frames: Mapping[int, Frames],
    symbol: str,
    at_ms: int,
    quoted: Quoted | None,
) -> SymbolSnapshot:
    candles = observation.bars(symbol)
    mark, marked_ms = observation.last_close(symbol), _last_traded_ms(candles)
    if quoted is not None and quoted.mark is not None:
        mark, marked_ms = quoted.mark, quoted.at_ms
    change, volume = _last_day(candles)
    mid, spread_bps = _book(quoted)
    return SymbolSnapshot(
        symbol=symbol,
        mark=mark,
        mark_age_ms=at_ms - marked_ms,
        is_stale=at_ms - marked_ms > MOST_MARK_AGE_MS,
        change_24h=change,
        volume_24h=volume,
        mid=mid,
        spread_bps=spread_bps,
        open_interest=None if quoted is None else quoted.open_interest,
        funding=funding_facts(observation.market.funding.get(symbol), observation.at_ms, quoted),
        timeframes=tuple(
            _timeframe(frames[recipe.minutes], candles, recipe, at_ms) for recipe in _RECIPES
        ),
    )


def _timeframe(frames: Frames, of: Candles, recipe: _Recipe, at_ms: int) -> Timeframe:
    frame = frames.frame(of.symbol, minutes=recipe.minutes)
    close_ms = int(frame.close_ms[-1]) if len(frame) else None
    computed = lines_of(frame, recipe.indicators) if len(frame) else {}
    lines = {name: figures(line[-LINE_LENGTH:]) for name, line in computed.items()}
    return Timeframe(
        minutes=recipe.minutes,
        close_ms=close_ms,
        age_ms=None if close_ms is None else at_ms - close_ms,
        lines={name: line for name, line in lines.items() if line[-1] is not None},
        candles=candles_of(frame, recipe.candles, tick=of.tick),
    )


def candles_of(frame: Frame, count: int, *, tick: Decimal) -> tuple[Candle, ...]:
    """Return the last ``count`` bars of a frame, oldest first, prices exact."""
    first = max(len(frame) - count, 0)
    prices = [
        [tick * ticks for ticks in np.rint(column[first:] / float(tick)).astype(np.int64).tolist()]
        for column in (frame.open, frame.high, frame.low, frame.close)
    ]
    volumes = figures(frame.volume[first:])
    rows = zip(frame.close_ms[first:].tolist(), *prices, volumes, strict=True)
    return tuple([Candle(*row) for row in rows])


def _last_traded_ms(candles: Candles) -> int:
    """Return when the last bar closed that is in the data; the first one's opening at the least."""
    last = len(candles) - 1
    if candles.filled is not None:
        real = np.flatnonzero(~candles.filled)
        last = int(real[-1]) if len(real) else 0
    return int(candles.close_ms[last])


def _last_day(candles: Candles) -> tuple[Decimal | None, Decimal | None]:
    """Return change (fraction) and volume (quote) of the last 24 hours."""
    since_ms = int(candles.close_ms[-1]) - _DAY_MS
    before = int(np.searchsorted(candles.close_ms, since_ms, side="right"))
    if not before:
        return None, None
    closes = candles.close[before - 1 :].astype(np.float64)
    traded = closes[1:] * candles.volume[before:] * float(candles.tick)
    return figure(closes[-1] / closes[0] - 1), figure(traded.sum())


def _book(quoted: Quoted | None) -> tuple[Decimal | None, Decimal | None]:
    """Return mid and spread, where both sides are known and do not cross."""
    if quoted is None or quoted.bid is None or quoted.ask is None or quoted.bid > quoted.ask:
        return None, None
    mid = (quoted.bid + quoted.ask) / 2
    return mid, figure(float(quoted.ask - quoted.bid) / float(mid) * _BPS_PER_UNIT)


def funding_facts(
    rates: FundingRates | None, until_ms: int, quoted: Quoted | None
) -> FundingFacts | None:
    """Return the last settlement at or before ``until_ms``."""
    count = 0 if rates is None else bisect_right(rates.at_ms, until_ms)
    if rates is None or not count:
        return None
    settled_ms = rates.at_ms[count - 1]
    next_ms = None if quoted is None else quoted.next_funding_ms
    if next_ms is None and count > 1:
        next_ms = settled_ms + (settled_ms - rates.at_ms[count - 2])
    return FundingFacts(rate=rates.rate[count - 1], settled_ms=settled_ms, next_ms=next_ms)
