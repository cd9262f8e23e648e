"""Reading candles and funding: exact ticks, and an error that names file, row and rule."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from autonome.domain.errors import MarketDataError
from autonome.domain.instrument import Instrument
from autonome.market.files import read_market
from autonome.venue.profile import load_profile
from unit.market.bars import START, START_MS, frame, write_candles, write_funding

GOOD = [(10.0, 11.0, 9.0, 10.5), (10.5, 12.0, 10.0, 11.0), (11.0, 11.5, 10.5, 10.5)]


def instrument(tick: str = "0.5", symbol: str = "BTC") -> Instrument:
    return Instrument(
        symbol=symbol,
        tick=Decimal(tick),
        lot=Decimal("0.01"),
        min_quantity=Decimal("0.01"),
        min_notional=Decimal(0),
        max_leverage=Decimal(10),
    )


def change(row: int, column: str, value: object) -> pl.DataFrame:
    bars = frame(GOOD)
    values = bars[column].to_list()
    values[row] = value
    return bars.with_columns(pl.Series(column, values, dtype=bars.schema[column]))


def test_good_files_are_read_as_whole_ticks(tmp_path: Path) -> None:
    write_candles(tmp_path, frame(GOOD))
    write_funding(tmp_path, [(START, -0.000024), (START + timedelta(hours=8), 1e-05)])
    market = read_market(tmp_path, [instrument()])
    bars, funding = market.candles["BTC"], market.funding["BTC"]
    assert bars.open_ms.tolist() == [START_MS, START_MS + 60_000, START_MS + 120_000]
    assert bars.close_ms.tolist() == [START_MS + 60_000, START_MS + 120_000, START_MS + 180_000]
    assert bars.open.tolist() == [20, 21, 22]
    assert bars.high.tolist() == [22, 24, 23]
    assert bars.low.tolist() == [18, 20, 21]
    assert bars.close.tolist() == [21, 22, 21]
    assert funding.at_ms == (START_MS, START_MS + 8 * 3_600_000)
    assert funding.rate == (Decimal("-0.000024"), Decimal("0.00001"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A rule of the format, and bars that break it in one row."""

    bars: pl.DataFrame
    row: int
    rule: str


