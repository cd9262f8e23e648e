"""Where an account is liquidated: the worked figures of the accounting rules, bar by bar."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest

from autonome.venue.simulated.liquidation import Exposed, Liquidation, first_liquidation
from unit.market.bars import Bar, candles

RATE = Decimal("0.012")
CALM: Bar = (500_000, 500_100, 499_900, 500_000)
"""In ticks of 0.1: 50,000."""


def exposed(
    bars: Sequence[Bar], size: str, *, rate: Decimal = RATE, tick: str = "0.1", symbol: str = "BTC"
) -> Exposed:
    made = candles(bars, symbol=symbol, tick=tick)
    return Exposed(
        candles=made,
        size=Decimal(size),
        maintenance_rate=rate,
        highest=int(made.high.max()),
    )


def liquidated(
    bars: Sequence[Bar], size: str, *, first_bar: int = 0, cash: int = 1_000
) -> Liquidation | None:
    """Return the liquidation of ``size`` entered at 50,000 with this cash."""
    base = cash - Decimal(size) * 50_000
    return first_liquidation(
        [exposed(bars, size)], base=base, first_bar=first_bar, end_bar=len(bars)
    )


@pytest.mark.parametrize(
    ("size", "worst", "price"),
    [
        # 0.2 @ 50,000, cash 1,000, rate 1.2 %: (10,000 - 1,000) / (0.2 x 0.988) = 45,546.558704...
        ("0.2", 455_465, "45546.558704453441"),
        # (1,000 + 10,000) / (0.2 x 1.012) = 54,347.826086...
        ("-0.2", 543_479, "54347.826086956522"),
    ],
)
def test_the_worked_prices_of_the_accounting_rules(size: str, worst: int, price: str) -> None:
    low, high = min(worst, 499_900), max(worst, 500_100)
    bars: list[Bar] = [CALM, (500_000, high, low, 500_000), CALM]
    found = liquidated(bars, size)
    assert found is not None
    assert (found.bar, found.at_open) == (1, False)
    (at,) = found.prices
    # The way between open and extreme is a fraction of whole numbers; the price is 1e-12 of one.
    assert abs(at - Decimal(price)) <= Decimal("1e-11")


@pytest.mark.parametrize(("size", "worst"), [("0.2", 455_466), ("-0.2", 543_478)])
def test_a_tick_before_the_price_nothing_happens(size: str, worst: int) -> None:
    low, high = min(worst, 499_900), max(worst, 500_100)
    assert liquidated([CALM, (500_000, high, low, 500_000)], size) is None


@pytest.mark.parametrize(("size", "opened"), [("0.2", 450_000), ("-0.2", 550_000)])
def test_a_gap_beyond_the_price_liquidates_at_the_open(size: str, opened: int) -> None:
    gap: Bar = (opened, opened + 10, opened - 10, opened)
    found = liquidated([CALM, gap], size)
    assert found == Liquidation(bar=1, prices=(Decimal(opened) / 10,), at_open=True)


def test_the_first_bar_that_does_it_counts_and_bars_outside_do_not() -> None:
    fall: Bar = (500_000, 500_000, 400_000, 500_000)
    bars = [fall, CALM, fall, CALM, fall]
    for first_bar, bar in ((0, 0), (1, 2), (2, 2), (3, 4)):
        found = liquidated(bars, "0.2", first_bar=first_bar)
        assert found is not None
        assert found.bar == bar
    one = [exposed(bars, "0.2")]
    assert first_liquidation(one, base=Decimal(-9_000), first_bar=1, end_bar=2) is None
    assert first_liquidation(one, base=Decimal(-9_000), first_bar=3, end_bar=3) is None


def test_two_positions_are_closed_at_the_same_point_of_the_bars_way() -> None:
    """Long 1 @ 100 and short 1 @ 200, cash 20, rate 10 %.

    From the open (100, 200) to the extremes (90, 220): the surplus over the maintenance margin is
    20 - 30 = -10 already at the open with a rate of 10 %; with 2 % it is 20 - 6 = 14 there, and
    20 - 10 - 20 - 1.8 - 4.4 = -16.2 at the end. It vanishes after 14 / 30.2 of the way:
    100 - 10 x 0.463576... = 95.364238410596 and 200 + 20 x 0.463576... = 209.271523178808.
    """
    first: list[Bar] = [(100, 105, 90, 100)]
    second: list[Bar] = [(200, 220, 195, 200)]
    for rate, prices, at_open in (
        ("0.1", ("100", "200"), True),
        ("0.02", ("95.364238410596", "209.271523178808"), False),
    ):
        legs = [
            exposed(first, "1", rate=Decimal(rate), tick="1"),
            exposed(second, "-1", rate=Decimal(rate), tick="1", symbol="ETH"),
        ]
        # NAV 20 less 1 x 100 plus 1 x 200.
        found = first_liquidation(legs, base=Decimal(120), first_bar=0, end_bar=1)
        assert found == Liquidation(bar=0, prices=tuple(map(Decimal, prices)), at_open=at_open)


def test_adverse_extremes_are_taken_together() -> None:
    """Neither position alone could ruin the account; both within one bar do (convention)."""
    bars: list[Bar] = [(100, 110, 90, 100)]
    alone = [exposed(bars, "1", tick="1", rate=Decimal("0.01"))]
    # Cash 15: a long of 1 loses 10 at 90.
    assert first_liquidation(alone, base=Decimal(-85), first_bar=0, end_bar=1) is None
    both = [*alone, exposed(bars, "-1", tick="1", rate=Decimal("0.01"), symbol="ETH")]
    assert first_liquidation(both, base=Decimal(15), first_bar=0, end_bar=1) is not None


def test_an_account_that_no_price_of_the_market_can_ruin_is_left_alone() -> None:
    fall: Bar = (500_000, 500_000, 10, 500_000)
    assert liquidated([fall], "0.2", cash=10_000) is None


def test_exactly_at_the_margin_counts() -> None:
    """Long 1 @ 100, cash 10, rate 10 %: at 100 NAV and margin are both 10."""
    one = [exposed([(100, 100, 100, 100)], "1", tick="1", rate=Decimal("0.1"))]
    found = first_liquidation(one, base=Decimal(-90), first_bar=0, end_bar=1)
    assert found == Liquidation(bar=0, prices=(Decimal(100),), at_open=True)
    slightly_richer = Decimal("-89.99999999")
    assert first_liquidation(one, base=slightly_richer, first_bar=0, end_bar=1) is None
