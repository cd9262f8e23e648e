"""Series of numbers: gaps within them, crossings, and the extremes before each row."""

from __future__ import annotations

import numpy as np
import talib
from numpy.typing import NDArray

from autonome.market.frame import Floats

__all__ = [
    "Bools",
    "continued",
    "crosses_above",
    "crosses_below",
    "highest",
    "lowest",
    "previous",
]

Bools = NDArray[np.bool_]


def continued(values: NDArray[np.generic]) -> Floats:
    """Return numbers in which a gap (NaN) after the first one stands at the value before it.

    TA-Lib begins at the first number, but one gap after it would turn all that follows into NaN.
    """
    numbers = values.astype(np.float64, copy=False)
    if not len(numbers) or not np.isnan(numbers.min()):
        return numbers
    rows = np.where(np.isnan(numbers), 0, np.arange(len(numbers)))
    return numbers[np.maximum.accumulate(rows)]


def crosses_above(values: Floats, level: Floats | float) -> Bools:
    """Return where ``values`` are above a level, and one row before were not, (n,).

    The level is a series or one number. A row without one of the four numbers is no crossing.
    """
    return _begins(values > level, values <= level)


def crosses_below(values: Floats, level: Floats | float) -> Bools:
    """Return where ``values`` are below a level, and one row before were not, (n,).

    The level is a series or one number. A row without one of the four numbers is no crossing.
    """
    return _begins(values < level, values >= level)


def _begins(holds: Bools, fails: Bools) -> Bools:
    begins = np.zeros(len(holds), np.bool_)
    np.logical_and(holds[1:], fails[:-1], out=begins[1:])
    return begins


def highest(values: Floats, bars: int) -> Floats:
    """Return the highest of the last ``bars`` values, the row's own included, (n,).

    Source: R. Donchian's channel; a breakout is a value beyond ``previous(highest(...))``.
    """
    return talib.MAX(continued(values), bars)


def lowest(values: Floats, bars: int) -> Floats:
    """Return the lowest of the last ``bars`` values, the row's own included, (n,).

    Source: R. Donchian's channel; a breakout is a value beyond ``previous(lowest(...))``.
    """
    return talib.MIN(continued(values), bars)


def previous(values: Floats) -> Floats:
    """Return the value of the row before, (n,); NaN in the first row."""
    before = np.full(len(values), np.nan)
    before[1:] = values[:-1]
    return before