LATER = START + timedelta(minutes=3)
BROKEN = {
    "gap": Broken(bars=change(2, "ts", LATER), row=2, rule="opens one minute after"),
    "duplicate": Broken(
        bars=change(2, "ts", START + timedelta(minutes=1)), row=2, rule="opens one minute after"
    ),
    "unsorted": Broken(
        bars=frame(GOOD).sort("ts", descending=True), row=1, rule="opens one minute after"
    ),
    "no instant": Broken(bars=change(1, "ts", None), row=1, rule="has an instant in ts"),
    "NaN": Broken(bars=change(1, "open", float("nan")), row=1, rule="has a finite open"),
    "infinite": Broken(bars=change(2, "high", float("inf")), row=2, rule="has a finite high"),
    "null": Broken(bars=change(0, "close", None), row=0, rule="has a finite close"),
    "NaN volume": Broken(bars=change(1, "volume", float("nan")), row=1, rule="finite volume"),
    "negative volume": Broken(bars=change(1, "volume", -1.0), row=1, rule="has a volume >= 0"),
    "negative price": Broken(bars=change(1, "low", -10.0), row=1, rule="has prices > 0"),
    "zero price": Broken(bars=change(1, "low", 0.0), row=1, rule="has prices > 0"),
    "low above close": Broken(bars=change(2, "low", 11.0), row=2, rule="no low above its open or"),
    "high below low": Broken(bars=change(0, "high", 8.5), row=0, rule="no high below its open or"),
    "high below close": Broken(
        bars=change(1, "high", 10.5), row=1, rule="no high below its open or close"
    ),
    "off tick by 1e-3 of it": Broken(
        bars=change(1, "close", 11.0005), row=1, rule="has its close on the tick 0.5"
    ),
    "off tick by 1e-3": Broken(
        bars=change(1, "open", 10.501), row=1, rule="has its open on the tick 0.5"
    ),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_row_is_refused_by_file_row_and_rule(tmp_path: Path, broken: Broken) -> None:
    path = write_candles(tmp_path, broken.bars)
    write_funding(tmp_path)
    with pytest.raises(MarketDataError) as caught:
        read_market(tmp_path, [instrument()])
    assert f"{path}, row {broken.row}: " in caught.value.problem
    assert broken.rule in caught.value.problem
    assert caught.value.remedy


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(MarketDataError, match=r"BTC-1m\.parquet, found none"):
        read_market(tmp_path, [instrument()])
    write_candles(tmp_path, frame(GOOD))
    with pytest.raises(MarketDataError, match=r"BTC-funding\.parquet, found none"):
        read_market(tmp_path, [instrument()])


def test_a_file_without_rows_is_refused(tmp_path: Path) -> None:
    path = write_candles(tmp_path, frame([]))
    with pytest.raises(MarketDataError) as caught:
        read_market(tmp_path, [instrument()])
    assert caught.value.problem == f"{path}: expected rows, found none."


@pytest.mark.parametrize("column", ["ts", "low", "volume"])
def test_a_missing_column_is_named(tmp_path: Path, column: str) -> None:
    path = write_candles(tmp_path, frame(GOOD).drop(column))
    with pytest.raises(MarketDataError) as caught:
        read_market(tmp_path, [instrument()])
    assert caught.value.problem.startswith(f"{path}: expected the columns")
    assert f"; {column} missing." in caught.value.problem


@pytest.mark.parametrize(
    "kind", [pl.Datetime("ms", "Europe/Berlin"), pl.Int64], ids=["Berlin", "number"]
)
def test_instants_that_are_not_in_utc_are_refused(tmp_path: Path, kind: pl.DataType) -> None:
    bars = frame(GOOD)
    converted = (
        bars["ts"].dt.convert_time_zone("Europe/Berlin")
        if isinstance(kind, pl.Datetime)
        else bars["ts"].dt.epoch("ms")
    )
    path = write_candles(tmp_path, bars.with_columns(converted.alias("ts")))
    with pytest.raises(MarketDataError, match="expected ts as an instant in UTC") as caught:
        read_market(tmp_path, [instrument()])
    assert str(path) in caught.value.problem


@pytest.mark.parametrize("unit", ["us", "ns"])
@pytest.mark.parametrize("zone", ["UTC", None])
def test_instants_in_other_units_are_the_same_instants(
    tmp_path: Path, unit: str, zone: str | None
) -> None:
    bars = frame(GOOD)
    ts = bars["ts"].dt.replace_time_zone(zone).cast(pl.Datetime(unit, zone))  # type: ignore[arg-type]
    write_candles(tmp_path, bars.with_columns(ts.alias("ts")))
    write_funding(tmp_path)
    market = read_market(tmp_path, [instrument()])
    assert market.open_ms.tolist() == [START_MS, START_MS + 60_000, START_MS + 120_000]


@pytest.mark.parametrize(
    ("rates", "row", "rule"),
    [
        ([(START, 0.1), (START, 0.1)], 1, "is later than the row before"),
        ([(START, 0.1), (START - timedelta(hours=8), 0.1)], 1, "is later than the row before"),
        ([(START, None)], 0, "has a finite rate"),
        ([(START, float("nan"))], 0, "has a finite rate"),
    ],
)
def test_broken_funding_is_refused_by_file_row_and_rule(
    tmp_path: Path, rates: list[tuple[object, float | None]], row: int, rule: str
) -> None:
    write_candles(tmp_path, frame(GOOD))
    path = write_funding(tmp_path, rates)  # type: ignore[arg-type]
    with pytest.raises(MarketDataError) as caught:
        read_market(tmp_path, [instrument()])
    assert f"{path}, row {row}: " in caught.value.problem
    assert rule in caught.value.problem


@pytest.mark.parametrize(
    ("tick", "price", "ticks"),
    [
        ("0.1", 94230.2, 942_302),  # 94230.2 / 0.1 is 942301.9999999999 in binary.
        ("0.1", 109500.3, 1_095_003),
        ("0.001", 145.123, 145_123),
        ("0.001", 0.003, 3),  # 0.003 / 0.001 is 2.9999999999999996 in binary.
        ("0.0001", 2.3457, 23_457),
        ("0.01", 2575.52, 257_552),
        ("0.5", 10.5, 21),
        ("5", 95_005.0, 19_001),
        ("0.03", 0.09, 3),
    ],
)
def test_a_binary_price_becomes_the_ticks_that_were_published(
    tmp_path: Path, tick: str, price: float, ticks: int
) -> None:
    write_candles(tmp_path, frame([(price,) * 4]))
    write_funding(tmp_path)
    bars = read_market(tmp_path, [instrument(tick)]).candles["BTC"]
    assert bars.close.tolist() == [ticks]
    assert bars.tick * ticks == Decimal(repr(price))


def test_bars_that_do_not_open_on_a_whole_minute_are_refused(tmp_path: Path) -> None:
    # Two files whose bars lie half a minute apart share no minute: read as one market, an agent
    # would see half a minute of the future of one of them.
    write_candles(tmp_path, frame(GOOD))
    write_funding(tmp_path)
    write_candles(tmp_path, frame(GOOD, start=START + timedelta(seconds=30)), symbol="ETH")
    write_funding(tmp_path, symbol="ETH")
    with pytest.raises(MarketDataError):
        read_market(tmp_path, [instrument(), instrument(symbol="ETH")])


def test_a_file_that_is_no_parquet_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "BTC-1m.parquet"
    path.write_bytes(b"ts,open,high,low,close,volume\n")
    with pytest.raises(MarketDataError) as caught:
        read_market(tmp_path, [instrument()])
    assert str(path) in caught.value.problem


def test_prices_that_are_no_numbers_are_refused_by_name(tmp_path: Path) -> None:
    path = write_candles(
        tmp_path, frame(GOOD).with_columns(pl.Series("open", ["ten", "eleven", "twelve"]))
    )
    with pytest.raises(MarketDataError) as caught:
        read_market(tmp_path, [instrument()])
    assert str(path) in caught.value.problem


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
