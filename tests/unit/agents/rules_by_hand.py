"""A rule whose columns are written by hand, for tests of what is made of them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from autonome.agents.rules import Bools, Floats, Frame, RuleAgent, Signals

__all__ = ["ByHand", "conditions", "prices"]


class ByHand(RuleAgent):
    """Follow the columns that the test wrote."""

    warm_up_bars = 0

    def __init__(self, columns: Mapping[str, Signals] | None = None, /, **settings: object) -> None:
        super().__init__(**settings)
        self._columns = columns or {}

    def signals(self, frame: Frame) -> Signals:
        return self._columns.get(frame.symbol, Signals())


def conditions(*rows: int, of: int) -> Bools:
    """Return a column of ``of`` rows that is true at ``rows``."""
    column = np.zeros(of, np.bool_)
    column[list(rows)] = True
    return column


def prices(*values: float | None) -> Floats:
    """Return a column of prices; ``None`` is none."""
    return np.array([np.nan if value is None else float(value) for value in values])
