"""Margin: worked liquidation prices, and the path of several positions at once."""

from __future__ import annotations

import decimal
from decimal import ROUND_HALF_EVEN, Decimal

import pytest

from autonome.domain.margin import (
    Leg,
    Marked,
    free_collateral,
    initial_margin,
    liquidation_price,
    liquidation_prices,
    lone_liquidation_prices,
    maintenance_margin,
)

CENT = Decimal("0.01")


@pytest.mark.parametrize(
    ("size", "leverage", "margin"),
    [
        ("0.3", "5", "3090"),  # 0.3 x 51,500 = 15,450
        ("-0.3", "5", "3090"),
        ("0.3", "1", "15450"),
        ("0.2", "3", "3433.33333334"),  # 10,300 / 3, rounded up
        ("0", "5", "0"),
    ],
)
def test_initial_margin_is_notional_over_leverage_and_never_understated(
    size: str, leverage: str, margin: str
) -> None:
    assert initial_margin(
        size=Decimal(size), mark_price=Decimal(51_500), leverage=Decimal(leverage)
    ) == Decimal(margin)


@pytest.mark.parametrize("size", ["0.3", "-0.3"])
def test_maintenance_margin_is_a_share_of_the_notional(size: str) -> None:
    margin = maintenance_margin(
        size=Decimal(size), mark_price=Decimal(51_500), rate=Decimal("0.012")
    )
    assert margin == Decimal("185.4")


def test_free_collateral_is_negative_when_margins_exceed_nav() -> None:
    margins = [Decimal("60.5"), Decimal(50)]
    assert free_collateral(nav=Decimal(100), initial_margins=margins) == Decimal("-10.5")
    assert free_collateral(nav=Decimal(100), initial_margins=[]) == Decimal(100)


@pytest.mark.parametrize(("size", "price"), [("0.2", "45546.56"), ("-0.2", "54347.83")])
def test_one_position_is_liquidated_at_the_price_of_the_worked_example(
    size: str, price: str
) -> None:
    # Long: (10,000 - 1,000) / (0.2 x 0.988); short: (1,000 + 10,000) / (0.2 x 1.012).
    found = liquidation_price(
        cash=Decimal(1_000),
        size=Decimal(size),
        entry_price=Decimal(50_000),
        maintenance_rate=Decimal("0.012"),
    )
    assert found is not None
    assert found.quantize(CENT, rounding=ROUND_HALF_EVEN) == Decimal(price)


def test_a_liquidation_price_is_given_to_twelve_places() -> None:
    # 11,000 / 0.2024 = 54,347.826086956521739...
    found = liquidation_price(
        cash=Decimal(1_000),
        size=Decimal("-0.2"),
        entry_price=Decimal(50_000),
        maintenance_rate=Decimal("0.012"),
    )
    assert found == Decimal("54347.826086956522")


@pytest.mark.parametrize(
    ("cash", "size", "price"),
    [
        ("1000", "0", None),  # Flat.
        ("10000", "0.2", None),  # Paid in full: worth something at every price above zero.
        ("10000.01", "0.2", None),
        ("-10000", "-0.2", "0"),  # Ruined at every price.
        ("-10001", "-0.2", "0"),
    ],
)
def test_a_position_that_no_price_or_every_price_ruins_says_so(
    cash: str, size: str, price: str | None
) -> None:
    found = liquidation_price(
        cash=Decimal(cash),
        size=Decimal(size),
        entry_price=Decimal(50_000),
        maintenance_rate=Decimal("0.012"),
    )
    assert found == (None if price is None else Decimal(price))


def leg(size: str, open_price: str, adverse_price: str, rate: str) -> Leg:
    return Leg(
        size=Decimal(size),
        open_price=Decimal(open_price),
        adverse_price=Decimal(adverse_price),
        maintenance_rate=Decimal(rate),
    )


LONG, SHORT = leg("1", "100", "80", "0.1"), leg("-2", "50", "60", "0.1")
"""Maintenance at the opens 10 + 10, at the extremes 8 + 12: 20 both times. What the two are worth
goes from 100 - 100 = 0 to 80 - 120 = -40."""


