"""The worked example of the accounting rules, number by number, and its mirror image."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pytest

from autonome.domain.choices import OrderSide, Side
from autonome.domain.money import bps_of, round_cents, round_money
from autonome.domain.position import Execution, Position, apply_execution, funding_payment

TAKER_BPS = Decimal(5)
CAPITAL = Decimal(10_000)


def execution(side: Side, quantity: str, price: str) -> Execution:
    size, paid = Decimal(quantity), Decimal(price)
    fee = round_money(bps_of(size * paid, TAKER_BPS))
    return Execution(side=side, quantity=size, price=paid, fee=fee)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What the five events of the example must give; every number by hand."""

    entry: Side
    second_price: str
    average: Decimal
    entry_notional: Decimal
    entry_fees: Decimal
    funding_mark: str
    funding: Decimal
    close_price: str
    released: Decimal
    released_fees: Decimal
    released_funding: Decimal
    close_fee: Decimal
    realized: Decimal
    stored: Decimal
    mark: str
    left: Decimal
    nav: Decimal
    stop_price: str
    stop_fee: Decimal
    stop_realized: Decimal
    stop_stored: Decimal
    last_nav: Decimal


LONG = Figures(  # The table "Worked example" of the accounting rules, as printed.
    entry=Side.BUY,
    second_price="53000",
    average=Decimal(51_000),
    entry_notional=Decimal(15_300),
    entry_fees=Decimal("7.65"),  # 5.00 + 2.65
    funding_mark="52000",
    funding=Decimal("-1.56"),
    close_price="54000",
    released=Decimal(6_120),
    released_fees=Decimal("3.06"),
    released_funding=Decimal("-0.624"),
    close_fee=Decimal("3.24"),
    realized=Decimal("353.076"),
    stored=Decimal("353.08"),
    mark="51500",
    left=Decimal(9_180),
    nav=Decimal("10437.55"),
    stop_price="50400",
    stop_fee=Decimal("4.536"),
    stop_realized=Decimal("-118.062"),
    stop_stored=Decimal("-118.06"),
    last_nav=Decimal("10235.014"),
)
SHORT = Figures(  # The same distances downwards, by hand.
    entry=Side.SELL,
    second_price="47000",
    average=Decimal(49_000),
    entry_notional=Decimal(-14_700),  # 0.2 x 50,000 + 0.1 x 47,000
    entry_fees=Decimal("7.35"),  # 5.00 + 2.35
    funding_mark="48000",
    funding=Decimal("1.44"),  # 0.3 x 48,000 x 0.0001, received
    close_price="46000",
    released=Decimal(5_880),
    released_fees=Decimal("2.94"),
    released_funding=Decimal("0.576"),
    close_fee=Decimal("2.76"),
    realized=Decimal("354.876"),  # 5,880 - 5,520 - 2.94 - 2.76 + 0.576
    stored=Decimal("354.88"),
    mark="48500",
    left=Decimal(-8_820),
    nav=Decimal("10441.33"),  # 10,000 + 354.876 + 90 - 4.41 + 0.864
    stop_price="49600",
    stop_fee=Decimal("4.464"),
    stop_realized=Decimal("-116.01"),  # 8,820 - 8,928 - 4.41 - 4.464 + 0.864
    stop_stored=Decimal("-116.01"),
    last_nav=Decimal("10238.866"),
)


@pytest.mark.parametrize("figures", [LONG, SHORT], ids=["long", "short"])
def test_every_number_of_the_worked_example(figures: Figures) -> None:
    entry, sign = figures.entry, figures.entry.sign
    first = execution(entry, "0.2", "50000")
    second = execution(entry, "0.1", figures.second_price)
    assert first.fee + second.fee == figures.entry_fees
    held = apply_execution(apply_execution(Position(), first).position, second).position
    assert held.size == sign * Decimal("0.3")
    assert held.entry_notional == figures.entry_notional
    assert held.average_entry_price == figures.average
    assert held.entry_fees == figures.entry_fees

    paid = funding_payment(
        size=held.size, mark_price=Decimal(figures.funding_mark), rate=Decimal("0.0001")
    )
    assert paid == figures.funding
    held = held.with_funding(paid)

    partial = apply_execution(held, execution(entry.opposite, "0.12", figures.close_price))
    assert partial.closed is not None
    assert partial.opened is None
    assert partial.closed.side is (OrderSide.LONG if sign > 0 else OrderSide.SHORT)
    assert partial.closed.entry_notional == figures.released
    assert partial.closed.entry_fees == figures.released_fees
    assert partial.closed.funding == figures.released_funding
    assert partial.closed.execution.fee == figures.close_fee
    assert partial.closed.realized_pnl == figures.realized
    assert round_cents(partial.closed.realized_pnl) == figures.stored

    left, mark = partial.position, Decimal(figures.mark)
    assert left.size == sign * Decimal("0.18")
    assert left.entry_notional == figures.left
    assert left.average_entry_price == figures.average
    assert left.unrealized_pnl(mark_price=mark) == Decimal(90)
    assert CAPITAL + figures.realized + left.open_pnl(mark_price=mark) == figures.nav
    close = partial.closed.execution
    traded = sum(
        each.side.sign * each.quantity * each.price + each.fee for each in (first, second, close)
    )
    assert CAPITAL - traded + paid + left.size * mark == figures.nav

    last = apply_execution(left, execution(entry.opposite, "0.18", figures.stop_price))
    assert last.closed is not None
    assert last.closed.execution.fee == figures.stop_fee
    assert last.closed.realized_pnl == figures.stop_realized
    assert round_cents(last.closed.realized_pnl) == figures.stop_stored
    assert last.position == Position()
    assert CAPITAL + figures.realized + figures.stop_realized == figures.last_nav


