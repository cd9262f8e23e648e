"""Rules that each row must obey: the first row that breaks one is named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from autonome.domain.errors import MarketDataError
from autonome.market.candles import Ints
from autonome.market.files.table import INSTANT, Table

__all__ = ["Found", "Report", "RowRules", "instants", "refuse"]

_END_US: Final = 7_289_654_400_000_000
"""2201-01-01 in microseconds since 1970 UTC: an instant beyond is a mistake of its unit."""

Found = pl.Series | NDArray[Any]
"""A column of what rules are about."""

Report = Callable[[MarketDataError], None]
"""What to do about a broken rule: raise it, or write it down and go on."""


def refuse(error: MarketDataError) -> None:
    """Raise ``error``."""
    raise error


@dataclass(frozen=True, slots=True, kw_only=True)
class RowRules:
    """The rules of one table."""

    table: Table
    report: Report

    def require(self, holds: NDArray[np.bool_], rule: str, *, rows: Ints, found: Found) -> None:
        """Report the first row of which ``rule`` does not hold.

        Item i is about ``rows[i]``, and ``found[i]`` is what the rule is about.
        """
        if not holds.all():
            broken = int(np.argmin(holds))
            self.report(
                MarketDataError(
                    f"{self.table.place_of(int(rows[broken]))}: expected that each row {rule},"
                    f" found {_words(found[broken])}.",
                    remedy="Correct the row, or take another file.",
                )
            )

    def dated_rows(self) -> Ints:
        """Return the rows that have an instant of the calendar's years; report the others."""
        column = self.table.frame[INSTANT]
        every = np.arange(len(column))
        instant = self.table.layout.instant
        is_known: NDArray[np.bool_] = column.is_not_null().to_numpy()
        self.require(is_known, f"has an instant in {instant}", rows=every, found=column)
        rows = every[is_known]
        at_us = column.gather(rows).to_numpy()
        is_near: NDArray[np.bool_] = (at_us >= 0) & (at_us < _END_US)
        rule = f"has an instant of the years 1970 to 2200 in {instant}"
        self.require(is_near, rule, rows=rows, found=instants(at_us))
        return rows[is_near]


def instants(at_us: Ints) -> Found:
    """Return microseconds since 1970 UTC as instants that can be read."""
    return at_us.astype("datetime64[us]")


def _words(found: object) -> str:
    if isinstance(found, np.datetime64):
        return f"{np.datetime_as_string(found, unit='auto')} UTC"
    return "none" if found is None else str(found)
