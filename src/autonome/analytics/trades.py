"""Measures of trades: win rate, profit factor, expectancy, holding time, exposure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from statistics import median
from typing import Final, NamedTuple

from autonome.analytics.comparison import TooLittle
from autonome.domain.choices import OrderSide
from autonome.domain.money import ZERO, exact, share
from autonome.domain.value import value
from autonome.ledger.queries.trading import Trip

__all__ = ["Exposure", "TradeMeasures", "WinRate", "exposure", "trade_measures", "win_rate"]

_NORMAL_95: Final = 1.959963984540054
"""The 97.5th percentile of the standard normal distribution."""
_MINUTE: Final = timedelta(minutes=1)
_NO_TRADE: Final = TooLittle(words="needs a trade")


class WinRate(NamedTuple):
    """The fraction of trades that gained, and its 95 % interval."""

    value: float
    low: float
    high: float
    trades: int


@value
class Exposure:
    """How much of the time, and with how much, an account was in the market."""

    time_in_market: float
    """Fraction of the time with any position."""
    mean_leverage: float
    """Entry notional held, averaged over the time, as a multiple of the starting capital."""


@value
class TradeMeasures:
    """Measures of completed trades; P&L is net of fees and funding (quote)."""

    trades: int
    longs: int
    shorts: int
    win_rate: WinRate | TooLittle
    profit_factor: float | TooLittle
    """Sum of gains / sum of losses."""
    expectancy: Decimal | TooLittle
    """Mean P&L of a trade."""
    best: Decimal | None
    worst: Decimal | None
    median_holding_minutes: float | None


def win_rate(*, wins: int, trades: int) -> WinRate | TooLittle:
    """Return wins / trades with the score interval of Wilson (1927, JASA 22, 209-212)."""
    if not trades:
        return _NO_TRADE
    rate, z2 = wins / trades, _NORMAL_95**2
    centre = (rate + z2 / (2 * trades)) / (1 + z2 / trades)
    half = _NORMAL_95 * math.sqrt(rate * (1 - rate) / trades + z2 / (4 * trades**2))
    half /= 1 + z2 / trades
    return WinRate(rate, max(centre - half, 0.0), min(centre + half, 1.0), trades)


@exact
def trade_measures(trips: Sequence[Trip]) -> TradeMeasures:
    """Return the measures of the trips that are completed."""
    closed = [each for each in trips if each.closed_at is not None]
    pnl = [each.realized_pnl for each in closed if each.realized_pnl is not None]
    gains = sum((each for each in pnl if each > 0), start=ZERO)
    losses = -sum((each for each in pnl if each < 0), start=ZERO)
    held = [
        (each.closed_at - each.opened_at) / _MINUTE for each in closed if each.closed_at is not None
    ]
    longs = sum(each.side is OrderSide.LONG for each in closed)
    return TradeMeasures(
        trades=len(closed),
        longs=longs,
        shorts=len(closed) - longs,
        win_rate=win_rate(wins=sum(each > 0 for each in pnl), trades=len(pnl)),
        profit_factor=float(gains) / float(losses)
        if losses
        else TooLittle(words="needs a losing trade"),
        expectancy=share(sum(pnl, start=ZERO), part=Decimal(1), whole=Decimal(len(pnl)))
        if pnl
        else _NO_TRADE,
        best=max(pnl, default=None),
        worst=min(pnl, default=None),
        median_holding_minutes=median(held) if held else None,
    )


def exposure(
    trips: Sequence[Trip], *, start: datetime, end: datetime, capital: Decimal
) -> Exposure | TooLittle:
    """Return the exposure within [``start``, ``end``]; positions that are open last to its end."""
    if end <= start:
        return TooLittle(words="needs a minute, has 0")
    spans = sorted(
        (max(each.opened_at, start), min(each.closed_at or end, end), each.entry_notional)
        for each in trips
    )
    covered, reached, weighted = timedelta(), start, 0.0
    for opened, closed, notional in spans:
        if closed > opened:
            weighted += float(notional) * ((closed - opened) / (end - start))
        if closed > reached:
            covered += closed - max(opened, reached)
            reached = closed
    return Exposure(time_in_market=covered / (end - start), mean_leverage=weighted / float(capital))