@pytest.mark.parametrize(
    ("base", "prices"),
    [
        ("60.00000001", None),  # NAV ends just above the margin.
        ("60", ("80", "60")),  # At the extremes, NAV = 60 - 40 = 20.
        ("40", ("90", "55")),  # Half way, NAV = 40 - 20 = 20.
        ("30", ("95", "52.5")),  # A quarter of the way, NAV = 30 - 10 = 20.
        ("20", ("100", "50")),  # At the margin already.
        ("-5", ("100", "50")),
    ],
)
def test_positions_are_liquidated_together_where_nav_meets_the_maintenance_margin(
    base: str, prices: tuple[str, str] | None
) -> None:
    found = liquidation_prices(base=Decimal(base), legs=[LONG, SHORT])
    assert found == (None if prices is None else tuple(map(Decimal, prices)))


@pytest.mark.parametrize(
    ("rate", "price"),
    [
        ("0.5", "0.8"),  # mark - 0.4 = 0.5 x mark
        ("0.4", "0.666666666667"),  # mark - 0.4 = 0.4 x mark, at two thirds
    ],
)
def test_a_price_of_the_path_is_given_to_twelve_places(rate: str, price: str) -> None:
    legs = [leg("1", "1", "0.4", rate)]
    assert liquidation_prices(base=Decimal("-0.4"), legs=legs) == (Decimal(price),)


def test_an_account_without_positions_is_never_liquidated_while_it_has_money() -> None:
    assert liquidation_prices(base=Decimal(1), legs=[]) is None
    assert liquidation_prices(base=Decimal(0), legs=[]) == ()


def test_a_bar_that_does_not_move_liquidates_nobody_above_the_margin() -> None:
    assert liquidation_prices(base=Decimal(1), legs=[leg("1", "100", "100", "0.1")]) is None


def test_margin_arithmetic_ignores_the_callers_context() -> None:
    with decimal.localcontext(decimal.Context(prec=3, traps=[])):
        margin = initial_margin(
            size=Decimal("0.123"), mark_price=Decimal("94230.7"), leverage=Decimal(7)
        )
        found = liquidation_prices(base=Decimal("-0.4"), legs=[leg("1", "1", "0.4", "0.4")])
    assert margin == Decimal("1655.76801429")  # 11,590.3761 / 7 = 1,655.768014285...
    assert found == (Decimal("0.666666666667"),)


def test_of_two_positions_each_has_the_price_at_which_it_alone_ruins_the_account() -> None:
    """10,000 of cash, 0.5 BTC bought for 25,000, 4 ETH sold for 12,000: base is -3,000.

    At marks of 50,000 and 3,000 NAV is 10,000. ETH's 12,000 and its margin of 1 % weigh -12,120:
    BTC (15,120) / (0.5 x 0.99). BTC's 25,000 less 250 leave 21,750: ETH 21,750 / (4 x 1.01).
    """
    held = [
        Marked(size=Decimal(size), mark_price=Decimal(mark), maintenance_rate=Decimal("0.01"))
        for size, mark in (("0.5", "50000"), ("-4", "3000"))
    ]
    assert lone_liquidation_prices(base=Decimal(-3_000), positions=held) == (
        Decimal("30545.454545454545"),  # 15,120 / 0.495
        Decimal("5383.663366336634"),  # 21,750 / 4.04
    )


def test_alone_a_position_has_the_price_of_the_worked_example() -> None:
    """Cash 1,000 and 0.2 @ 50,000, so base is 1,000 - 10,000, whatever the mark is now."""
    held = Marked(size=Decimal("0.2"), mark_price=Decimal(7), maintenance_rate=Decimal("0.012"))
    (found,) = lone_liquidation_prices(base=Decimal(-9_000), positions=[held])
    assert found is not None
    assert found.quantize(CENT, rounding=ROUND_HALF_EVEN) == Decimal("45546.56")
