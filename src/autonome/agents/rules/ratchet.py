"""Stops that follow a position: a ratchet of locked profits, and a column that trails."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final, NamedTuple

import numpy as np

from autonome.agents.port import PositionView
from autonome.market.candles import Ints
from autonome.market.frame import Floats, Frame

__all__ = ["Ratchet", "RatchetStep", "RuleTrail"]

_PROFIT_DECIMALS: Final = 9


class RatchetStep(NamedTuple):
    """Beyond a profit, a part of it is locked; both are fractions of the position's margin."""

    profit: Decimal
    locked: Decimal
    """0 moves the stop to the entry price."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratchet:
    """Profits that a position does not give back, judged at closes of the agent's bars."""

    steps: tuple[RatchetStep, ...]
    """By rising profit."""
    trails: bool = True
    """Whether, beyond the last step, the stop keeps that step's distance to the profit."""

    def locked(self, profit: Floats) -> Floats:
        """Return the fraction of margin that is locked at each profit; NaN below every step."""
        locked = np.full(len(profit), np.nan)
        for step in self.steps:
            locked[profit > float(step.profit)] = float(step.locked)
        if self.trails and self.steps:
            last = self.steps[-1]
            beyond = profit > float(last.profit)
            locked[beyond] = profit[beyond] - float(last.profit - last.locked)
        return locked


class RuleTrail:
    """The stop that a rule proposes for one position, from the first bar after its entry on."""

    def __init__(
        self,
        *,
        frame: Frame,
        position: PositionView,
        column: Floats | None,
        ratchet: Ratchet | None,
        leverage: Decimal,
    ) -> None:
        self._frame = frame
        self._column = column
        self._ratchet = ratchet
        self._sign = position.side.sign
        self._opened_ms = position.opened_ms
        self._entry = float(position.entry_price)
        self._leverage = float(leverage)

    def levels(self, close_ms: Ints) -> Floats:
        """Return the level (quote) proposed at each instant; NaN proposes none."""
        rows = np.searchsorted(self._frame.close_ms, close_ms, side="right") - 1
        known = rows >= 0
        known[known] = self._frame.close_ms[rows[known]] > self._opened_ms
        levels = np.full(len(close_ms), np.nan)
        levels[known] = self._proposed(rows[known])
        return levels

    def _proposed(self, rows: Ints) -> Floats:
        proposed = np.full(len(rows), np.nan) if self._column is None else self._column[rows]
        if self._ratchet is None:
            return proposed
        # A move of 1 % of the entry price is a profit of leverage x 1 % of the margin.
        move = self._sign * (self._frame.close[rows] / self._entry - 1)
        # Rounded, so that a profit of 15 % is not 15 % and the dust of binary numbers.
        profit = np.round(move * self._leverage, _PROFIT_DECIMALS)
        locked = self._ratchet.locked(profit) / self._leverage
        level = self._entry * (1 + self._sign * locked)
        tightest = np.fmax if self._sign > 0 else np.fmin
        return tightest(proposed, level)
