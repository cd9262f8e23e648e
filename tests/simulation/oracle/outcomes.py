"""What became of a trip in one engine, in words that every engine can fill in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from simulation.oracle.trips import Trip

__all__ = ["Key", "Outcome", "Run", "key_of", "to_cents"]

Key = tuple[str, datetime]
"""Symbol, and when the trip began: no two trips share both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One completed trip."""

    quantity: Decimal
    entry_price: Decimal
    exit_price: Decimal
    left_at: datetime
    """The opening of a bar, or the last millisecond of one for an exit inside it."""
    trigger: str | None
    """STOP, TARGET, or ``None`` where the script closed."""
    fees: Decimal
    """Quote, of both fills, to the digits that the engine keeps."""
    net: Decimal
    """Quote, as the engine itself says it, in cents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """All that one engine made of a script."""

    outcomes: Mapping[Key, Outcome]
    nav: Decimal
    """Quote, in cents, when everything is closed."""


def key_of(trip: Trip) -> Key:
    """Return under which key the outcome of a trip is found."""
    return trip.symbol, trip.enter_at


def to_cents(amount: Decimal) -> Decimal:
    """Return an amount in cents, half-even."""
    return amount.quantize(Decimal("0.01"))
