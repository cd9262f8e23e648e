"""Indicators of candles of marks, by the functions that rules and models are shown them by."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Final

import numpy as np

from autonome.domain.instants import ms_of
from autonome.domain.money import MONEY_UNIT
from autonome.ledger.queries.market_marks import MarkCandle
from autonome.market.frame import Floats, Frame, Frames
from autonome.market.market import Market
from autonome.market.resampling import Bars
from autonome.market.snapshot.readings import lines_of
from autonome.web.payloads.market import IndicatorPoint

__all__ = ["WARM_UP", "indicator_points"]

WARM_UP: Final = 250
"""Candles before the first that is shown: averages have forgotten how they began."""
_SHOWN: Final = ("ema20", "ema50", "bollinger", "rsi14", "macd", "atr14")
_SIGNIFICANT_DIGITS: Final = 10
_PER_UNIT: Final = int(1 / MONEY_UNIT)


def indicator_points(
    symbol: str, candles: Sequence[MarkCandle], *, width: timedelta
) -> list[IndicatorPoint]:
    """Return the indicators of candles that have closed, oldest first, one point for each."""
    if not candles:
        return []
    frame = _frame(symbol, candles, width_ms=width // timedelta(milliseconds=1))
    lines = {name: _numbers(line) for name, line in lines_of(frame, _SHOWN).items()}
    shown = [name for name in IndicatorPoint.model_fields if name in lines]
    return [
        IndicatorPoint.model_construct(at=candle.at, **dict(zip(shown, values, strict=True)))
        for candle, values in zip(
            candles, zip(*(lines[name] for name in shown), strict=True), strict=True
        )
    ]


def _frame(symbol: str, candles: Sequence[MarkCandle], *, width_ms: int) -> Frame:
    opens = np.array([ms_of(each.at) for each in candles], np.int64)
    bars = Bars(
        symbol=symbol,
        tick=MONEY_UNIT,
        open_ms=opens,
        close_ms=opens + width_ms,
        open=_units([each.open for each in candles]),
        high=_units([each.high for each in candles]),
        low=_units([each.low for each in candles]),
        close=_units([each.close for each in candles]),
        # Nothing is traded in marks.
        volume=np.zeros(len(candles)),
    )
    alone = Market(origin="marks", candles={}, funding={})
    return Frame(frames=Frames(alone), minutes=width_ms // 60_000, bars=bars)


def _units(prices: Sequence[Decimal]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array([int(price * _PER_UNIT) for price in prices], np.int64)


def _numbers(line: Floats) -> list[float | None]:
    """Return numbers as JSON can hold them, shorter than binary noise."""
    return [
        float(f"{number:.{_SIGNIFICANT_DIGITS}g}") if math.isfinite(number) else None
        for number in line.tolist()
    ]
