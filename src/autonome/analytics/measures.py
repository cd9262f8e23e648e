"""Measures of growth: drawdown, Sharpe, Sortino, Calmar. One formula each, with its source.

Growth comes by the hour, as logarithms; the ratios use simple hourly returns, annualised by the
square root of the hours of a year. The riskless rate is zero.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from autonome.analytics.comparison import TooLittle, enough_days
from autonome.domain.value import value

__all__ = [
    "HOURS_PER_YEAR",
    "Drawdown",
    "Ratio",
    "calmar",
    "current_drawdown",
    "max_drawdown",
    "sharpe",
    "sortino",
]

HOURS_PER_YEAR: Final = 8_760
_RATIO_DAYS: Final = 7
_CALMAR_DAYS: Final = 90
_UNCHANGED: Final = 1e-15
"""A spread of returns below this is rounding, not risk."""

Floats = NDArray[np.float64]


class Ratio(NamedTuple):
    """A ratio, how sure it is, and from how much."""

    value: float
    standard_error: float | None
    """``None`` where no formula is known."""
    days: float


@value
class Drawdown:
    """The deepest fall from a peak, by place in the series."""

    depth: float
    """(peak - NAV) / peak; 0 is none."""
    peak: int
    trough: int


def max_drawdown(nav: Floats) -> Drawdown:
    """Return the deepest fall of a series of NAVs above zero."""
    peaks = np.maximum.accumulate(nav)
    depths = (peaks - nav) / peaks
    trough = int(np.argmax(depths))
    return Drawdown(
        depth=float(depths[trough]), peak=int(np.argmax(nav[: trough + 1])), trough=trough
    )


def current_drawdown(nav: Floats) -> float:
    """Return how far the last NAV lies below the highest, as a fraction of that."""
    highest = float(nav.max())
    return (highest - float(nav[-1])) / highest


def sharpe(logarithms: Floats) -> Ratio | TooLittle:
    """Return mean / standard deviation of hourly returns x sqrt(8,760).

    The standard error is sqrt((1 + s^2 / 2) / n) x sqrt(8,760) for a ratio s of n independent
    hours (Lo 2002, "The Statistics of Sharpe Ratios", Financial Analysts Journal 58, equation 9).
    """
    too_little = enough_days(len(logarithms), _RATIO_DAYS)
    if too_little is not None:
        return too_little
    returns = np.expm1(logarithms)
    spread = float(returns.std(ddof=1))
    if spread < _UNCHANGED:
        return TooLittle(words="needs a NAV that moves")
    hourly = float(returns.mean()) / spread
    error = math.sqrt((1 + hourly**2 / 2) / len(returns))
    scale = math.sqrt(HOURS_PER_YEAR)
    return Ratio(hourly * scale, error * scale, len(returns) / 24)


def sortino(logarithms: Floats) -> Ratio | TooLittle:
    """Return mean / downside deviation of hourly returns x sqrt(8,760).

    The downside deviation is the root of the mean over ALL hours of min(return, 0) squared
    (Sortino and Price 1994, "Performance Measurement in a Downside Risk Framework").
    """
    too_little = enough_days(len(logarithms), _RATIO_DAYS)
    if too_little is not None:
        return too_little
    returns = np.expm1(logarithms)
    downside = math.sqrt(float(np.mean(np.minimum(returns, 0.0) ** 2)))
    if downside < _UNCHANGED:
        return TooLittle(words="needs an hour with a loss")
    value = float(returns.mean()) / downside * math.sqrt(HOURS_PER_YEAR)
    return Ratio(value, None, len(returns) / 24)


def calmar(logarithms: Floats, *, deepest: float) -> Ratio | TooLittle:
    """Return the yearly return / the deepest drawdown (Young 1991).

    The yearly return is (1 + total return) ^ (8,760 / hours) - 1.
    """
    too_little = enough_days(len(logarithms), _CALMAR_DAYS)
    if too_little is not None:
        return too_little
    if not deepest:
        return TooLittle(words="needs a drawdown")
    yearly = math.expm1(float(logarithms.sum()) * HOURS_PER_YEAR / len(logarithms))
    return Ratio(yearly / deepest, None, len(logarithms) / 24)
