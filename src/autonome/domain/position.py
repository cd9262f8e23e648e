"""Positions: what fills and funding make of them, exactly."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import reduce
from typing import Final

from autonome.domain.choices import OrderSide, Side
from autonome.domain.money import EXACT, ZERO, exact, round_money, share
from autonome.domain.value import changed, value

__all__ = [
    "Closure",
    "Effect",
    "Execution",
    "Position",
    "apply_execution",
    "average_price",
    "first_part",
    "funding_payment",
]


@value
class Execution:
    """What traded at once, at one price."""

    side: Side
    quantity: Decimal
    """Base units, > 0."""
    price: Decimal
    """Quote per base unit, > 0."""
    fee: Decimal
    """Quote paid; a rebate is negative."""

    def __post_init__(self) -> None:
        if self.quantity <= 0 or self.price <= 0:
            raise ValueError(
                f"expected quantity and price > 0, found {self.quantity} at {self.price}"
            )

    @property
    def notional(self) -> Decimal:
        """Return quantity x price (quote)."""
        return EXACT.multiply(self.quantity, self.price)


def average_price(executions: Sequence[Execution]) -> Decimal:
    """Return notional / quantity (quote), rounded half-even to 1e-8; never computed with."""
    if len(executions) == 1:
        return executions[0].price
    notional = reduce(EXACT.add, [each.notional for each in executions])
    quantity = reduce(EXACT.add, [each.quantity for each in executions])
    return share(notional, part=Decimal(1), whole=quantity)


@value
class Position:
    """Signed exposure to one contract, with what it cost and earned so far."""

    size: Decimal = ZERO
    """Base units; long > 0, short < 0, flat = 0."""
    entry_notional: Decimal = ZERO
    """Quote, signed like ``size``; the average entry price times ``size``."""
    entry_fees: Decimal = ZERO
    """Quote paid to build what is still open."""
    funding: Decimal = ZERO
    """Quote received for what is still open; negative when paid."""

    @property
    def side(self) -> OrderSide | None:
        """Return the direction, ``None`` when flat."""
        if not self.size:
            return None
        return OrderSide.LONG if self.size > 0 else OrderSide.SHORT

    @property
    def average_entry_price(self) -> Decimal:
        """Return entry notional / size, rounded half-even to 1e-8; derived, never computed with."""
        return share(self.entry_notional, part=Decimal(1), whole=self.size)

    def unrealized_pnl(self, *, mark_price: Decimal) -> Decimal:
        """Return the gain (quote) of closing at ``mark_price``, before fees and funding."""
        return EXACT.subtract(EXACT.multiply(self.size, mark_price), self.entry_notional)

    @exact
    def open_pnl(self, *, mark_price: Decimal) -> Decimal:
        """Return what the position adds to NAV: unrealized - entry fees + funding (quote)."""
        return self.unrealized_pnl(mark_price=mark_price) - self.entry_fees + self.funding

    @exact
    def with_funding(self, payment: Decimal) -> Position:
        """Return the position after receiving ``payment`` (quote; negative when paid)."""
        return changed(self, funding=self.funding + payment)


@value
class Closure:
    """The part of a position that a fill closed, with its shares of costs."""

    side: OrderSide
    execution: Execution
    """The closing part of the fill, with its share of the fee."""
    entry_notional: Decimal
    """Quote released, unsigned."""
    entry_fees: Decimal
    funding: Decimal

    @property
    def gross_pnl(self) -> Decimal:
        """Return exit notional - entry notional, negated for SHORT (quote)."""
        gain = EXACT.subtract(self.execution.notional, self.entry_notional)
        return gain if self.side is OrderSide.LONG else EXACT.minus(gain)

    @property
    @exact
    def realized_pnl(self) -> Decimal:
        """Return the gain (quote), net of fees and funding, unrounded."""
        return self.gross_pnl - self.entry_fees - self.execution.fee + self.funding


@value
class Effect:
    """What one execution did: what it closed, what it opened, what is held now."""

    position: Position
    closed: Closure | None
    opened: Execution | None
    """The part that added exposure, with its share of the fee."""


@exact
def apply_execution(position: Position, execution: Execution) -> Effect:
    """Book ``execution`` on ``position``.

    The same sign adds; the opposite sign releases the share ``entry_notional x closed / size``
    (fees and funding likewise); through zero, it closes all and opens the rest.
    """
    if position.size * execution.side.sign >= 0:
        return Effect(position=_increased(position, execution), closed=None, opened=execution)
    held = abs(position.size)
    closing, opening = _split(execution, at=held)
    closure, remainder = _reduced(position, closing)
    if opening is None:
        return Effect(position=remainder, closed=closure, opened=None)
    return Effect(position=_increased(remainder, opening), closed=closure, opened=opening)


def _increased(position: Position, execution: Execution) -> Position:
    sign = execution.side.sign
    return Position(
        size=position.size + sign * execution.quantity,
        entry_notional=position.entry_notional + sign * execution.notional,
        entry_fees=position.entry_fees + execution.fee,
        funding=position.funding,
    )


def first_part(execution: Execution, *, quantity: Decimal) -> Execution:
    """Return the first ``quantity`` of an execution, at most all, with its share of the fee."""
    if execution.quantity <= quantity:
        return execution
    fee = share(execution.fee, part=quantity, whole=execution.quantity)
    return changed(execution, quantity=quantity, fee=fee)


def _split(execution: Execution, *, at: Decimal) -> tuple[Execution, Execution | None]:
    """Cut an execution at a quantity, the fee by quantity."""
    first = first_part(execution, quantity=at)
    quantity = execution.quantity - first.quantity
    if not quantity:
        return first, None
    return first, changed(execution, quantity=quantity, fee=execution.fee - first.fee)


def _reduced(position: Position, closing: Execution) -> tuple[Closure, Position]:
    held = abs(position.size)
    side = OrderSide.LONG if position.size > 0 else OrderSide.SHORT
    if closing.quantity == held:
        whole = Closure(
            side=side,
            execution=closing,
            entry_notional=abs(position.entry_notional),
            entry_fees=position.entry_fees,
            funding=position.funding,
        )
        return whole, _FLAT

    def released(total: Decimal) -> Decimal:
        return share(total, part=closing.quantity, whole=held)

    entry_notional = released(position.entry_notional)
    entry_fees = released(position.entry_fees)
    funding = released(position.funding)
    closure = Closure(
        side=side,
        execution=closing,
        entry_notional=abs(entry_notional),
        entry_fees=entry_fees,
        funding=funding,
    )
    remainder = Position(
        size=position.size + closing.side.sign * closing.quantity,
        entry_notional=position.entry_notional - entry_notional,
        entry_fees=position.entry_fees - entry_fees,
        funding=position.funding - funding,
    )
    return closure, remainder


_FLAT: Final = Position()


@exact
def funding_payment(*, size: Decimal, mark_price: Decimal, rate: Decimal) -> Decimal:
    """Return the funding (quote received, negative when paid) of one settlement.

    ``rate`` is the fraction charged for the whole settlement interval; positive: longs pay.
    Formula: ``-size x mark x rate``, half-even to 1e-8.
    """
    return round_money(-size * mark_price * rate)
