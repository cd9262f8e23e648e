"""What ``autonome audit`` prints: the checks, and the first row of each that failed."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from autonome.audit.report import CHECKS, Finding, Report, Tally
from autonome.cli.audit import show

FINDING = Finding(
    table="PortfolioSize",
    row_id="p-5",
    model_id="ada",
    at=datetime(2025, 5, 5, 0, 5, tzinfo=UTC),
    expected="10437.55",
    found="10437.56",
)


def report(*, failing: bool) -> Report:
    tally = Tally()
    tally.count("nav", 41_760)
    if failing:
        tally.fail("nav", FINDING)
    return Report(arena="spring", checks=tally.checks(), unvalued_models=("Dee",))


def test_an_arena_that_adds_up_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    show(report(failing=False), as_json=False)
    printed = capsys.readouterr().out
    assert "Audit of arena spring" in printed
    assert "Everything adds up." in printed
    assert "NAV points that another client took were not compared: Dee." in printed
    (line,) = (line for line in printed.splitlines() if line.startswith("nav "))
    assert line.split()[:3] == ["nav", "41,760", "0"]


def test_the_first_row_that_does_not_add_up_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    show(report(failing=True), as_json=False)
    printed = capsys.readouterr().out
    assert "nav: 1 of 41,760 failed, first" in printed
    assert 'row      "PortfolioSize" p-5 at 2025-05-05 00:05:00.000000 UTC' in printed
    assert "expected 10437.55" in printed
    assert "found    10437.56" in printed
    assert "This arena does not add up." in printed


def test_a_machine_reads_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    show(report(failing=True), as_json=True)
    read = json.loads(capsys.readouterr().out)
    assert (read["arena"], read["isClean"], read["unvaluedModels"]) == ("spring", False, ["Dee"])
    checks = {check["id"]: check for check in read["checks"]}
    assert list(checks) == list(CHECKS)
    assert checks["realized-pnl"]["first"] is None
    assert checks["nav"] == {
        "id": "nav",
        "sentence": CHECKS["nav"],
        "examined": 41_760,
        "failed": 1,
        "first": {
            "table": "PortfolioSize",
            "rowId": "p-5",
            "modelId": "ada",
            "at": "2025-05-05T00:05:00Z",
            "expected": "10437.55",
            "found": "10437.56",
        },
    }
