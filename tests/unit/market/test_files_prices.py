"""Prices and rates: exact where they were written, rounded to what was meant where binary."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonome.domain.errors import MarketDataError
from autonome.market.files import read_market
from autonome.market.files.numbers import decimal_places, ticks_of
from unit.market.bars import START
from unit.market.written import STYLES, Style, bars, instrument, write_bars, write_data, write_rates

TICKS = st.sampled_from(["0.1", "0.01", "0.001", "0.0001", "0.00000001", "0.5", "0.03", "1", "5"])


@pytest.mark.parametrize("style", ["our Parquet", "our CSV"])
@pytest.mark.parametrize(
    ("tick", "price", "ticks"),
    [
        ("0.1", "94230.2", 942_302),  # 94230.2 / 0.1 is 942301.9999999999 in binary.
        ("0.1", "109500.3", 1_095_003),
        ("0.001", "145.123", 145_123),
        ("0.001", "0.003", 3),  # 0.003 / 0.001 is 2.9999999999999996 in binary.
        ("0.0001", "2.3457", 23_457),
        ("0.01", "2575.52", 257_552),
        ("0.5", "10.5", 21),
        ("5", "95005.0", 19_001),
        ("0.03", "0.09", 3),
        ("0.000001", "1.2e-05", 12),  # As pandas writes small numbers.
    ],
)
def test_a_price_becomes_the_ticks_that_were_published(
    tmp_path: Path, style: str, tick: str, price: str, ticks: int
) -> None:
    write_data(tmp_path, STYLES[style])
    write_bars(tmp_path, bars([(price,) * 4]), STYLES[style])
    found = read_market(tmp_path, [instrument(tick)]).candles["BTC"]
    assert found.close.tolist() == [ticks]
    assert found.tick * ticks == Decimal(price)


@given(st.lists(st.integers(1, 10**9), min_size=1), TICKS)
def test_every_price_on_its_tick_is_read_from_text_binary_and_decimals(
    ticks: list[int], tick: str
) -> None:
    prices = [Decimal(tick) * each for each in ticks]
    columns = (
        pl.Series([f"{price:f}" for price in prices]),
        pl.Series([str(price) for price in prices]),
        pl.Series([float(price) for price in prices]),
        pl.Series(prices, dtype=pl.Decimal(38, 8)),
    )
    for column in columns:
        found, is_on_tick = ticks_of(column, Decimal(tick))
        assert is_on_tick.all()
        assert found.tolist() == ticks


@given(st.integers(1, 10**9), TICKS, st.integers(1, 9))
def test_no_price_a_tenth_off_its_tick_is_read(ticks: int, tick: str, tenths: int) -> None:
    price = Decimal(tick) * ticks + Decimal(tick) * tenths / 10
    for column in (pl.Series([f"{price:f}"]), pl.Series([float(price)])):
        assert not ticks_of(column, Decimal(tick)).is_on_tick.any()


@pytest.mark.parametrize(
    ("price", "is_on_tick"),
    [("10.50000049", True), ("10.49999951", True), ("10.5000006", False), ("10.4999994", False)],
)
def test_a_price_may_be_a_millionth_of_a_tick_off(price: str, is_on_tick: bool) -> None:
    for column in (pl.Series([price]), pl.Series([float(price)])):
        found = ticks_of(column, Decimal("0.5"))
        assert found.ticks.tolist() == [21]
        assert found.is_on_tick.tolist() == [is_on_tick]


@pytest.mark.parametrize(
    ("prices", "places"),
    [([94230.2, 94230.0], 1), ([2.1548, 2.155], 4), ([5.0], 0), ([0.1 + 0.2], 1), ([1 / 3], None)],
)
def test_the_decimals_that_write_every_price(prices: list[float], places: int | None) -> None:
    assert decimal_places(pl.Series(prices).to_numpy()) == places


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES.keys())
@pytest.mark.parametrize("rate", ["-0.000024", "0.00010000", "1e-05", "0", "-0.00000001"])
def test_a_rate_is_the_one_that_was_published(tmp_path: Path, style: Style, rate: str) -> None:
    write_data(tmp_path, style)
    write_rates(tmp_path, [(START, rate)], style)
    assert read_market(tmp_path, [instrument()]).funding["BTC"].rate == (Decimal(rate),)


def test_a_rate_that_is_no_number_is_refused(tmp_path: Path) -> None:
    write_data(tmp_path, STYLES["our CSV"])
    write_rates(tmp_path, [(START, "none")], STYLES["our CSV"])
    with pytest.raises(MarketDataError, match="has a finite rate"):
        read_market(tmp_path, [instrument()])


@pytest.mark.parametrize("unit", ["us", "ns"])
@pytest.mark.parametrize("zone", ["UTC", None])
def test_instants_in_other_units_are_the_same_instants(
    tmp_path: Path, unit: str, zone: str | None
) -> None:
    path, _ = write_data(tmp_path, STYLES["our Parquet"])
    before = read_market(tmp_path, [instrument()]).fingerprint()
    frame = pl.read_parquet(path)
    ts = frame["ts"].dt.replace_time_zone(zone).cast(pl.Datetime(unit, zone))  # type: ignore[arg-type]
    frame.with_columns(ts).write_parquet(path)
    assert read_market(tmp_path, [instrument()]).fingerprint() == before


@pytest.mark.parametrize(
    "written",
    [
        "2025-05-05T00:00:00Z",
        "2025-05-05 00:00:00+00:00",
        "2025-05-05T00:00:00.000000Z",
        "2025-05-05T02:00:00+02:00",
    ],
)
def test_an_instant_may_be_written_in_any_zone_that_it_names(tmp_path: Path, written: str) -> None:
    write_data(tmp_path, STYLES["our CSV"])
    write_bars(tmp_path, [{**bars()[0], "at": written}], STYLES["our CSV"])
    assert read_market(tmp_path, [instrument()]).start == START
