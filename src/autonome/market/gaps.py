"""Minutes that are missing in the data: refused, filled or left out, as the user says."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Final

import numpy as np

from autonome.domain.instants import utc
from autonome.market.candles import MINUTE_MS, Candles, Ints

__all__ = ["MOST_FILLED_MINUTES", "Gap", "Gaps", "fill_gaps", "find_gaps"]

MOST_FILLED_MINUTES: Final = 24 * 60
"""The longest gap that is filled; a longer one would be a market of our own invention."""


class Gaps(Enum):
    """What to do about minutes that are missing between two bars of a symbol."""

    ERROR = "error"
    """Refuse the data."""
    FILL = "fill"
    """Put flat bars at the last close, with no volume, marked as filled."""
    SPLIT = "split"
    """Leave such a minute out for every symbol: time jumps, and nothing is invented."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Minutes that are missing in a row."""

    before: int
    """The index of the bar after it."""
    first: datetime
    """When the first missing bar would have opened, UTC."""
    minutes: int
    """How many are missing, > 0."""


def find_gaps(open_ms: Ints) -> list[Gap]:
    """Return the gaps between ascending bars, oldest first."""
    steps = np.diff(open_ms)
    return [
        Gap(
            before=int(bar) + 1,
            first=utc(int(open_ms[bar]) + MINUTE_MS),
            minutes=int(steps[bar]) // MINUTE_MS - 1,
        )
        for bar in np.flatnonzero(steps > MINUTE_MS)
    ]


def fill_gaps(candles: Candles) -> Candles:
    """Return the bars with a flat one, at the last close, for each minute that is missing."""
    first, last = int(candles.open_ms[0]), int(candles.open_ms[-1])
    open_ms = np.arange(first, last + MINUTE_MS, MINUTE_MS, dtype=np.int64)
    rows = np.searchsorted(candles.open_ms, open_ms, side="right") - 1
    every = candles.only(rows)
    filled = every.open_ms != open_ms
    return replace(
        every,
        open_ms=open_ms,
        open=np.where(filled, every.close, every.open),
        high=np.where(filled, every.close, every.high),
        low=np.where(filled, every.close, every.low),
        volume=np.where(filled, 0.0, every.volume),
        filled=filled,
    )
