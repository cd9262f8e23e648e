"""When a bar ruins an account, and at which prices the venue takes its positions over."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

from simulation.slow.account import SlowAccount
from simulation.slow.exits import LAST_MS
from simulation.slow.market import Bar
from simulation.slow.venue import Contract

__all__ = ["Ruin", "ruin"]

_MARK_PLACES = 12


class Ruin(NamedTuple):
    """The marks at which NAV is down to the maintenance margin, how many ms after the open."""

    marks: dict[str, Fraction]
    after_ms: int


def ruin(
    account: SlowAccount, bars: Mapping[str, Bar], contracts: Mapping[str, Contract]
) -> Ruin | None:
    """Return where one bar of each symbol ruins the account, ``None`` where it does not.

    All prices go from the open to the adverse extreme together, in straight lines.
    """
    paths = {}
    at_open = at_worst = account.cash
    for symbol, held in account.positions.items():
        bar = bars[symbol]
        worst = bar.low if held.size > 0 else bar.high
        weight = held.size - abs(held.size) * contracts[symbol].maintenance_rate
        at_open += weight * bar.open
        at_worst += weight * worst
        paths[symbol] = (bar.open, worst)
    if not paths or (at_open > 0 and at_worst > 0):
        return None
    # The surplus over the maintenance margin is linear on the way, so it vanishes here.
    way = at_open / (at_open - at_worst) if at_open > 0 else Fraction(0)
    marks = {
        symbol: round(start + way * (end - start), _MARK_PLACES)
        for symbol, (start, end) in paths.items()
    }
    return Ruin(marks, LAST_MS if at_open > 0 else 0)
