"""Liquidation: where it happens the account is at its maintenance margin, and nowhere before."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from autonome.domain.margin import (
    Leg,
    Marked,
    initial_margin,
    liquidation_price,
    liquidation_prices,
    lone_liquidation_prices,
)

TICK, LOT, UNIT = Decimal("0.1"), Decimal("0.001"), Decimal("1e-8")
HALF_STEP = Fraction(1, 2 * 10**12)
"""Prices are rounded to 1e-12."""

sizes = st.integers(-5_000, 5_000).filter(bool).map(lambda lots: lots * LOT)
prices = st.integers(1, 2_000_000).map(lambda ticks: ticks * TICK)
rates = st.integers(1, 500).map(lambda number: number * Decimal("0.001"))
money = st.integers(-(10**14), 10**14).map(lambda units: units * UNIT)


@st.composite
def adverse_legs(draw: st.DrawFn) -> Leg:
    size, one, other = draw(sizes), draw(prices), draw(prices)
    low, high = min(one, other), max(one, other)
    return Leg(
        size=size,
        open_price=high if size > 0 else low,
        adverse_price=low if size > 0 else high,
        maintenance_rate=draw(rates),
    )


def surplus(base: Decimal, legs: list[Leg], marks: list[Fraction]) -> Fraction:
    """Return NAV less maintenance margin, from their definitions."""
    nav, maintenance = Fraction(base), Fraction(0)
    for leg, mark in zip(legs, marks, strict=True):
        nav += Fraction(leg.size) * mark
        maintenance += abs(Fraction(leg.size)) * mark * Fraction(leg.maintenance_rate)
    return nav - maintenance


def on_path(legs: list[Leg], way: Fraction) -> list[Fraction]:
    return [
        Fraction(leg.open_price) + way * (Fraction(leg.adverse_price) - Fraction(leg.open_price))
        for leg in legs
    ]


@given(base=money, legs=st.lists(adverse_legs(), min_size=1, max_size=4))
def test_the_account_is_at_its_maintenance_margin_where_it_is_liquidated(
    base: Decimal, legs: list[Leg]
) -> None:
    found = liquidation_prices(base=base, legs=legs)
    at_open, at_end = (surplus(base, legs, on_path(legs, Fraction(way))) for way in (0, 1))
    if found is None:
        assert at_open > 0
        assert at_end > 0
    elif at_open <= 0:
        assert found == tuple(leg.open_price for leg in legs)
    else:
        left = surplus(base, legs, [Fraction(price) for price in found])
        weights = sum(
            abs(Fraction(leg.size)) * (1 + Fraction(leg.maintenance_rate)) for leg in legs
        )
        assert abs(left) <= weights * HALF_STEP


@given(base=money, legs=st.lists(adverse_legs(), min_size=1, max_size=4))
def test_liquidation_prices_lie_on_one_straight_path(base: Decimal, legs: list[Leg]) -> None:
    found = liquidation_prices(base=base, legs=legs)
    if found is None:
        return
    ways = []
    for leg, price in zip(legs, found, strict=True):
        assert min(leg.open_price, leg.adverse_price) <= price
        assert price <= max(leg.open_price, leg.adverse_price)
        length = Fraction(leg.adverse_price) - Fraction(leg.open_price)
        if length:
            error = abs(HALF_STEP / length)
            way = (Fraction(price) - Fraction(leg.open_price)) / length
            ways.append((way - error, way + error))
    assert not ways or max(low for low, _ in ways) <= min(high for _, high in ways)


@given(cash=money, leg=adverse_legs(), entry=prices)
def test_the_path_of_one_position_agrees_with_the_closed_formula(
    cash: Decimal, leg: Leg, entry: Decimal
) -> None:
    closed = liquidation_price(
        cash=cash, size=leg.size, entry_price=entry, maintenance_rate=leg.maintenance_rate
    )
    found = liquidation_prices(base=cash - leg.size * entry, legs=[leg])
    passed = closed is not None and (
        leg.adverse_price <= closed if leg.size > 0 else leg.adverse_price >= closed
    )
    assert (found is not None) == passed
    if found is not None and closed is not None:
        beyond = max if leg.size < 0 else min
        assert found == (beyond(closed, leg.open_price),)


@given(
    size=sizes, mark=prices, leverage=st.integers(1, 12_500).map(lambda it: it * Decimal("0.01"))
)
def test_a_stated_initial_margin_is_less_than_a_unit_above_the_true_one(
    size: Decimal, mark: Decimal, leverage: Decimal
) -> None:
    true = abs(Fraction(size)) * Fraction(mark) / Fraction(leverage)
    stated = Fraction(initial_margin(size=size, mark_price=mark, leverage=leverage))
    assert 0 <= stated - true < Fraction(UNIT)
    assert (stated / Fraction(UNIT)).denominator == 1


marked = st.builds(Marked, size=sizes, mark_price=prices, maintenance_rate=rates)


@given(base=money, positions=st.lists(marked, min_size=1, max_size=4))
def test_the_account_is_at_its_maintenance_margin_where_one_mark_alone_has_moved(
    base: Decimal, positions: list[Marked]
) -> None:
    found = lone_liquidation_prices(base=base, positions=positions)
    for place, (each, price) in enumerate(zip(positions, found, strict=True)):

        def left(mark: Fraction, place: int = place) -> Fraction:
            nav = Fraction(base)
            for other, held in enumerate(positions):
                at = mark if other == place else Fraction(held.mark_price)
                value = Fraction(held.size) * at
                nav += value - abs(value) * Fraction(held.maintenance_rate)
            return nav

        if price is None:
            assert each.size > 0
            assert left(Fraction(0)) >= 0
        elif price == 0 and each.size < 0:
            assert left(Fraction(0)) <= abs(Fraction(each.size)) * 2 * HALF_STEP
        else:
            weight = abs(Fraction(each.size)) * (1 + Fraction(each.maintenance_rate))
            assert abs(left(Fraction(price))) <= weight * HALF_STEP
