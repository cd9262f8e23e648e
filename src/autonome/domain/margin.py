"""Margin of a cross-margined account: what positions tie up, and the prices that liquidate them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Final

from autonome.domain.money import MONEY_UNIT, ZERO, exact
from autonome.domain.value import value

__all__ = [
    "Leg",
    "Marked",
    "free_collateral",
    "initial_margin",
    "liquidation_price",
    "liquidation_prices",
    "lone_liquidation_prices",
    "maintenance_margin",
    "most_opening",
    "unit_cost",
]

_PRICE_PLACES: Final = 12
_PRICE_UNIT: Final = Decimal("1e-12")


@exact
def initial_margin(*, size: Decimal, mark_price: Decimal, leverage: Decimal) -> Decimal:
    """Return ``|size| x mark / leverage`` (quote), rounded up to 1e-8: never understated."""
    units, rest = divmod(abs(size) * mark_price, leverage * MONEY_UNIT)
    return (units + 1 if rest else units) * MONEY_UNIT


@exact
def maintenance_margin(*, size: Decimal, mark_price: Decimal, rate: Decimal) -> Decimal:
    """Return ``|size| x mark x rate`` (quote), exactly."""
    return abs(size) * mark_price * rate


def unit_cost(
    *, sign: int, entry_price: Decimal, mark_price: Decimal, fee_rate: Decimal
) -> Decimal:
    """Return what one unit traded costs (quote): the fee, and slippage where it is adverse.

    ``sign`` is +1 for a BUY; a fill that is better than the mark counts as no gain.
    """
    return entry_price * fee_rate + max(sign * (entry_price - mark_price), ZERO)


def most_opening(
    *,
    nav: Decimal,
    other_margins: Decimal,
    held: Decimal,
    mark_price: Decimal,
    cost: Decimal,
    leverage: Decimal,
    lot: Decimal,
) -> Decimal:
    """Return how much (base, whole lots) may open so that NAV covers the initial margins.

    ``nav`` is before the costs of what opens, ``held`` what is held already on the same side, and
    ``cost`` quote per unit. Formula: ``nav - q x cost >= other + (held + q) x mark / leverage``,
    multiplied by the leverage, since a third is no Decimal.
    """
    room = (nav - other_margins) * leverage - held * mark_price
    return max(room // ((mark_price + cost * leverage) * lot) * lot, ZERO)


@exact
def free_collateral(*, nav: Decimal, initial_margins: Iterable[Decimal]) -> Decimal:
    """Return NAV less the initial margins (quote); negative when they exceed it."""
    return nav - sum(initial_margins, ZERO)


@exact
def liquidation_price(
    *, cash: Decimal, size: Decimal, entry_price: Decimal, maintenance_rate: Decimal
) -> Decimal | None:
    """Return the mark at which the NAV of an account with one position is its maintenance margin.

    ``m = (size x entry - cash) / (size - |size| x rate)``, which is NAV = ``cash + size x
    (m - entry)`` set equal to ``|size| x m x rate``; half-even to 1e-12. ``None`` for a flat
    position and for a LONG that no price above zero can ruin; zero for a SHORT that every price
    ruins.
    """
    weight = _margin_weight(size, maintenance_rate)
    owed = size * entry_price - cash
    if not size or (size > 0 and owed <= 0):
        return None
    return max(_rounded(Fraction(owed) / Fraction(weight)), ZERO)


@value
class Marked:
    """One position of an account at its mark."""

    size: Decimal
    """Base units; long > 0, short < 0."""
    mark_price: Decimal
    """Quote per base unit."""
    maintenance_rate: Decimal
    """Maintenance margin as a fraction of the notional at mark, in (0, 1)."""


@exact
def lone_liquidation_prices(
    *, base: Decimal, positions: Sequence[Marked]
) -> tuple[Decimal | None, ...]:
    """Return each position's mark at which NAV is the maintenance margin, the other marks held.

    ``base`` (quote) is NAV less the sum of ``size x mark``, constant while nothing trades. What
    the others are worth less their maintenance margins is cash to ``liquidation_price``, which
    says what ``None`` and zero mean.
    """
    values = [
        _margin_weight(each.size, each.maintenance_rate) * each.mark_price for each in positions
    ]
    surplus = base + sum(values, ZERO)
    return tuple(
        liquidation_price(
            cash=surplus - own,
            size=each.size,
            # ``base`` has paid for the position already.
            entry_price=ZERO,
            maintenance_rate=each.maintenance_rate,
        )
        for each, own in zip(positions, values, strict=True)
    )


@value
class Leg:
    """One position while a bar's prices go against the account."""

    size: Decimal
    """Base units; long > 0, short < 0."""
    open_price: Decimal
    """Mark (quote) where the path begins."""
    adverse_price: Decimal
    """Mark (quote) where it ends: the bar's low for a long, its high for a short."""
    maintenance_rate: Decimal
    """Maintenance margin as a fraction of the notional at mark, in (0, 1)."""


@exact
def liquidation_prices(*, base: Decimal, legs: Sequence[Leg]) -> tuple[Decimal, ...] | None:
    """Return each leg's mark at the first moment when NAV is down to the maintenance margin.

    All prices move together, on the straight path from ``open_price`` to ``adverse_price``.
    ``base`` (quote) is NAV less the sum of ``size x mark``, constant while nothing trades. The
    opens are returned where the account is at its margin already, ``None`` where it never gets
    there. Half-even to 1e-12: putting a price on the tick is the caller's decision.
    """
    start = end = base
    for leg in legs:
        weight = _margin_weight(leg.size, leg.maintenance_rate)
        start += weight * leg.open_price
        end += weight * leg.adverse_price
    if start <= 0:
        return tuple(leg.open_price for leg in legs)
    if end > 0:
        return None
    # The surplus over the maintenance margin is linear on the path, so it vanishes here.
    way = Fraction(start) / Fraction(start - end)
    return tuple(
        _rounded(Fraction(leg.open_price) + way * Fraction(leg.adverse_price - leg.open_price))
        for leg in legs
    )


def _margin_weight(size: Decimal, maintenance_rate: Decimal) -> Decimal:
    """Return what NAV less maintenance margin gains with each quote unit of the mark."""
    return size - abs(size) * maintenance_rate


def _rounded(price: Fraction) -> Decimal:
    """Return ``price`` half-even to 1e-12: a third is no Decimal, so the digit is lost here."""
    return round(price * 10**_PRICE_PLACES) * _PRICE_UNIT
