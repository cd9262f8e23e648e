"""NAV minute by minute: between two events it is linear in the closes, exact in int64."""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from autonome.arena.account import Account
from autonome.domain.errors import InvariantBroken
from autonome.domain.money import MONEY_UNIT, exact
from autonome.ledger.journal.port import MarkPoints, NavPoints
from autonome.market.candles import MINUTE_MS, Candles
from autonome.market.market import Market

__all__ = ["mark_points", "nav_points"]

_LARGEST = 2**62
"""Sums of int64 below this cannot overflow."""


@exact
def nav_points(account: Account, market: Market, *, first_bar: int, end_bar: int) -> NavPoints:
    """Return the NAV at the close of each bar in [``first_bar``, ``end_bar``), nothing trading.

    NAV = capital + realized + sum over positions of (size x close - entry notional - entry fees
    + funding), in units of 1e-8 of quote.
    """
    constant = account.starting_capital + account.realized_pnl
    nav = np.zeros(end_bar - first_bar, dtype=np.int64)
    room = _LARGEST
    for symbol, holding in account.holdings.items():
        position = holding.position
        constant += position.funding - position.entry_fees - position.entry_notional
        candles = market.candles[symbol]
        closes = candles.close[first_bar:end_bar]
        per_tick = _units(position.size * candles.tick)
        room -= abs(per_tick) * int(closes.max(initial=1))
        _require_room(room, account)
        nav += closes * per_tick
    base = _units(constant)
    _require_room(room - abs(base), account)
    at_ms = market.open_ms[first_bar:end_bar] + MINUTE_MS
    return NavPoints(model_id=account.model_id, at_ms=at_ms, nav=nav + base)


def _require_room(room: int, account: Account) -> None:
    if room <= 0:
        raise InvariantBroken(f"the NAV of {account.model_id} does not fit 64 bits")


@exact
def mark_points(candles: Candles) -> MarkPoints:
    """Return the marks of one symbol: the close of each minute."""
    per_tick = _units(candles.tick)
    return MarkPoints(symbol=candles.symbol, at_ms=candles.close_ms, price=candles.close * per_tick)


def _units(amount: Decimal) -> int:
    """Return an amount (quote) as whole units of 1e-8."""
    units = amount / MONEY_UNIT
    if units != units.to_integral_value():
        raise InvariantBroken(f"expected a multiple of {MONEY_UNIT}, found {amount}")
    return int(units)
