"""An auditor that shares no code with what it audits: fractions, and the accounting rules alone.

Sums run over plain tuples of ``Fraction``; roundings are Python's own half-even ``round``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

__all__ = ["Ended", "Entry", "Walk", "nav_from_flows"]

PLACES = 8
CENTS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One movement: a fill (``quantity`` signed, BUY > 0) or a payment (``quantity`` zero)."""

    symbol: str
    quantity: Fraction = Fraction(0)
    price: Fraction = Fraction(0)
    fee: Fraction = Fraction(0)
    payment: Fraction = Fraction(0)


def nav_from_flows(
    capital: Fraction, entries: Iterable[Entry], marks: Mapping[str, Fraction]
) -> Fraction:
    """Return capital - sum(signed notional + fee) + sum(payments) + sum(size x mark)."""
    nav, sizes = capital, dict.fromkeys(marks, Fraction(0))
    for entry in entries:
        nav += entry.payment - entry.quantity * entry.price - entry.fee
        sizes[entry.symbol] += entry.quantity
    return nav + sum(size * marks[symbol] for symbol, size in sizes.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What a closing fill realized, before rounding."""

    quantity: Fraction
    """Unsigned."""
    realized: Fraction

    @property
    def cents(self) -> Fraction:
        """Return the figure that is stored."""
        return round(self.realized, CENTS)


@dataclass(slots=True)
class Walk:
    """One position, walked fill by fill and payment by payment."""

    size: Fraction = Fraction(0)
    cost: Fraction = Fraction(0)
    fees: Fraction = Fraction(0)
    funding: Fraction = Fraction(0)
    ended: list[Ended] = field(default_factory=list)

    def step(self, entry: Entry) -> None:
        """Take one entry; a fill through zero counts as a closing and an opening one."""
        self.funding += entry.payment
        quantity, fee = entry.quantity, entry.fee
        if self.size * quantity < 0:
            closing = min(abs(quantity), abs(self.size)) * (1 if quantity > 0 else -1)
            closing_fee = fee if closing == quantity else round(fee * closing / quantity, PLACES)
            self._close(closing, entry.price, closing_fee)
            quantity, fee = quantity - closing, fee - closing_fee
        self.size += quantity
        self.cost += quantity * entry.price
        self.fees += fee

    def _close(self, quantity: Fraction, price: Fraction, fee: Fraction) -> None:
        part = -quantity / self.size
        cost, fees, funding = (
            each if part == 1 else round(each * part, PLACES)
            for each in (self.cost, self.fees, self.funding)
        )
        # Buying back is a cost, selling an income: the signed notional says both.
        realized = -quantity * price - cost - fees - fee + funding
        self.ended.append(Ended(quantity=abs(quantity), realized=realized))
        self.size += quantity
        self.cost, self.fees = self.cost - cost, self.fees - fees
        self.funding -= funding
