"""Broken rows: each rule, in each format, is refused by file, row and rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from autonome.domain.errors import MarketDataError
from autonome.market.files import read_market
from unit.market.bars import START
from unit.market.written import (
    GOOD,
    STYLES,
    Row,
    Style,
    bars,
    instrument,
    write_bars,
    write_data,
    write_rates,
)

EVERY_STYLE = pytest.mark.parametrize("style", STYLES.values(), ids=STYLES.keys())


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """Rows that break a rule in one of them, counted from one."""

    rows: list[Row]
    row: int
    rule: str


def change(row: int, **values: object) -> list[Row]:
    rows = [dict(each) for each in GOOD]
    rows[row - 1] |= values
    return rows


def at(minutes: float) -> object:
    return START + timedelta(minutes=minutes)


LATE = datetime(2201, 1, 1, tzinfo=UTC)
EARLY = datetime(1969, 12, 31, 23, 59, tzinfo=UTC)

BROKEN = {
    "gap": Broken(
        rows=[*GOOD[:2], *GOOD[3:]], row=3, rule="a gap of 1 min begins at 2025-05-05 00:02 UTC"
    ),
    "duplicate": Broken(rows=change(3, at=at(1)), row=3, rule="opens later than the row before"),
    "unsorted": Broken(rows=GOOD[::-1], row=2, rule="opens later than the row before"),
    "half a minute": Broken(rows=change(2, at=at(1.5)), row=2, rule="opens on a whole minute"),
    "too late": Broken(rows=change(4, at=LATE), row=4, rule="of the years 1970 to 2200 in "),
    "too early": Broken(rows=change(2, at=EARLY), row=2, rule="of the years 1970 to 2200 in "),
    "no instant": Broken(rows=change(2, at=None), row=2, rule="has an instant in "),
    "NaN": Broken(rows=change(2, open="nan"), row=2, rule="has a finite open"),
    "infinite": Broken(rows=change(3, high="inf"), row=3, rule="has a finite high"),
    "null": Broken(rows=change(1, close=None), row=1, rule="has a finite close"),
    "NaN volume": Broken(rows=change(2, volume="nan"), row=2, rule="has a finite volume"),
    "negative volume": Broken(rows=change(2, volume="-1"), row=2, rule="has a volume >= 0"),
    "negative price": Broken(rows=change(2, low="-10"), row=2, rule="has prices > 0"),
    "zero price": Broken(rows=change(2, low="0"), row=2, rule="has prices > 0"),
    "low above close": Broken(rows=change(3, low="11"), row=3, rule="no low above its open or"),
    "low above open": Broken(rows=change(2, low="11"), row=2, rule="no low above its open or"),
    "high below low": Broken(rows=change(1, high="8.5"), row=1, rule="no high below its open or"),
    "high below close": Broken(rows=change(2, high="10.5"), row=2, rule="no high below its open"),
    "off tick by 1e-3 of it": Broken(
        rows=change(2, close="11.0005"), row=2, rule="has its close on the tick 0.5"
    ),
    "off tick by 2e-6 of it": Broken(
        rows=change(2, open="10.500001"), row=2, rule="has its open on the tick 0.5"
    ),
    "too large for a tick": Broken(
        rows=change(2, high="1e18"), row=2, rule="has its high on the tick 0.5"
    ),
}


@EVERY_STYLE
@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_row_is_refused_by_file_row_and_rule(
    tmp_path: Path, style: Style, broken: Broken
) -> None:
    write_data(tmp_path, style)
    path = write_bars(tmp_path, broken.rows, style)
    with pytest.raises(MarketDataError) as caught:
        read_market(tmp_path, [instrument()])
    assert caught.value.problem.startswith(f"{path}, data row {broken.row} (from 1, ")
    assert broken.rule in caught.value.problem
    assert caught.value.remedy


@EVERY_STYLE
@pytest.mark.parametrize(
    ("rates", "row", "rule"),
    [
        ([(at(0), "0.1"), (at(0), "0.1")], 2, "settles later than the row before"),
        ([(at(60), "0.1"), (at(0), "0.1")], 2, "settles later than the row before"),
        ([(at(0), "0.1"), (at(480.5), "0.1")], 2, "settles on a whole minute"),
        ([(at(0), None)], 1, "has a finite "),
        ([(at(0), "0.1"), (at(480), "nan")], 2, "has a finite "),
        ([(at(0), "0.1"), (None, "0.1")], 2, "has an instant in "),
        ([(at(0), "0.1"), (LATE, "0.1")], 2, "has an instant of the years 1970 to 2200 in "),
        ([(at(0), "0.1"), (at(480), "1")], 2, "has a rate between -1 and 1, found 1"),
        ([(at(0), "-3.5")], 1, "has a rate between -1 and 1, found -3.5."),
    ],
    ids=[
        *("duplicate", "unsorted", "half a minute", "null", "NaN", "no instant", "too late"),
        *("rate of 1", "rate below -1"),
    ],
)
def test_broken_funding_is_refused_by_file_row_and_rule(
    tmp_path: Path, style: Style, rates: list[tuple[object, str | None]], row: int, rule: str
) -> None:
    write_data(tmp_path, style)
    path = write_rates(tmp_path, rates, style)
    with pytest.raises(MarketDataError) as caught:
        read_market(tmp_path, [instrument()])
    assert caught.value.problem.startswith(f"{path}, data row {row} (from 1, ")
    assert rule in caught.value.problem


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        (change(2, close="11.0005"), "found 11.0005."),
        (change(2, volume="-1.25"), "found -1.25."),
        (change(2, high="nan"), "found nan."),
        (change(2, at=at(1.5)), "found 2025-05-05T00:01:30 UTC."),
        (change(3, at=at(1)), "found 2025-05-05T00:01 UTC."),
        (change(4, at=LATE), "found 2201-01-01 UTC."),
        (change(2, at=None), "found none."),
    ],
)
@pytest.mark.parametrize("style", ["our CSV", "our Parquet"])
def test_the_value_that_breaks_a_rule_is_named(
    tmp_path: Path, style: str, rows: list[Row], found: str
) -> None:
    write_data(tmp_path, STYLES[style])
    write_bars(tmp_path, rows, STYLES[style])
    with pytest.raises(MarketDataError) as caught:
        read_market(tmp_path, [instrument()])
    assert caught.value.problem.endswith(found)


@EVERY_STYLE
@pytest.mark.parametrize("minutes", [5, 60])
def test_bars_of_another_length_are_refused(tmp_path: Path, style: Style, minutes: int) -> None:
    rows = [{**row, "at": at(minutes * number)} for number, row in enumerate(GOOD)]
    path = write_bars(tmp_path, rows, style)
    with pytest.raises(MarketDataError) as caught:
        read_market(tmp_path, [instrument()])
    assert caught.value.problem == (
        f"{path}: expected one-minute bars, found bars {minutes} minutes apart."
    )


def test_bars_of_a_second_are_refused(tmp_path: Path) -> None:
    rows = [{**row, "at": at(number / 60)} for number, row in enumerate(GOOD)]
    write_bars(tmp_path, rows, STYLES["our CSV"])
    with pytest.raises(MarketDataError, match="whole minute, as one-minute bars do"):
        read_market(tmp_path, [instrument()])


def test_bars_of_two_symbols_half_a_minute_apart_are_refused(tmp_path: Path) -> None:
    # Read as one market, an agent would see half a minute of the future of one of them.
    style = STYLES["our Parquet"]
    write_data(tmp_path, style)
    write_bars(tmp_path, bars(start=START + timedelta(seconds=30)), style, name="ETH-1m")
    with pytest.raises(MarketDataError, match="whole minute"):
        read_market(tmp_path, [instrument(), instrument(symbol="ETH")])


@pytest.mark.parametrize("column", ["open", "volume"])
def test_words_in_a_csv_are_no_numbers(tmp_path: Path, column: str) -> None:
    style = STYLES["our CSV"]
    path = write_bars(tmp_path, change(2, **{column: "ten"}), style)
    with pytest.raises(MarketDataError, match=f"has a finite {column}") as caught:
        read_market(tmp_path, [instrument()])
    assert caught.value.problem.startswith(f"{path}, data row 2 ")


@pytest.mark.parametrize("kind", [pl.Boolean, pl.Date], ids=str)
def test_a_column_of_another_type_is_refused(tmp_path: Path, kind: pl.DataType) -> None:
    path = write_bars(tmp_path, GOOD, STYLES["our Parquet"])
    frame = pl.read_parquet(path)
    frame.with_columns(pl.Series("open", [None] * len(GOOD), dtype=kind)).write_parquet(path)
    with pytest.raises(MarketDataError) as caught:
        read_market(tmp_path, [instrument()])
    assert caught.value.problem == f"{path}: expected numbers in open, found {kind}."


@pytest.mark.parametrize(
    "kind", [pl.Datetime("ms", "Europe/Berlin"), pl.Int64, pl.Date], ids=["Berlin", "number", "day"]
)
def test_a_column_that_is_no_instant_in_utc_is_refused(tmp_path: Path, kind: pl.DataType) -> None:
    path = write_bars(tmp_path, GOOD, STYLES["our Parquet"])
    frame = pl.read_parquet(path)
    converted = (
        frame["ts"].dt.convert_time_zone("Europe/Berlin")
        if isinstance(kind, pl.Datetime)
        else frame["ts"].cast(kind)
    )
    frame.with_columns(converted).write_parquet(path)
    with pytest.raises(MarketDataError, match="expected ts as an instant in UTC") as caught:
        read_market(tmp_path, [instrument()])
    assert str(path) in caught.value.problem


@pytest.mark.parametrize(
    "written",
    ["2025-05-05T00:01:00", "2025-05-05 00:01:00", "2025-05-05", "1746403260000", "noon"],
)
def test_an_instant_without_a_zone_is_refused(tmp_path: Path, written: str) -> None:
    rows = [*change(2, at=written)[:2], {**GOOD[2], "at": written}]
    path = write_bars(tmp_path, rows, STYLES["our CSV"])
    with pytest.raises(MarketDataError) as caught:
        read_market(tmp_path, [instrument()])
    assert caught.value.problem.startswith(f"{path}, data row 2 (from 1, ")
    assert f"an instant with its zone, such as 2025-05-05T00:00:00Z, found {written!r}" in (
        caught.value.problem
    )
