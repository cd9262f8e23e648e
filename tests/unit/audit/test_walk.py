"""The auditor's walk against the worked numbers of the accounting rules."""

from __future__ import annotations

from decimal import Decimal

import pytest

from autonome.audit.arithmetic import CENT, decimal_text, half_even
from autonome.audit.walk import Account, Closed
from unit.audit.movements import units


class Books:
    """An account that is told in decimal text, and checks both formulas whenever it is asked."""

    def __init__(self, capital: str = "10000") -> None:
        self.account = Account(capital=int(Decimal(capital).scaleb(16)))

    def trade(self, quantity: str, price: str, fee: str) -> Closed | None:
        return self.account.fill("BTC", units(quantity), units(price), units(fee))

    def nav(self, mark: str) -> Decimal:
        assert self.account.cash_from_flows == self.account.cash_from_trades
        return Decimal(decimal_text(self.account.nav({"BTC": units(mark)}), places=16))


def realized(closed: Closed | None) -> tuple[Decimal, Decimal]:
    assert closed is not None
    cents = half_even(closed.realized, CENT)
    return Decimal(decimal_text(closed.realized, places=16)), Decimal(decimal_text(cents, places=2))


def test_the_worked_example_both_ways_at_every_step() -> None:
    books = Books()
    assert books.trade("0.2", "50000", "5.00") is None
    assert books.nav("50000") == Decimal("9995")
    assert books.trade("0.1", "53000", "2.65") is None
    assert books.account.positions["BTC"].entry_price == units("51000")
    assert books.nav("52000") == Decimal("10292.35")  # 300 - 7.65
    books.account.fund("BTC", units("-1.56"))
    assert books.nav("52000") == Decimal("10290.79")
    part = books.trade("-0.12", "54000", "3.24")
    assert realized(part) == (Decimal("353.076"), Decimal("353.08"))
    assert books.nav("51500") == Decimal("10437.55")
    last = books.trade("-0.18", "50400", "4.536")
    assert realized(last) == (Decimal("-118.062"), Decimal("-118.06"))
    assert books.nav("1") == Decimal("10235.014")
    assert books.account.positions == {}


def test_the_flip_both_ways() -> None:
    books = Books()
    books.trade("-0.5", "3000", "0.75")
    closed = books.trade("0.8", "2900", "1.16")
    assert realized(closed) == (Decimal("48.525"), Decimal("48.52"))
    held = books.account.positions["BTC"]
    assert (held.size, held.entry_price) == (units("0.3"), units("2900"))
    assert Decimal(decimal_text(held.fees, places=16)) == Decimal("0.435")
    assert books.nav("2910") == Decimal("10051.09")  # 48.525 - 0.435 + 0.3 x 10


def test_a_shortfall_makes_up_for_what_a_liquidation_lost() -> None:
    books = Books("1000")
    books.trade("0.2", "50000", "5")
    books.trade("-0.2", "44000", "4.4")
    assert books.nav("1") == Decimal("-209.4")
    books.account.pay(units("209.4"))
    assert books.nav("1") == 0


@pytest.mark.parametrize("sign", [1, -1])
def test_the_average_entry_is_half_even_and_stays_while_the_position_shrinks(sign: int) -> None:
    books = Books()
    for quantity, price in (("1", "1"), ("2", "2.00000001")):
        books.trade(f"{sign * int(quantity)}", price, "0")
    # 5.00000002 / 3 = 1.66666667333...
    assert books.account.positions["BTC"].entry_price == units("1.66666667")
    closed = books.trade(f"{-sign}", "3", "0")
    assert closed is not None
    assert closed.entry_price == books.account.positions["BTC"].entry_price == units("1.66666667")
