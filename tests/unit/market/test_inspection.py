"""What ``data inspect`` finds out about files, without an instrument."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from autonome.domain.errors import MarketDataError
from autonome.market.inspection import FileInspection, inspect_data
from unit.market.bars import START
from unit.market.written import GOOD, STYLES, Row, Style, write_bars, write_data, write_rates

CSV = STYLES["our CSV"]
FORMATS = {"parquet": "Parquet", "feather": "Feather", "csv": "CSV"}


def change(row: int, **values: object) -> list[Row]:
    rows = [dict(each) for each in GOOD]
    rows[row - 1] |= values
    return rows


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES.keys())
def test_a_good_file_is_described_in_every_style(tmp_path: Path, style: Style) -> None:
    candles, funding = write_data(tmp_path, style)
    assert inspect_data(candles) == [
        FileInspection(
            file=str(candles),
            kind="candles",
            symbol="BTC",
            format=FORMATS[style.extension],
            layout=style.layout,
            rows=4,
            first=START,
            last=START + timedelta(minutes=3),
            step_seconds=60,
            gaps=0,
            price_decimals=1,
        )
    ]
    assert inspect_data(funding) == [
        FileInspection(
            file=str(funding),
            kind="funding",
            symbol="BTC",
            format=FORMATS[style.extension],
            layout="binance" if style.layout == "binance" else "autonome",
            rows=1,
            first=START,
            last=START,
        )
    ]


def test_a_folder_is_described_file_by_file(tmp_path: Path) -> None:
    write_data(tmp_path, CSV)
    write_bars(tmp_path, GOOD, STYLES["Binance's CSV"], name="ETHUSDT-1m-2025-05")
    (tmp_path / "notes.txt").write_text("no data", encoding="utf-8")
    found = [(each.symbol, each.kind, each.layout) for each in inspect_data(tmp_path)]
    assert found == [
        ("BTC", "candles", "autonome"),
        ("BTC", "funding", "autonome"),
        ("ETH", "candles", "binance"),
    ]


def test_a_symbol_of_a_folder_lacks_nothing_and_is_there_once(tmp_path: Path) -> None:
    write_data(tmp_path, CSV)
    write_bars(tmp_path, GOOD, CSV, name="ETH-1m")
    assert [each.problems for each in inspect_data(tmp_path)] == [
        (),
        (),
        (
            f"expected funding of ETH in {tmp_path}, such as ETH-funding.parquet or"
            " ETH-funding.csv, found none.",
        ),
    ]
    (tmp_path / "ETH-1m.csv").unlink()
    other = write_bars(tmp_path, GOOD, STYLES["our Parquet"])
    first, second, third = inspect_data(tmp_path)
    assert first.problems == (
        f"expected candles of BTC once, found {tmp_path / 'BTC-1m.csv'} and {other}.",
    )
    assert second.problems == third.problems == ()


def test_gaps_are_counted_and_are_no_problem(tmp_path: Path) -> None:
    rows = [
        {**row, "at": START + timedelta(minutes=at)}
        for row, at in zip(GOOD, (0, 2, 3, 7), strict=True)
    ]
    (found,) = inspect_data(write_bars(tmp_path, rows, CSV))
    assert (found.gaps, found.first_gap) == (2, START + timedelta(minutes=1))
    assert found.problems == ()


def test_funding_has_the_step_of_its_settlements(tmp_path: Path) -> None:
    rates = [(START + timedelta(hours=hours), "0.0001") for hours in (0, 8, 16)]
    (found,) = inspect_data(write_rates(tmp_path, rates, CSV))
    assert found.step_seconds == 28_800


def test_every_broken_rule_is_found_with_its_first_row(tmp_path: Path) -> None:
    rows = [
        {**GOOD[0], "volume": "-1"},
        {**GOOD[1], "high": "nan"},
        {**GOOD[2], "low": "0", "volume": "-1"},
        {**GOOD[3], "at": GOOD[2]["at"], "high": "1"},
    ]
    path = write_bars(tmp_path, rows, CSV)
    (found,) = inspect_data(path)
    counted = [problem.removeprefix(f"{path}, data row ") for problem in found.problems]
    assert [problem.replace(" (from 1, without the header)", "") for problem in counted] == [
        "4: expected that each row opens later than the row before, found 2025-05-05T00:02 UTC.",
        "2: expected that each row has a finite high, found nan.",
        "1: expected that each row has a volume >= 0, found -1.",
        "3: expected that each row has prices > 0, found 0.",
        "4: expected that each row has no high below its open or close, found 1.",
    ]


def test_broken_funding_is_described(tmp_path: Path) -> None:
    rates = [(START, None), (START + timedelta(hours=8), "0.1"), (START, "0.1")]
    (found,) = inspect_data(write_rates(tmp_path, rates, CSV))
    assert len(found.problems) == 2
    assert "data row 1 " in found.problems[0]
    assert "data row 3 " in found.problems[1]


def test_bars_of_five_minutes_are_found(tmp_path: Path) -> None:
    rows = [{**row, "at": START + timedelta(minutes=5 * at)} for at, row in enumerate(GOOD)]
    (found,) = inspect_data(write_bars(tmp_path, rows, CSV, name="BTC-5m"))
    assert (found.kind, found.symbol, found.step_seconds) == ("candles", None, 300)
    assert "expected a name such as BTC-1m.csv" in found.problems[0]
    assert "found bars 5 minutes apart" in found.problems[1]


def test_a_file_that_cannot_be_read_is_a_problem_beside_the_others(tmp_path: Path) -> None:
    write_data(tmp_path, CSV)
    path = write_bars(tmp_path, GOOD, CSV, name="ETH-1m", drop="low")
    found = {each.file: each for each in inspect_data(tmp_path)}
    assert len(found) == 3
    assert found[str(path)].rows is None
    problem, lacks = found[str(path)].problems
    assert problem.endswith("low missing.")
    assert lacks.startswith("expected funding of ETH")


def test_prices_without_a_common_tick_are_said_to_have_none(tmp_path: Path) -> None:
    (found,) = inspect_data(write_bars(tmp_path, change(2, close="10.12345678912345"), CSV))
    assert found.price_decimals is None
    assert "has its close on the tick 1E-8" in found.problems[0]


def test_a_file_of_empty_rows_is_described(tmp_path: Path) -> None:
    rows = [dict.fromkeys(row) for row in GOOD]
    (found,) = inspect_data(write_bars(tmp_path, rows, STYLES["our Parquet"]))
    assert (found.rows, found.first, found.gaps) == (4, None, 0)
    assert found.problems


@pytest.mark.parametrize("name", ["nowhere", "notes.txt", ""])
def test_a_place_without_data_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "notes.txt").write_text("no data", encoding="utf-8")
    with pytest.raises(MarketDataError, match="expected Parquet, Feather or CSV files, found none"):
        inspect_data(tmp_path / name)
