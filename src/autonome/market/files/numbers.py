"""Numbers of a column: whole ticks, exactly where they were written as text or decimals."""

from __future__ import annotations

from decimal import Decimal
from typing import Final, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from autonome.domain.money import exact
from autonome.market.candles import Ints

__all__ = ["Ticks", "decimal_places", "floats_of", "ticks_of"]

_MOST_OFF_TICK: Final = 1e-6
"""How far, in ticks, a price may lie off its tick: the noise of its binary form."""
_PER_MOST_OFF_TICK: Final = 1_000_000
_DIGITS_BELOW_TICK: Final = 8
"""How many digits of a written price are kept below the tick's last one, to see that noise."""
_FIRST_INEXACT: Final = 2.0**53
"""From here on a binary number tells no longer which tick was meant."""
_MOST_PLACES: Final = 10


class Ticks(NamedTuple):
    """Prices as whole ticks, each beside whether it lay on its tick."""

    ticks: Ints
    is_on_tick: NDArray[np.bool_]


def floats_of(column: pl.Series) -> NDArray[np.float64]:
    """Return a column as binary numbers, NaN where there is none."""
    return column.cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy()


def ticks_of(column: pl.Series, tick: Decimal) -> Ticks:
    """Return finite prices (quote) as whole ticks.

    Only a column of binary numbers is computed with as such; text, decimals and integers become
    int64 digit by digit.
    """
    return _from_floats(column, tick) if column.dtype.is_float() else _from_digits(column, tick)


@exact
def _from_floats(column: pl.Series, tick: Decimal) -> Ticks:
    """Round to ticks.

    Dividing by the binary form of a tick such as 0.1 would put a correct price off its tick, so
    the price is multiplied by the ticks per unit where that is a whole number.
    """
    numerator, denominator = tick.as_integer_ratio()
    scaled = floats_of(column) * denominator / numerator
    fits = np.abs(scaled) < _FIRST_INEXACT
    ticks = np.rint(np.where(fits, scaled, 0))
    return Ticks(ticks.astype(np.int64), np.abs(scaled - ticks) <= _MOST_OFF_TICK)


@exact
def _from_digits(column: pl.Series, tick: Decimal) -> Ticks:
    places = max(0, -int(tick.normalize().as_tuple().exponent)) + _DIGITS_BELOW_TICK
    digits = column.cast(pl.Decimal(38, places), strict=False).to_physical()
    units = digits.cast(pl.Int64, strict=False)
    known = units.is_not_null().to_numpy()
    per_tick = int(tick.scaleb(places))
    whole = units.fill_null(0).to_numpy()
    ticks = (whole + per_tick // 2) // per_tick
    off = np.abs(whole - ticks * per_tick)
    return Ticks(ticks, known & (off <= per_tick // _PER_MOST_OFF_TICK))


def decimal_places(prices: NDArray[np.float64]) -> int | None:
    """Return how many decimals write every price, ``None`` where ten do not."""
    for places in range(_MOST_PLACES + 1):
        scaled = prices * 10**places
        if (np.abs(scaled - np.rint(scaled)) <= _MOST_OFF_TICK).all():
            return places
    return None
