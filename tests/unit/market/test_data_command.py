"""``autonome data inspect``: figures for people and machines, and a status for scripts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autonome.cli.data import app
from unit.market.written import GOOD, STYLES, write_bars, write_data

CSV = STYLES["our CSV"]


def test_good_data_is_a_table_and_status_zero(tmp_path: Path) -> None:
    write_data(tmp_path, CSV)
    result = CliRunner().invoke(app, ["inspect", str(tmp_path)])
    assert result.exit_code == 0
    for word in ("candles", "funding", "CSV", "autonome", "2025-05-05 00:03:00", "BTC-1m.csv"):
        assert word in result.output


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_broken_rule_is_shown_and_is_status_one(tmp_path: Path, options: list[str]) -> None:
    write_bars(tmp_path, [{**GOOD[0], "low": "0"}, *GOOD[1:]], CSV)
    result = CliRunner().invoke(app, ["inspect", str(tmp_path), *options])
    assert result.exit_code == 1
    assert "data row 1 (from 1, without the header): expected that each row has prices > 0" in (
        result.output
    )


def test_json_has_the_same_figures(tmp_path: Path) -> None:
    candles, _ = write_data(tmp_path, CSV)
    write_bars(tmp_path, GOOD, CSV, name="ETH-1m")
    result = CliRunner().invoke(app, ["inspect", str(tmp_path), "--symbol", "BTC", "--json"])
    first, second = json.loads(result.output)
    assert first == {
        "symbol": "BTC",
        "kind": "candles",
        "rows": 4,
        "first": "2025-05-05T00:00:00Z",
        "last": "2025-05-05T00:03:00Z",
        "gaps": 0,
        "format": "CSV",
        "layout": "autonome",
        "stepSeconds": 60,
        "priceDecimals": 1,
        "firstGap": None,
        "file": str(candles),
        "problems": [],
    }
    assert second["kind"] == "funding"


def test_a_symbol_may_be_written_in_small_letters(tmp_path: Path) -> None:
    write_data(tmp_path, CSV)
    result = CliRunner().invoke(app, ["inspect", str(tmp_path), "--symbol", "btc", "--json"])
    assert (result.exit_code, len(json.loads(result.output))) == (0, 2)


def test_a_symbol_that_is_not_there_is_status_one(tmp_path: Path) -> None:
    write_data(tmp_path, CSV)
    result = CliRunner().invoke(app, ["inspect", str(tmp_path), "--symbol", "DOGE"])
    assert result.exit_code == 1
    assert result.output == f"No file holds the symbol 'DOGE'; {tmp_path} has BTC.\n"
