"""How a plan ends a position: by price within a bar, by a close, by time; and how a stop moves."""

from __future__ import annotations

from fractions import Fraction
from typing import Final, NamedTuple

from simulation.slow.account import Position
from simulation.slow.market import MINUTE_MS, Bar

__all__ = ["LAST_MS", "Touch", "due", "tightened", "touch"]

LAST_MS: Final = MINUTE_MS - 1
"""Within a bar nobody knows when: the last millisecond."""


class Touch(NamedTuple):
    """Which trigger a bar reaches, at what price, how many ms after its open."""

    purpose: str
    quoted: Fraction
    after_ms: int


def touch(held: Position, bar: Bar) -> Touch | None:
    """Return what ends a position in a bar; of stop and target inside one bar, the stop."""
    sign, stop, target = held.sign, held.plan.stop, held.plan.target
    worst, best = (bar.low, bar.high) if sign > 0 else (bar.high, bar.low)
    if target is not None and sign * (bar.open - target) >= 0:
        return Touch("TARGET", bar.open, 0)
    if stop is not None and sign * (bar.open - stop) <= 0:
        return Touch("STOP", bar.open, 0)
    if stop is not None and sign * (worst - stop) <= 0:
        return Touch("STOP", stop, LAST_MS)
    if target is not None and sign * (best - target) >= 0:
        return Touch("TARGET", target, LAST_MS)
    return None


def due(held: Position, close: Fraction, at_ms: int) -> str | None:
    """Return why a position is to be left now that a bar has closed, ``None`` if it is not."""
    invalidation, time_ms = held.plan.invalidation, held.plan.time_ms
    if invalidation is not None and held.sign * (close - invalidation) < 0:
        return "INVALIDATION"
    if time_ms is not None and at_ms >= time_ms:
        return "TIME"
    return None


def tightened(held: Position, proposed: Fraction, close: Fraction) -> Fraction | None:
    """Return where the stop stands after a proposal: never looser, never beyond the close."""
    stop = held.plan.stop
    is_beyond = held.sign * (proposed - close) >= 0
    is_looser = stop is not None and held.sign * (proposed - stop) <= 0
    return stop if is_beyond or is_looser else proposed
