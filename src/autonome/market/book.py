"""The order book of one contract at one instant, and what a market order would find in it."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from autonome.domain.choices import Side
from autonome.domain.errors import MarketDataError
from autonome.domain.money import ZERO, exact
from autonome.domain.value import value

__all__ = ["Book", "Level", "Walked"]


class Level(NamedTuple):
    """Everything that rests at one price."""

    price: Decimal
    """Quote."""
    size: Decimal
    """Base units, > 0."""


@value
class Walked:
    """What a market order takes from a book, level by level."""

    quantity: Decimal
    """Base units; less than was asked for where the book is too thin, and then all of it."""
    notional: Decimal
    """Quote, exact; the average price is ``notional / quantity``."""
    worst_price: Decimal | None
    """Quote; the price of the last level that was touched, ``None`` where nothing traded."""
    levels: int
    """How many levels were touched."""


@value
class Book:
    """Bids and asks of one contract."""

    symbol: str
    bids: tuple[Level, ...]
    """Best, that is highest, price first."""
    asks: tuple[Level, ...]
    """Best, that is lowest, price first."""
    at_ms: int
    """When the venue said so, milliseconds since 1970 UTC."""

    @property
    def flaw(self) -> str | None:
        """Return why nothing may trade on it, ``None`` where it is sound."""
        if not self.bids or not self.asks:
            empty = [name for name, side in (("bids", self.bids), ("asks", self.asks)) if not side]
            return f"has no {' and no '.join(empty)}"
        bid, ask = self.bids[0].price, self.asks[0].price
        return f"is crossed: {bid} is bid, {ask} is asked" if bid >= ask else None

    def age_ms(self, now_ms: int) -> int:
        """Return how old it is, in milliseconds."""
        return now_ms - self.at_ms

    @exact
    def mid_price(self) -> Decimal:
        """Return the middle (quote) between the best bid and the best ask.

        Raises:
            MarketDataError: the book is empty or crossed.
        """
        self._require_soundness()
        return (self.bids[0].price + self.asks[0].price) / 2

    @exact
    def walk(self, side: Side, quantity: Decimal) -> Walked:
        """Return what a market order for ``quantity`` (base units, > 0) takes, best level first.

        A BUY takes asks, a SELL takes bids. The book is not changed.

        Raises:
            MarketDataError: the book is empty or crossed.
            ValueError: ``quantity`` is not above zero.
        """
        if quantity <= 0:
            raise ValueError(f"expected a quantity > 0, found {quantity}")
        self._require_soundness()
        wanted, notional, levels, worst = quantity, ZERO, 0, None
        for price, size in self.asks if side is Side.BUY else self.bids:
            taken = min(size, wanted)
            wanted -= taken
            notional += taken * price
            worst, levels = price, levels + 1
            if not wanted:
                break
        return Walked(
            quantity=quantity - wanted, notional=notional, worst_price=worst, levels=levels
        )

    def _require_soundness(self) -> None:
        flaw = self.flaw
        if flaw is not None:
            raise MarketDataError(
                f"expected a book of {self.symbol} with both sides, uncrossed; it {flaw}.",
                remedy="Wait for the next book of this market.",
            )
