"""The grid of a contract: ticks, lots, and which way each rounding goes."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from autonome.domain.choices import Side
from autonome.domain.instrument import Instrument

BTC = Instrument(
    symbol="BTC",
    tick=Decimal("0.1"),
    lot=Decimal("0.001"),
    min_quantity=Decimal("0.001"),
    min_notional=Decimal(100),
    max_leverage=Decimal(125),
    maintenance_rate=Decimal("0.005"),
    liquidation_fee_rate=Decimal("0.0125"),
)


@pytest.mark.parametrize(
    ("price", "side", "expected"),
    [
        ("100.01", Side.BUY, "100.1"),
        ("100.09", Side.SELL, "100.0"),
        ("100.1", Side.BUY, "100.1"),
        ("100.1", Side.SELL, "100.1"),
    ],
)
def test_a_fill_lies_on_the_tick_that_is_worse_for_the_trader(
    price: str, side: Side, expected: str
) -> None:
    assert BTC.price_against_trader(Decimal(price), side) == Decimal(expected)


@pytest.mark.parametrize(
    ("price", "expected"), [("100.14", "100.1"), ("100.16", "100.2"), ("100.15", "100.2")]
)
def test_a_trigger_lies_on_the_nearest_tick(price: str, expected: str) -> None:
    assert BTC.trigger_price(Decimal(price)) == Decimal(expected)


@pytest.mark.parametrize(
    ("notional", "price", "lots"),
    [
        ("4500", "109500.0", "0.041"),  # 0.041 costs 4,489.5; 0.042 costs 4,599.
        ("109.5", "109500.0", "0.001"),  # Exactly one lot.
        ("109.4", "109500.0", "0"),
        ("0", "109500.0", "0"),
    ],
)
def test_a_notional_buys_the_most_whole_lots_that_it_pays_for(
    notional: str, price: str, lots: str
) -> None:
    assert BTC.lots_worth(Decimal(notional), price=Decimal(price)) == Decimal(lots)


@pytest.mark.parametrize("name", ["tick", "lot", "min_quantity", "max_leverage"])
@pytest.mark.parametrize("value", ["0", "-1"])
def test_an_instrument_without_a_positive_step_is_refused(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=f"expected {name} > 0"):
        replace(BTC, **{name: Decimal(value)})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("maintenance", "fee"),
    [("0", "0"), ("1", "0"), ("-0.01", "0"), ("0.01", "1"), ("0.01", "-0.01")],
)
def test_a_margin_rate_that_is_no_fraction_is_refused(maintenance: str, fee: str) -> None:
    with pytest.raises(ValueError, match="expected margin rates that are fractions"):
        replace(BTC, maintenance_rate=Decimal(maintenance), liquidation_fee_rate=Decimal(fee))


def test_a_liquidation_may_be_free() -> None:
    assert replace(BTC, liquidation_fee_rate=Decimal(0)).liquidation_fee_rate == 0


def test_a_grid_finer_than_the_money_unit_is_refused() -> None:
    with pytest.raises(ValueError, match="expected lot x tick to be a multiple"):
        replace(BTC, tick=Decimal("0.00001"), lot=Decimal("0.0001"))
    assert replace(BTC, tick=Decimal("0.0001"), lot=Decimal("0.0001")).tick == Decimal("0.0001")
