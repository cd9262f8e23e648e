"""One account, walked movement by movement: what each trade realized, and the NAV in two ways.

Sizes, prices and fees come in units of 1e-8; sums of money are kept in 1e-16, where a product of
two columns is exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from autonome.audit.arithmetic import UNIT, half_even, share

__all__ = ["Account", "Closed", "Position"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """What a fill, or its first part, closed."""

    quantity: int
    """1e-8 base units, > 0."""
    exit_notional: int
    """1e-16 quote, > 0."""
    realized: int
    """1e-16 quote, net of the shares of fees and funding, unrounded."""
    entry_price: int
    """1e-8 quote: the average of the position, half-even."""


@dataclass(slots=True, kw_only=True)
class Position:
    """An open position, with what it cost and earned so far."""

    symbol: str
    size: int = 0
    """1e-8 base units; long > 0."""
    cost: int = 0
    """1e-16 quote, signed like ``size``."""
    fees: int = 0
    """1e-16 quote paid for what is still open."""
    funding: int = 0
    """1e-16 quote received for what is still open."""
    entry_price: int = 0
    """1e-8 quote, taken anew whenever the position grows."""

    def add(self, quantity: int, price: int, fee: int) -> None:
        """Grow by a fill of the same direction (``quantity`` signed)."""
        self.size += quantity
        self.cost += quantity * price
        self.fees += fee * UNIT
        self.entry_price = half_even(abs(self.cost), abs(self.size))

    def close(self, quantity: int, price: int, fee: int) -> Closed:
        """Shrink by a fill of the other direction, at most to nothing (``quantity`` signed)."""
        part, whole = abs(quantity), abs(self.size)
        cost = share(self.cost, part=part, whole=whole)
        fees = share(self.fees, part=part, whole=whole)
        funding = share(self.funding, part=part, whole=whole)
        self.size += quantity
        self.cost -= cost
        self.fees -= fees
        self.funding -= funding
        # What is sold earns and what is bought back costs: the signed notional says both.
        return Closed(
            quantity=part,
            exit_notional=part * price,
            realized=-quantity * price - cost - fees - fee * UNIT + funding,
            entry_price=self.entry_price,
        )


@dataclass(slots=True, kw_only=True)
class Account:
    """The money of one model."""

    capital: int
    """1e-16 quote."""
    flows: int = 0
    """1e-16 quote: what was sold and received less what was bought and paid."""
    realized: int = 0
    """1e-16 quote: the unrounded sum over everything closed."""
    others: int = 0
    """1e-16 quote: payments that belong to no position."""
    positions: dict[str, Position] = field(default_factory=dict)
    """By place, the symbol as a rule; nothing flat is kept."""

    def fill(
        self, place: str, quantity: int, price: int, fee: int, *, symbol: str | None = None
    ) -> Closed | None:
        """Take a fill (``quantity`` signed, BUY > 0) and return what it closed.

        One that goes through zero closes everything, then opens the rest; the fee is split.
        """
        self.flows -= quantity * price + fee * UNIT
        held, closed = self.positions.get(place), None
        if held is not None and held.size * quantity < 0:
            closing = quantity if abs(quantity) <= abs(held.size) else -held.size
            closing_fee = half_even(fee * abs(closing), abs(quantity))
            closed = held.close(closing, price, closing_fee)
            self.realized += closed.realized
            if not held.size:
                del self.positions[place]
            quantity, fee = quantity - closing, fee - closing_fee
        if quantity:
            position = self.positions.setdefault(place, Position(symbol=symbol or place))
            position.add(quantity, price, fee)
        return closed

    def fund(self, place: str, amount: int) -> None:
        """Take a funding payment (1e-8 quote received) for a position that is held."""
        self.flows += amount * UNIT
        self.positions[place].funding += amount * UNIT

    def pay(self, amount: int) -> None:
        """Take a payment (1e-8 quote received) that belongs to no position."""
        self.flows += amount * UNIT
        self.others += amount * UNIT

    @property
    def cash_from_flows(self) -> int:
        """Return capital + everything received - everything paid (1e-16 quote)."""
        return self.capital + self.flows

    @property
    def cash_from_trades(self) -> int:
        """Return the same from what was realized, and from what is open without its marks."""
        still_open = sum(each.funding - each.fees - each.cost for each in self.positions.values())
        return self.capital + self.realized + self.others + still_open

    def nav(self, marks: Mapping[str, int]) -> int:
        """Return cash + size x mark (marks in 1e-8 quote, the sum in 1e-16)."""
        held = sum(each.size * marks[each.symbol] for each in self.positions.values())
        return self.cash_from_flows + held
