"""Candles of a table: every rule checked, prices in whole ticks."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import numpy as np

from autonome.domain.errors import MarketDataError
from autonome.market.candles import MINUTE_MS, Candles, Ints
from autonome.market.files.numbers import floats_of, ticks_of
from autonome.market.files.rules import Report, RowRules, instants
from autonome.market.files.table import INSTANT, Table

__all__ = ["read_candles", "step_of"]

_PRICES: Final = ("open", "high", "low", "close")
_MINUTE_US: Final = MINUTE_MS * 1000


def read_candles(table: Table, *, symbol: str, tick: Decimal, report: Report) -> Candles:
    """Return the bars of a table, which may have gaps.

    Each broken rule is reported. Where ``report`` returns, rows without an instant or a number
    are left out, and the other rules are checked on what remains.
    """
    rules = RowRules(table=table, report=report)
    dated = rules.dated_rows()
    _check_minutes(table.frame[INSTANT].gather(dated).to_numpy(), dated, rules)
    rows = _numbered_rows(table, dated, rules)
    frame = table.frame[rows]
    volume = floats_of(frame["volume"])
    rules.require(volume >= 0, "has a volume >= 0", rows=rows, found=frame["volume"])
    ticks = {}
    for name in _PRICES:
        ticks[name], is_on_tick = ticks_of(frame[name], tick)
        rules.require(
            is_on_tick, f"has its {name} on the tick {tick}", rows=rows, found=frame[name]
        )
    rules.require(ticks["low"] > 0, "has prices > 0", rows=rows, found=frame["low"])
    is_lowest = ticks["low"] <= np.minimum(ticks["open"], ticks["close"])
    rule = "has no low above its open or close"
    rules.require(is_lowest, rule, rows=rows, found=frame["low"])
    is_highest = ticks["high"] >= np.maximum(ticks["open"], ticks["close"])
    rule = "has no high below its open or close"
    rules.require(is_highest, rule, rows=rows, found=frame["high"])
    return Candles(
        symbol=symbol,
        tick=tick,
        open_ms=frame[INSTANT].to_numpy() // 1000,
        open=ticks["open"],
        high=ticks["high"],
        low=ticks["low"],
        close=ticks["close"],
        volume=volume,
    )


def _numbered_rows(table: Table, rows: Ints, rules: RowRules) -> Ints:
    """Return those of ``rows`` that have five finite numbers."""
    known = np.ones(len(rows), dtype=np.bool_)
    for name in table.layout.values:
        column = table.frame[name].gather(rows)
        is_finite = np.isfinite(floats_of(column))
        rules.require(is_finite, f"has a finite {name}", rows=rows, found=column)
        known &= is_finite
    return rows[known]


def _check_minutes(at_us: Ints, rows: Ints, rules: RowRules) -> None:
    found = instants(at_us)
    is_whole = at_us % _MINUTE_US == 0
    rules.require(
        is_whole, "opens on a whole minute, as one-minute bars do", rows=rows, found=found
    )
    step = step_of(at_us)
    if step is not None and step > _MINUTE_US:
        rules.report(
            MarketDataError(
                f"{rules.table.paths[0]}: expected one-minute bars, found bars"
                f" {step // _MINUTE_US} minutes apart.",
                remedy="Take one-minute bars; longer ones are made of them.",
            )
        )
    rules.require(
        np.diff(at_us) > 0, "opens later than the row before", rows=rows[1:], found=found[1:]
    )


def step_of(instants: Ints) -> int | None:
    """Return the step on which instants lie, in their unit: what divides every distance.

    ``None`` where no instant is later than the one before.
    """
    steps = np.diff(instants)
    steps = steps[steps > 0]
    return int(np.gcd.reduce(steps)) if len(steps) else None
