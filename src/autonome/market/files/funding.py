"""Funding of a table: exact rates, each for the whole interval that it settles."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Final

import numpy as np

from autonome.domain.money import exact, round_nearest
from autonome.market.candles import MINUTE_MS, FundingRates
from autonome.market.files.rules import Report, RowRules, instants
from autonome.market.files.table import INSTANT, Table

__all__ = ["read_funding"]

_RATE_UNIT: Final = Decimal("1e-12")
_HOUR_MS: Final = 60 * MINUTE_MS
_MINUTE_US: Final = MINUTE_MS * 1000
_LATEST_US: Final = 1_000_000
"""How late, at most, a venue stamps a settlement: Binance's lie some milliseconds behind."""


def read_funding(
    table: Table, *, symbol: str, rate_interval_hours: int | None, report: Report
) -> FundingRates:
    """Return the settlements of a table, cut to their whole minutes.

    Each broken rule is reported. Where ``report`` returns, rows without an instant or a rate are
    left out. ``rate_interval_hours`` is what a published rate is for; ``None`` says that it is for
    the interval that it settles.
    """
    rules = RowRules(table=table, report=report)
    column = table.frame[table.layout.values[0]]
    dated = rules.dated_rows()
    published = [_rate_of(value) for value in column.to_list()]
    is_finite = np.array([published[row] is not None for row in dated], dtype=np.bool_)
    found = column.gather(dated)
    rules.require(is_finite, f"has a finite {table.layout.values[0]}", rows=dated, found=found)
    rows = dated[is_finite]
    rates = [rate for row in rows if (rate := published[row]) is not None]
    is_near = np.array([abs(rate) < 1 for rate in rates], dtype=np.bool_)
    found = column.gather(rows)
    rules.require(is_near, "has a rate between -1 and 1", rows=rows, found=found)
    at_us = table.frame[INSTANT].gather(rows).to_numpy()
    written = instants(at_us)
    is_whole = at_us % _MINUTE_US < _LATEST_US
    rules.require(is_whole, "settles on a whole minute", rows=rows, found=written)
    at_us = at_us // _MINUTE_US * _MINUTE_US
    rules.require(
        np.diff(at_us) > 0, "settles later than the row before", rows=rows[1:], found=found[1:]
    )
    at_ms = (at_us // 1000).tolist()
    if rate_interval_hours is not None:
        rates = _charged(at_ms, rates, rate_interval_hours * _HOUR_MS)
    return FundingRates(symbol=symbol, at_ms=tuple(at_ms), rate=tuple(rates))


def _rate_of(value: object) -> Decimal | None:
    """Return a rate as it was published: the shortest text of a binary number."""
    try:
        rate = Decimal(repr(value) if isinstance(value, float) else str(value))
    except InvalidOperation:
        return None
    return rate if rate.is_finite() else None


@exact
def _charged(
    at_ms: Sequence[int], rates: Sequence[Decimal], rate_interval_ms: int
) -> list[Decimal]:
    """Return rate x settlement interval / rate interval, rounded half-even to 1e-12.

    A settlement covers the time since the one before; the first takes the distance to the next,
    and one that is alone the interval of its rate.
    """
    intervals = np.diff(at_ms).tolist() or [rate_interval_ms]
    pairs = zip(rates, [intervals[0], *intervals], strict=False)
    unit = _RATE_UNIT * rate_interval_ms
    return [
        round_nearest(rate * interval, step=unit) / rate_interval_ms for rate, interval in pairs
    ]
