"""Indicators in plain Python, written from their definitions, to hold ours against.

Nothing is shared with the code under test: lists of floats, one row at a time, ``None`` for a row
without a value.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import sqrt

__all__ = [
    "adx",
    "atr",
    "deviation",
    "ema",
    "macd",
    "mean",
    "middle",
    "rsi",
    "supertrend",
    "true_ranges",
    "vwap",
]

Column = list[float | None]
Values = Sequence[float]


def mean(values: Values, bars: int) -> Column:
    return [
        sum(values[row + 1 - bars : row + 1]) / bars if row + 1 >= bars else None
        for row in range(len(values))
    ]


def deviation(values: Values, bars: int) -> Column:
    """Population standard deviation of a window."""
    column: Column = []
    for row, average in enumerate(mean(values, bars)):
        window = values[row + 1 - bars : row + 1]
        column.append(
            None if average is None else sqrt(sum((v - average) ** 2 for v in window) / bars)
        )
    return column


def ema(values: Values, bars: int, *, first: int = 0) -> Column:
    """Weight 2 / (bars + 1), begun by the mean of ``bars`` values from row ``first`` on."""
    column: Column = [None] * len(values)
    begin = first + bars - 1
    if begin >= len(values):
        return column
    average = sum(values[first : begin + 1]) / bars
    column[begin] = average
    for row in range(begin + 1, len(values)):
        average += 2 / (bars + 1) * (values[row] - average)
        column[row] = average
    return column


def macd(values: Values, fast: int, slow: int, signal: int) -> tuple[Column, Column]:
    """Line and signal; the fast average begins where the slow one does."""
    quick, late = ema(values, fast, first=slow - fast), ema(values, slow)
    line = [q - s for q, s in zip(quick, late, strict=True) if q is not None and s is not None]
    lead = len(values) - len(line)
    signals = ema(line, signal)
    # TA-Lib shows the line from where its signal is there.
    shown: Column = [None if s is None else value for value, s in zip(line, signals, strict=True)]
    none: Column = [None] * lead
    return none + shown, none + signals


def rsi(values: Values, bars: int) -> Column:
    """Wilder: averages of gains and losses, begun by a mean, then weight 1 / bars."""
    column: Column = [None] * len(values)
    changes = [after - before for before, after in pairwise(values)]
    gain = sum(max(c, 0) for c in changes[:bars]) / bars
    loss = sum(max(-c, 0) for c in changes[:bars]) / bars
    column[bars] = 100 * gain / (gain + loss)
    for row in range(bars, len(changes)):
        gain += (max(changes[row], 0) - gain) / bars
        loss += (max(-changes[row], 0) - loss) / bars
        column[row + 1] = 100 * gain / (gain + loss)
    return column


def true_ranges(high: Values, low: Values, close: Values) -> list[float]:
    """From the second bar on: the first has no close before it."""
    return [
        max(high[row], close[row - 1]) - min(low[row], close[row - 1])
        for row in range(1, len(high))
    ]


def atr(high: Values, low: Values, close: Values, bars: int) -> Column:
    """Wilder: the mean of the first true ranges, then weight 1 / bars."""
    ranges = true_ranges(high, low, close)
    column: Column = [None] * len(high)
    average = sum(ranges[:bars]) / bars
    column[bars] = average
    for row in range(bars, len(ranges)):
        average += (ranges[row] - average) / bars
        column[row + 1] = average
    return column


def adx(high: Values, low: Values, close: Values, bars: int) -> Column:
    """Wilder: directional movements over true ranges as running sums, DX, and its average."""
    rising, falling = [], []
    for row in range(1, len(high)):
        up, down = high[row] - high[row - 1], low[row - 1] - low[row]
        rising.append(up if up > down and up > 0 else 0.0)
        falling.append(down if down > up and down > 0 else 0.0)
    ranges = true_ranges(high, low, close)
    # TA-Lib begins the sums with bars - 1 values and smooths from the next one on.
    sums = [sum(values[: bars - 1]) for values in (rising, falling, ranges)]
    strengths: list[float] = []
    for row in range(bars - 1, len(ranges)):
        now = (rising[row], falling[row], ranges[row])
        sums = [total - total / bars + value for total, value in zip(sums, now, strict=True)]
        plus, minus = 100 * sums[0] / sums[2], 100 * sums[1] / sums[2]
        strengths.append(100 * abs(plus - minus) / (plus + minus))
    column: Column = [None] * len(high)
    average = sum(strengths[:bars]) / bars
    column[2 * bars - 1] = average
    for place in range(bars, len(strengths)):
        average = (average * (bars - 1) + strengths[place]) / bars
        column[bars + place] = average
    return column


def middle(high: Values, low: Values, bars: int) -> Column:
    """The middle of the range of a window."""
    return [
        (max(high[row + 1 - bars : row + 1]) + min(low[row + 1 - bars : row + 1])) / 2
        if row + 1 >= bars
        else None
        for row in range(len(high))
    ]


def supertrend(
    high: Values, low: Values, close: Values, bars: int, ranges: float
) -> tuple[Column, Column]:
    """Final bands as in the usual spreadsheet: basic bands, carried while price respects them."""
    widths = atr(high, low, close, bars)
    line: Column = [None] * len(high)
    direction: Column = [None] * len(high)
    upper = lower = 0.0
    way = 1
    for row, width in enumerate(widths):
        if width is None:
            continue
        basic_upper = (high[row] + low[row]) / 2 + ranges * width
        basic_lower = (high[row] + low[row]) / 2 - ranges * width
        first = line[row - 1] is None
        upper = basic_upper if first or basic_upper < upper or close[row - 1] > upper else upper
        lower = basic_lower if first or basic_lower > lower or close[row - 1] < lower else lower
        if way == 1 and close[row] < lower:
            way = -1
        elif way == -1 and close[row] > upper:
            way = 1
        line[row], direction[row] = (lower, 1.0) if way == 1 else (upper, -1.0)
    return line, direction


def vwap(high: Values, low: Values, close: Values, volume: Values, days: Sequence[int]) -> Column:
    """Sums of price x volume and of volume, begun anew on each day."""
    column: Column = []
    money = traded = 0.0
    for row in range(len(high)):
        if row == 0 or days[row] != days[row - 1]:
            money = traded = 0.0
        money += (high[row] + low[row] + close[row]) / 3 * volume[row]
        traded += volume[row]
        column.append(money / traded if traded else None)
    return column
