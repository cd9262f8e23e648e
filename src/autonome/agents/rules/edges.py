"""Edges: the rows at which a rule enters, as plain values in the order of time."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from autonome.agents.rules.signals import Entries, Signals
from autonome.domain.choices import OrderSide
from autonome.market.frame import Floats, Frame

__all__ = ["Edge", "edges_of"]

Rows = NDArray[np.intp]

_LEAST_STOP_DISTANCE: Final = 1e-8
"""Quote; the step to which prices are rounded."""


class Edge(NamedTuple):
    """One entry that a rule asks for."""

    at_ms: int
    """When its bar closes, milliseconds since 1970 UTC."""
    symbol: str
    side: OrderSide
    close: float
    """Closing price (quote) of its bar."""
    stop: float | None
    """Quote."""
    target: float | None
    """Quote."""
    reason: str
    """What the signals say about the side; may be empty."""


def edges_of(
    frames: Mapping[str, Frame], signals: Mapping[str, Signals], *, warm_up_bars: int
) -> list[Edge]:
    """Return the edges of all symbols, by time and then by symbol.

    A row asks for no entry where the row before did too, within the warm-up, where the stop is
    NaN or not on the losing side of the close, where the side's own exit holds, or where both
    sides enter at once.
    """
    edges = [
        edge
        for symbol in sorted(frames)
        for edge in _edges(frames[symbol], signals[symbol], warm_up_bars)
    ]
    # The sort is stable: symbols of one instant stay in their order.
    edges.sort(key=lambda edge: edge.at_ms)
    return edges


def _edges(frame: Frame, signals: Signals, warm_up_bars: int) -> Iterator[Edge]:
    for side in OrderSide:
        entries, others = signals.of(side), signals.of(side.opposite)
        if entries is None:
            continue
        rows = _entered(entries, others, warm_up_bars)
        if entries.stop is not None:
            distance = side.sign * (frame.close[rows] - entries.stop[rows])
            rows = rows[distance > _LEAST_STOP_DISTANCE]
        yield from map(
            Edge,
            frame.close_ms[rows].tolist(),
            [frame.symbol] * len(rows),
            [side] * len(rows),
            frame.close[rows].tolist(),
            _prices(entries.stop, rows),
            _prices(entries.target, rows),
            [entries.reason] * len(rows),
        )


def _entered(entries: Entries, others: Entries | None, warm_up_bars: int) -> Rows:
    """Return the rows at which one side is entered and nothing forbids it, ascending."""
    enter = entries.enter
    begins = enter.copy()
    begins[1:] &= ~enter[:-1]
    begins[:warm_up_bars] = False
    if entries.exit is not None:
        begins &= ~entries.exit
    if others is not None:
        begins &= ~others.enter
    return np.flatnonzero(begins)


def _prices(column: Floats | None, rows: Rows) -> list[float | None]:
    """Return the prices of some rows; ``None`` where there is none."""
    if column is None:
        return [None] * len(rows)
    return [price if math.isfinite(price) else None for price in column[rows].tolist()]
