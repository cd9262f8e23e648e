"""Reading files: every format and layout gives the same market, and says what it was."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import permutations
from pathlib import Path

import polars as pl
import pytest

from autonome.domain.errors import MarketDataError
from autonome.market.files import read_market
from autonome.venue.profile import load_profile
from unit.market.bars import START, START_MS
from unit.market.written import (
    GOOD,
    STYLES,
    Style,
    instrument,
    write_bars,
    write_data,
    write_rates,
)

OURS = STYLES["our Parquet"]
BINANCE = STYLES["Binance's older CSV"]
EVERY_STYLE = pytest.mark.parametrize("style", STYLES.values(), ids=STYLES.keys())


@EVERY_STYLE
def test_the_same_rows_are_the_same_market_however_they_are_written(
    tmp_path: Path, style: Style
) -> None:
    write_data(tmp_path, style)
    market = read_market(tmp_path, [instrument()])
    bars, funding = market.candles["BTC"], market.funding["BTC"]
    assert bars.open_ms.tolist() == [START_MS + minute * 60_000 for minute in range(4)]
    assert bars.open.tolist() == [20, 21, 22, 21]
    assert bars.high.tolist() == [22, 24, 23, 21]
    assert bars.low.tolist() == [18, 20, 21, 21]
    assert bars.close.tolist() == [21, 22, 21, 21]
    assert bars.volume.tolist() == [1.5] * 4
    assert funding.at_ms == (START_MS,)
    assert funding.rate == (Decimal("0.0001"),)
    ours = tmp_path / "ours"
    ours.mkdir()
    write_data(ours, OURS)
    assert market.fingerprint() == read_market(ours, [instrument()]).fingerprint()


@pytest.mark.parametrize(
    ("style", "words"),
    [
        ("our Parquet", "candles Parquet (autonome), funding Parquet (autonome)"),
        ("freqtrade's Feather", "candles Feather (freqtrade), funding Feather (autonome)"),
        ("Binance's CSV", "candles CSV (binance), funding CSV (binance)"),
    ],
)
def test_the_market_says_where_it_came_from(tmp_path: Path, style: str, words: str) -> None:
    write_data(tmp_path, STYLES[style])
    assert read_market(tmp_path, [instrument()]).origin == f"{tmp_path.name}: {words}"


def test_the_example_that_binance_publishes_is_read(tmp_path: Path) -> None:
    # The row of the table «Klines» in the README of github.com/binance/binance-public-data.
    (tmp_path / "LINKUSDT-1m-2020-09.csv").write_text(
        "1601510340000,4.15070000,4.15870000,4.15060000,4.15540000,539.23000000,1601510399999,"
        "2240.39860900,13,401.82000000,1669.98121300,0\n",
        encoding="utf-8",
    )
    (tmp_path / "LINKUSDT-fundingRate-2020-09.csv").write_text(
        "calc_time,funding_interval_hours,last_funding_rate\n1601510400003,8,0.00010000\n",
        encoding="utf-8",
    )
    market = read_market(tmp_path, [instrument("0.0001", "LINK")])
    bars = market.candles["LINK"]
    assert market.start == datetime(2020, 9, 30, 23, 59, tzinfo=UTC)
    prices = (bars.open, bars.high, bars.low, bars.close)
    assert [column.tolist() for column in prices] == [[41507], [41587], [41506], [41554]]
    assert bars.volume.tolist() == [539.23]
    # The settlement of midnight, stamped 3 ms late, at which the one bar closes.
    assert market.funding["LINK"].at_ms == (1_601_510_400_000,)


def test_the_months_and_days_of_a_symbol_are_joined(tmp_path: Path) -> None:
    for name, rows in (("2025-05-05", GOOD[2:]), ("2025-05", GOOD[:2])):
        write_bars(tmp_path, rows, BINANCE, name=f"BTCUSDT-1m-{name}")
    later = START + timedelta(minutes=3)
    for month, at in (("2025-06", later), ("2025-05", START)):
        write_rates(tmp_path, [(at, "0.0001")], BINANCE, name=f"BTCUSDT-fundingRate-{month}")
    market = read_market(tmp_path, [instrument()])
    assert market.candles["BTC"].close.tolist() == [21, 22, 21, 21]
    assert market.funding["BTC"].at_ms == (START_MS, START_MS + 180_000)


def test_a_broken_row_is_counted_in_its_own_file(tmp_path: Path) -> None:
    write_bars(tmp_path, GOOD[:2], BINANCE, name="BTCUSDT-1m-2025-05")
    rows = [GOOD[2], {**GOOD[3], "low": "0"}]
    path = write_bars(tmp_path, rows, BINANCE, name="BTCUSDT-1m-2025-06")
    with pytest.raises(MarketDataError, match="prices > 0") as caught:
        read_market(tmp_path, [instrument()])
    assert caught.value.problem.startswith(f"{path}, data row 2 ")


def test_a_month_that_was_fetched_twice_is_refused(tmp_path: Path) -> None:
    write_bars(tmp_path, GOOD, BINANCE, name="BTCUSDT-1m-2025-05")
    path = write_bars(tmp_path, GOOD[:1], BINANCE, name="BTCUSDT-1m-2025-05-05")
    with pytest.raises(MarketDataError, match="opens later than the row before") as caught:
        read_market(tmp_path, [instrument()])
    assert caught.value.problem.startswith(f"{path}, data row 1 ")


@pytest.mark.parametrize("name", ["BTC-1m", "BTCUSDT-1m", "BTC_USDT_USDT-1m-futures"])
def test_a_symbol_is_found_under_the_names_that_are_in_use(tmp_path: Path, name: str) -> None:
    write_bars(tmp_path, GOOD, OURS, name=name)
    write_bars(tmp_path, GOOD, OURS, name="WBTC-1m")
    write_rates(tmp_path, [(START, "0.0001")], OURS)
    assert len(read_market(tmp_path, [instrument()]).open_ms) == len(GOOD)
    with pytest.raises(MarketDataError, match="expected candles of BT in "):
        read_market(tmp_path, [instrument(symbol="BT")])


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("BTC-1m.csv", "BTC-1m.parquet"),
        ("BTC-1m.feather", "BTCUSDT-1m.feather"),
        ("BTC-1m.csv", "BTCUSDT-1m-2025-05.csv"),
        ("BTCUSDT-1m-2025-05.csv", "BTCUSDT-1m-2025-06.parquet"),
    ],
)
def test_two_files_that_could_be_meant_are_both_named(
    tmp_path: Path, first: str, second: str
) -> None:
    for name in (first, second):
        stem, extension = name.split(".")
        write_bars(tmp_path, GOOD, replace(OURS, extension=extension), name=stem)
    with pytest.raises(MarketDataError) as caught:
        read_market(tmp_path, [instrument()])
    assert caught.value.problem == (
        f"expected candles of BTC once, found {tmp_path / first} and {tmp_path / second}."
    )


def test_months_of_two_layouts_are_both_named(tmp_path: Path) -> None:
    first = write_bars(tmp_path, GOOD[:2], BINANCE, name="BTCUSDT-1m-2025-05")
    second = write_bars(tmp_path, GOOD[2:], STYLES["our CSV"], name="BTCUSDT-1m-2025-06")
    with pytest.raises(MarketDataError, match="the layouts binance and autonome") as caught:
        read_market(tmp_path, [instrument()])
    assert f"{first} and {second}" in caught.value.problem


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(MarketDataError, match=r"expected the folder .*nowhere, found none"):
        read_market(tmp_path / "nowhere", [instrument()])
    with pytest.raises(MarketDataError, match=r"candles of BTC in .*BTC-1m\.parquet .*found none"):
        read_market(tmp_path, [instrument()])
    write_bars(tmp_path, GOOD, OURS)
    with pytest.raises(MarketDataError, match=r"funding of BTC in .*BTC-funding\.csv, found none"):
        read_market(tmp_path, [instrument()])


@pytest.mark.parametrize(
    ("extension", "content"), list(permutations(("parquet", "feather", "csv"), 2))
)
def test_a_file_that_is_not_what_its_name_says_is_refused(
    tmp_path: Path, extension: str, content: str
) -> None:
    source = tmp_path / "source"
    source.mkdir()
    written = write_bars(source, GOOD, replace(OURS, extension=content))
    path = tmp_path / f"BTC-1m.{extension}"
    path.write_bytes(written.read_bytes())
    with pytest.raises(MarketDataError, match="as the name says") as caught:
        read_market(tmp_path, [instrument()])
    assert caught.value.problem.startswith(f"{path}: expected ")


@pytest.mark.parametrize("extension", ["parquet", "feather"])
def test_half_a_file_is_refused(tmp_path: Path, extension: str) -> None:
    path = write_bars(tmp_path, GOOD, replace(OURS, extension=extension))
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(MarketDataError, match="as the name says") as caught:
        read_market(tmp_path, [instrument()])
    assert str(path) in caught.value.problem


@pytest.mark.parametrize("extension", ["parquet", "feather"])
def test_a_file_with_a_broken_byte_is_read_or_refused(tmp_path: Path, extension: str) -> None:
    path, _ = write_data(tmp_path, replace(OURS, extension=extension))
    good = path.read_bytes()
    refused = 0
    for place in range(0, len(good), 9):
        path.write_bytes(good[:place] + bytes([good[place] ^ 0xFF]) + good[place + 1 :])
        try:
            read_market(tmp_path, [instrument()])
        except MarketDataError:
            refused += 1
    assert refused > 0


@EVERY_STYLE
def test_a_file_without_rows_is_refused(tmp_path: Path, style: Style) -> None:
    path = write_bars(tmp_path, [], style)
    with pytest.raises(MarketDataError) as caught:
        read_market(tmp_path, [instrument()])
    assert caught.value.problem == f"{path}: expected rows, found none."


@EVERY_STYLE
@pytest.mark.parametrize("column", ["at", "low", "volume"])
def test_a_missing_column_is_refused(tmp_path: Path, style: Style, column: str) -> None:
    path = write_bars(tmp_path, GOOD, style, drop=column)
    with pytest.raises(MarketDataError, match=r"expected the columns .* missing") as caught:
        read_market(tmp_path, [instrument()])
    assert caught.value.problem.startswith(f"{path}: ")
    if column != "at" and style.header:
        assert f"; {column} missing." in caught.value.problem


def test_the_real_month_is_read_to_the_last_tick() -> None:
    folder = os.environ.get("AUTONOME_TEST_DATA")
    if not folder or not (Path(folder) / "BTC-1m.parquet").is_file():
        pytest.skip("AUTONOME_TEST_DATA names no folder with BTC-1m.parquet")
    profile = load_profile("binance-perp")
    instruments = [profile.instrument(symbol) for symbol in ("BNB", "BTC", "ETH", "SOL", "XRP")]
    market = read_market(Path(folder), instruments)
    assert len(market.open_ms) == 41_760  # 29 days of 1,440 minutes, as the data's notes say.
    for each in instruments:
        assert len(market.funding[each.symbol].rate) == 87
        bars = market.candles[each.symbol]
        published = pl.read_parquet(Path(folder) / f"{each.symbol}-1m.parquet")["close"].to_list()
        assert [bars.tick * ticks for ticks in bars.close.tolist()] == [
            Decimal(repr(price)) for price in published
        ]
