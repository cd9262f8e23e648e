"""What is asked for, what of it is under way, and what traded."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from simulation.slow.account import Plan, Position

__all__ = ["Asked", "SlowFill", "Ticket", "Updated"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A decision to trade."""

    symbol: str
    sign: int
    """+1 buys, -1 sells."""
    quantity: Fraction
    """Base units; closes what is held on the other side first, and opens the rest."""
    purpose: str
    plan: Plan
    leverage: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Updated:
    """A decision to end a position by another plan."""

    symbol: str
    plan: Plan


@dataclass(slots=True, kw_only=True)
class Ticket:
    """An order on its way, or still at work."""

    symbol: str
    sign: int
    closing: Fraction
    """Base units that are yet to close a position."""
    opening: Fraction
    """Base units that are to open or add."""
    purpose: str
    bar: int
    """At whose open it trades next."""
    plan: Plan
    leverage: Fraction
    ends: Position | None = None
    """The position whose plan sent it; it closes no other."""
    works_on: bool = False
    """Whether a bar has given it less than it was to close."""


class SlowFill(NamedTuple):
    """What traded, in the order in which fills are compared."""

    at_ms: int
    symbol: str
    sign: int
    quantity: Fraction
    price: Fraction
    purpose: str
