"""A stop that trails goes on in another process as if there had been none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
import pytest
from numpy.typing import NDArray

from autonome.domain.choices import CloseTrigger, OrderSide
from autonome.ledger.rows import Order
from simulation.paper.memory_restoring import restored_arms
from simulation.runs import enter
from unit.arena.paper.small_arena import HISTORY, SmallArena, player
from unit.market.bars import START_MS, Bar

_BARS = 90
_MINUTE_MS = 60_000
_DISTANCE = 60
"""Quote, of the stop to the close that it follows."""


@dataclass(frozen=True)
class Follower:
    """A stop at a distance below each close."""

    closes: Sequence[int]

    def levels(self, close_ms: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the level proposed at each close."""
        bars = (close_ms - START_MS) // _MINUTE_MS - 1
        return np.array([self.closes[bar] - _DISTANCE for bar in bars.tolist()], dtype=np.float64)


def walk(seed: int) -> list[Bar]:
    """Return bars that wander, upwards on the whole."""
    dice, rows, close = Random(seed), [], 50_000
    for _ in range(_BARS):
        opened, close = close, close + dice.randint(-40, 50)
        low, high = min(opened, close), max(opened, close)
        rows.append((opened, high + dice.randint(0, 15), low - dice.randint(0, 15), close))
    return rows


def trades(rows: list[Bar], *, dying: bool) -> list[tuple[object, ...]]:
    """Return the positions of an arm that buys at every tick, and may die after every minute."""
    closes = [row[3] for row in rows]
    entries = {
        bars: [enter(OrderSide.LONG, 2_000, stop=str(closes[bars - 1] - 3 * _DISTANCE))]
        for bars in range(HISTORY + 5, _BARS, 5)
    }
    small = SmallArena(player(entries, trail=Follower(closes)), rows=rows)
    for _ in range(_BARS - HISTORY):
        small.minutes(1)
        if dying:
            small.arena = small.again(restored_arms(small.journal, at=small.now))
    return sorted(
        (row.opened_at, row.status.value, row.close_trigger, row.sl_trigger_price, row.exit_price)
        for row in small.journal.rows(Order)
    )


@pytest.mark.parametrize("seed", range(5))
def test_deaths_loosen_no_stop(seed: int) -> None:
    rows = walk(seed)
    expected = trades(rows, dying=False)
    assert CloseTrigger.STOP.value in [each[2] for each in expected]
    assert trades(rows, dying=True) == expected
