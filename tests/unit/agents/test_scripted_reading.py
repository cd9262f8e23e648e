"""A script is read completely, or refused with the place and both what came and what should."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from autonome.agents.scripted.reading import read_script
from autonome.agents.scripted.row import CloseRow, OpenRow
from autonome.domain.choices import OrderSide
from autonome.domain.errors import SettingError
from unit.agents.moments import after

HEADER = "ts,symbol,action,side,quantity,leverage,stop,target"
MIDNIGHT = "2025-05-05T00:00:00Z"


def written(folder: Path, *lines: str) -> Path:
    path = folder / "plan.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def refusal(path: Path) -> SettingError:
    with pytest.raises(SettingError) as refused:
        read_script(path)
    return refused.value


def test_every_cell_is_read_exactly(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        HEADER,
        f"{MIDNIGHT},BTC,open,LONG,0.10000001,2.5,94000.1,97000",
        "",
        "2025-05-05T05:30:00+05:00, ETH , open,SHORT,3,,,",
        "2025-05-05T00:30:00Z,ETH,close,SHORT,1,,,",
        "2025-05-05T00:30:00Z,ETH,close,,,,,",
    )
    assert read_script(path).rows == (
        OpenRow(
            number=2,
            at_ms=after(0),
            symbol="BTC",
            side=OrderSide.LONG,
            quantity=Decimal("0.10000001"),
            leverage=Decimal("2.5"),
            stop=Decimal("94000.1"),
            target=Decimal(97_000),
        ),
        OpenRow(
            number=4,
            at_ms=after(30),
            symbol="ETH",
            side=OrderSide.SHORT,
            quantity=Decimal(3),
            leverage=Decimal(1),
            stop=None,
            target=None,
        ),
        CloseRow(
            number=5,
            at_ms=after(30),
            symbol="ETH",
            side=OrderSide.SHORT,
            quantity=Decimal(1),
        ),
        CloseRow(number=6, at_ms=after(30), symbol="ETH", side=None, quantity=None),
    )


def test_a_byte_order_mark_and_foreign_line_ends_do_not_count(tmp_path: Path) -> None:
    path = tmp_path / "plan.csv"
    path.write_bytes(f"\ufeff{HEADER}\r\n{MIDNIGHT},BTC,close,,,,,\r\n".encode())
    assert [row.number for row in read_script(path).rows] == [2]


@pytest.mark.parametrize(
    ("row", "column", "expected", "found"),
    [
        ("05.05.2025,BTC,close,,,,,", "ts", "a whole minute", "05.05.2025"),
        ("2025-05-05T00:00:00,BTC,close,,,,,", "ts", "a whole minute", "2025-05-05T00:00:00"),
        ("2025-05-05,BTC,close,,,,,", "ts", "a whole minute", "2025-05-05"),
        ("2025-05-05T00:00:01Z,BTC,close,,,,,", "ts", "a whole minute", "2025-05-05T00:00:01Z"),
        *(
            (f"{ts},BTC,close,,,,,", "ts", "a whole minute", ts)
            for ts in (
                "0001-01-01T00:00:00+23:00",
                "9999-12-31T23:59:00-23:00",
                "2201-01-01T00:00:00Z",
                "1970-01-01T00:00:00+01:00",
                "2025-05-05T00:00:00+00:00:30",
            )
        ),
        *(
            (f"{MIDNIGHT},BTC,open,LONG,{number},,,", "quantity", "a number > 0", number)
            for number in ("1e10", "0.000000001", "0." + "1" * 90, "1e-99999999", "1e99999999")
        ),
        (f"{MIDNIGHT},,close,,,,,", "symbol", "a symbol such as BTC", ""),
        (f"{MIDNIGHT},BTC,buy,LONG,1,,,", "action", "open or close", "buy"),
        (f"{MIDNIGHT},BTC,,LONG,1,,,", "action", "open or close", ""),
        (f"{MIDNIGHT},BTC,open,,1,,,", "side", "LONG or SHORT", ""),
        (f"{MIDNIGHT},BTC,open,long,1,,,", "side", "LONG or SHORT", "long"),
        (f"{MIDNIGHT},BTC,close,BUY,,,,", "side", "LONG or SHORT", "BUY"),
        (f"{MIDNIGHT},BTC,open,LONG,,,,", "quantity", "a number > 0", ""),
        (f"{MIDNIGHT},BTC,open,LONG,0,,,", "quantity", "a number > 0", "0"),
        (f"{MIDNIGHT},BTC,open,LONG,-1,,,", "quantity", "a number > 0", "-1"),
        (f"{MIDNIGHT},BTC,open,LONG,nan,,,", "quantity", "a number > 0", "nan"),
        (f"{MIDNIGHT},BTC,close,,all,,,", "quantity", "a number > 0", "all"),
        (f"{MIDNIGHT},BTC,open,LONG,1,0,,", "leverage", "a number > 0", "0"),
        (f"{MIDNIGHT},BTC,open,LONG,1,5x,,", "leverage", "a number > 0", "5x"),
        (f"{MIDNIGHT},BTC,open,LONG,1,,Infinity,", "stop", "a number > 0", "Infinity"),
        (f"{MIDNIGHT},BTC,open,LONG,1,,,1e", "target", "a number > 0", "1e"),
        (f"{MIDNIGHT},BTC,close,,,2,,", "leverage", "nothing for a close", "2"),
        (f"{MIDNIGHT},BTC,close,,,,900,", "stop", "nothing for a close", "900"),
        (f"{MIDNIGHT},BTC,close,,,,,900", "target", "nothing for a close", "900"),
        ("2025-05-04T23:59:00Z,BTC,close,,,,,", "ts", "no instant before", "2025-05-04T23:59:00Z"),
    ],
)
def test_a_bad_cell_is_refused_by_file_row_and_column(
    row: str, column: str, expected: str, found: str, tmp_path: Path
) -> None:
    path = written(tmp_path, HEADER, f"{MIDNIGHT},BTC,close,,,,,", row)
    error = refusal(path)
    assert error.problem.startswith(f"{path}, row 3, column {column}: expected {expected}")
    assert error.problem.endswith(f"found {found!r}.")
    assert error.remedy == "Correct the row."


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ([], f"row 1: expected {HEADER}, found ''."),
        (["ts,symbol"], f"row 1: expected {HEADER}, found 'ts,symbol'."),
        ([HEADER], "expected rows below the header, found none."),
        ([HEADER, f"{MIDNIGHT},BTC,close"], "row 2: expected 8 cells, found 3."),
        ([HEADER, f"{MIDNIGHT},BTC,close,,,,,,"], "row 2: expected 8 cells, found 9."),
        (
            [HEADER, f'{MIDNIGHT},"BTC,close,,,,,'],
            "row 2: expected a row of a CSV file: unexpected",
        ),
    ],
)
def test_a_file_that_is_no_script_is_refused(
    lines: list[str], problem: str, tmp_path: Path
) -> None:
    assert problem in refusal(written(tmp_path, *lines)).problem


def test_a_missing_file_and_foreign_bytes_are_refused(tmp_path: Path) -> None:
    missing = tmp_path / "none.csv"
    assert f"{missing}: expected a script" in refusal(missing).problem
    foreign = tmp_path / "plan.csv"
    foreign.write_bytes(b"\xff\xfe\x00")
    assert f"{foreign}: expected a script, a CSV file in UTF-8" in refusal(foreign).problem
