"""What of an order trades when it reaches the venue."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from simulation.slow.account import Position, SlowAccount
from simulation.slow.orders import Ticket

__all__ = ["Offer", "Traded", "match"]

_MARGIN_STEPS = 10**8
"""Initial margins are rounded up to 1e-8."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What the venue offers at one moment."""

    marks: Mapping[str, Fraction]
    """What is quoted for the order's symbol now; of every other symbol, the last close."""
    price: Fraction
    """What the order would get."""
    capacity: Fraction
    """Base units that the bar has left."""
    fee_rate: Fraction


class Traded(NamedTuple):
    """Base units that close, that open, and that are left to close in later bars."""

    closing: Fraction
    opening: Fraction
    working: Fraction


def match(ticket: Ticket, account: SlowAccount, offer: Offer) -> Traded:
    """Return how much trades: closing comes first, and nothing opens before it is complete."""
    held = account.positions.get(ticket.symbol)
    closable = Fraction(0)
    if held is not None and held.sign != ticket.sign:
        ends_another = ticket.ends is not None and ticket.ends is not held
        closable = Fraction(0) if ends_another else min(ticket.closing, abs(held.size))
    closing = min(closable, offer.capacity)
    working = closable - closing
    opening = Fraction(0)
    if not working and not _is_refused(ticket, account, offer):
        opening = min(ticket.opening, offer.capacity - closing)
    return Traded(closing, opening, working)


def _is_refused(ticket: Ticket, account: SlowAccount, offer: Offer) -> bool:
    """Say whether the venue opens nothing: beyond the order's own stop, or without margin."""
    held = account.positions.get(ticket.symbol)
    adds = held is not None and held.sign == ticket.sign
    plan = held.plan_after(ticket.plan) if held is not None and adds else ticket.plan
    if plan.stop is not None and ticket.sign * (offer.price - plan.stop) < 0:
        return True
    return _lacks_margin(ticket, account, offer, held)


def _lacks_margin(
    ticket: Ticket, account: SlowAccount, offer: Offer, held: Position | None
) -> bool:
    """Say whether NAV after the costs would be less than the sum of all initial margins."""
    quoted = offer.marks[ticket.symbol]
    unit_cost = max(ticket.sign * (offer.price - quoted), Fraction(0))
    unit_cost += offer.price * offer.fee_rate
    size, leverage, traded = ticket.opening, ticket.leverage, ticket.opening
    if held is not None and held.sign == ticket.sign:
        size, leverage = size + abs(held.size), min(leverage, held.leverage)
    elif held is not None:
        traded += abs(held.size)  # The other side is closed first, and that costs, too.
    margins = size * quoted / leverage
    for symbol, other in account.positions.items():
        if symbol != ticket.symbol:
            margin = abs(other.size) * offer.marks[symbol] / other.leverage
            margins += Fraction(math.ceil(margin * _MARGIN_STEPS), _MARGIN_STEPS)
    return account.nav(offer.marks) - traded * unit_cost < margins