def test_every_number_of_the_flip_example() -> None:
    # "Flip" of the accounting rules: sell 0.5 @ 3,000, then buy 0.8 @ 2,900.
    short = apply_execution(Position(), execution(Side.SELL, "0.5", "3000")).position
    effect = apply_execution(short, execution(Side.BUY, "0.8", "2900"))
    assert effect.closed is not None
    assert effect.opened is not None
    assert effect.closed.side is OrderSide.SHORT
    assert effect.closed.execution.quantity == Decimal("0.5")
    assert effect.closed.entry_notional == Decimal(1_500)
    assert effect.closed.entry_fees == Decimal("0.75")
    assert effect.closed.execution.fee == Decimal("0.725")
    assert effect.closed.realized_pnl == Decimal("48.525")
    assert round_cents(effect.closed.realized_pnl) == Decimal("48.52")
    assert effect.opened.quantity == Decimal("0.3")
    assert effect.opened.fee == Decimal("0.435")
    assert effect.position == Position(
        size=Decimal("0.3"), entry_notional=Decimal(870), entry_fees=Decimal("0.435")
    )
    assert effect.position.side is OrderSide.LONG


@pytest.mark.parametrize(
    ("entry", "steps"),
    [
        (
            Side.BUY,
            (
                ("0.2", "50000", "50000", "9995"),  # Only the fee of 5.00 is gone.
                ("0.1", "53000", "53000", "10592.35"),  # 0.3 x 53,000 - 15,300 - 7.65
                (None, "-1.56", "52000", "10290.79"),  # 15,600 - 15,300 - 7.65 - 1.56
                # 353.076, and of the rest 9,720 - 9,180 - 4.59 - 0.936
                ("-0.12", "54000", "54000", "10887.55"),
                ("-0.18", "50400", "1", "10235.014"),  # As printed; nothing is held.
            ),
        ),
        (
            Side.SELL,
            (
                ("0.2", "50000", "50000", "9995"),
                ("0.1", "47000", "47000", "10592.65"),  # 14,700 - 14,100 - 7.35
                (None, "1.44", "48000", "10294.09"),  # 14,700 - 14,400 - 7.35 + 1.44
                # 354.876, and of the rest 8,820 - 8,280 - 4.41 + 0.864
                ("-0.12", "46000", "46000", "10891.33"),
                ("-0.18", "49600", "1", "10238.866"),
            ),
        ),
        (
            Side.SELL,  # "Flip" of the accounting rules.
            (
                ("0.5", "3000", "2950", "10024.25"),  # 0.5 x 50 - 0.75
                ("-0.8", "2900", "2910", "10051.09"),  # 48.525 + 0.3 x 10 - 0.435
            ),
        ),
    ],
    ids=["long", "short", "flip"],
)
def test_nav_is_the_same_both_ways_after_every_event(
    entry: Side, steps: tuple[tuple[str | None, str, str, str], ...]
) -> None:
    """A step is a fill (quantity, negative to exit, and price) or a payment; mark; NAV by hand."""
    held, realized, flows = Position(), CAPITAL, CAPITAL
    for quantity, price, mark, nav in steps:
        if quantity is None:
            held, flows = held.with_funding(Decimal(price)), flows + Decimal(price)
        else:
            side = entry if Decimal(quantity) > 0 else entry.opposite
            traded = execution(side, quantity.removeprefix("-"), price)
            effect = apply_execution(held, traded)
            held = effect.position
            realized += effect.closed.realized_pnl if effect.closed else 0
            flows -= side.sign * traded.notional + traded.fee
        mark_price = Decimal(mark)
        assert realized + held.open_pnl(mark_price=mark_price) == Decimal(nav)
        assert flows + held.size * mark_price == Decimal(nav)


def test_profit_comes_from_fills_and_not_from_the_rounded_average() -> None:
    # 0.1 @ 100, 0.2 @ 103, 0.4 @ 99.5: 70.4 over 0.7 is 100.571428571..., stored to 1e-8. Sold at
    # 100.55 they bring 70.385: a loss of 0.015. From the stored average it would be -0.014999999.
    held = Position()
    for quantity, price in (("0.1", "100"), ("0.2", "103"), ("0.4", "99.5")):
        bought = Execution(
            side=Side.BUY, quantity=Decimal(quantity), price=Decimal(price), fee=Decimal(0)
        )
        held = apply_execution(held, bought).position
    sold = Execution(
        side=Side.SELL, quantity=Decimal("0.7"), price=Decimal("100.55"), fee=Decimal(0)
    )
    closed = apply_execution(held, sold).closed
    assert closed is not None
    assert held.average_entry_price == Decimal("100.57142857")
    assert closed.realized_pnl == Decimal("-0.015")
    assert closed.realized_pnl != Decimal("0.7") * (sold.price - held.average_entry_price)
    assert round_cents(closed.realized_pnl) == Decimal("-0.02")  # A tie, to the even cent.


def test_cash_is_nav_less_unrealized_always() -> None:
    # The worked example after its partial close: 10,437.55 at 51,500, of which 90 are unrealized.
    held = Position()
    for traded in (execution(Side.BUY, "0.2", "50000"), execution(Side.BUY, "0.1", "53000")):
        held = apply_execution(held, traded).position
    held = held.with_funding(Decimal("-1.56"))
    effect = apply_execution(held, execution(Side.SELL, "0.12", "54000"))
    assert effect.closed is not None
    realized, left = CAPITAL + effect.closed.realized_pnl, effect.position
    for mark in map(Decimal, ("51500", "1", "99999.9")):
        nav = realized + left.open_pnl(mark_price=mark)
        assert nav - left.unrealized_pnl(mark_price=mark) == Decimal("10347.55")
