"""Cash and positions of one account, and what a fill makes of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

__all__ = ["Plan", "Position", "SlowAccount"]

_MONEY_PLACES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a position is to end."""

    stop: Fraction | None = None
    target: Fraction | None = None
    invalidation: Fraction | None = None
    """A close beyond it ends the position."""
    time_ms: int | None = None
    """The first close at or after it ends the position."""


@dataclass(slots=True, kw_only=True, eq=False)
class Position:
    """What is held of one symbol; the same one until it is flat."""

    size: Fraction
    """Base units; long > 0, short < 0."""
    plan: Plan
    leverage: Fraction
    leaving: bool = False
    """Whether an exit by close or time was sent, and nothing has happened to it since."""

    @property
    def sign(self) -> int:
        """Return +1 for a long, -1 for a short."""
        return 1 if self.size > 0 else -1

    def plan_after(self, plan: Plan) -> Plan:
        """Return the plan after adding under another one: the stop does not loosen."""
        stops = [stop for stop in (self.plan.stop, plan.stop) if stop is not None]
        tighter = max if self.size > 0 else min
        return replace(plan, stop=tighter(stops) if stops else None)


@dataclass(slots=True, kw_only=True)
class SlowAccount:
    """One cross-margined account."""

    cash: Fraction
    """Quote: everything paid for positions is gone from it, everything got for them is in it."""
    positions: dict[str, Position] = field(default_factory=dict)
    """By symbol; none is flat."""

    def nav(self, marks: Mapping[str, Fraction]) -> Fraction:
        """Return what the account is worth at these marks."""
        return self.cash + sum(held.size * marks[each] for each, held in self.positions.items())

    def pay(self, sign: int, quantity: Fraction, price: Fraction, fee_rate: Fraction) -> None:
        """Pay for a fill, and its fee."""
        notional = quantity * price
        self.cash -= sign * notional + round(notional * fee_rate, _MONEY_PLACES)

    def close(self, symbol: str, quantity: Fraction) -> None:
        """Take a quantity out of a position."""
        held = self.positions[symbol]
        held.size -= held.sign * quantity
        held.leaving = False
        if not held.size:
            del self.positions[symbol]

    def open(self, symbol: str, size: Fraction, plan: Plan, leverage: Fraction) -> None:
        """Open a position, or add to it: the new plan holds, and the lower leverage."""
        held = self.positions.get(symbol)
        if held is None:
            self.positions[symbol] = Position(size=size, plan=plan, leverage=leverage)
            return
        held.plan = held.plan_after(plan)
        held.size += size
        held.leverage = min(held.leverage, leverage)
        held.leaving = False

    def settle(self, symbol: str, mark: Fraction, rate: Fraction) -> None:
        """Pay or receive funding on what is held."""
        held = self.positions.get(symbol)
        if held is not None:
            self.cash += round(-held.size * mark * rate, _MONEY_PLACES)

    def cover_shortfall(self) -> None:
        """Forgive the debt of an account that has nothing left."""
        if not self.positions:
            self.cash = max(self.cash, Fraction(0))
