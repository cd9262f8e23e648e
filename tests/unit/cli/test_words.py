"""How the verbs put values into words for people, and into JSON for machines."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from importlib.metadata import version
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from autonome.bootstrap.paper.status import Status
from autonome.cli import invocations, models
from autonome.cli.main import app
from autonome.cli.nav import EveryOption
from autonome.cli.options import instant
from autonome.cli.output import Column, plain, print_rows, shortened
from autonome.cli.up import tell

SHOWN = {each.heading: each.show for each in invocations.COLUMNS}
ASKED, OUTCOME = SHOWN["Asked"], SHOWN["What became of it"]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (
            {"action": "create_position", "symbol": "BTC", "side": "LONG", "notional": 10_000},
            "create BTC LONG for 10,000",
        ),
        (
            {"action": "create_position", "symbol": "BTC", "quantity": Decimal("0.10")},
            "create BTC 0.1",
        ),
        (
            {"action": "close_position", "symbol": "ETH", "fraction": Decimal("0.5")},
            "close ETH fraction 0.5",
        ),
        (
            {"action": "create_position", "notional": Decimal("3333.33333333")},
            "create for 3,333.33",
        ),
        ({"action": "create_position", "quantity": Decimal(1) / 3}, "create 0.33333333"),
        ({"action": "close_position", "fraction": Decimal("NaN")}, "close fraction NaN"),
        ({"action": "update_exit_plan", "symbol": "ETH"}, "update_exit_plan ETH"),
        ({"action": "holding", "reason": "calm"}, "holding"),
        ({"quantity": "lots"}, "–"),
        ("words", "words"),
        (None, "–"),
        ([1, 2], "[1, 2]"),
    ],
)
def test_what_was_asked_fits_on_a_line(asked: object, words: str) -> None:
    assert ASKED({"asked": asked}) == words


@pytest.mark.parametrize(
    ("metadata", "words"),
    [
        ({"asked": {}, "denied": {"rule": "cooldown", "reason": "..."}}, "denied: cooldown"),
        ({"allowed": {"quantity": 1}}, "allowed"),
        (
            {
                "allowed": {"quantity": 1},
                "changes": [{"rule": "risk-per-trade", "before": 2, "after": 1}],
                "filled": [{"quantity": Decimal("0.10"), "price": 50_000, "fee": 1}],
            },
            "shrunk: risk-per-trade; filled 0.1 @ 50,000",
        ),
        ({"allowed": {}, "cancelled": ["stop-passed"]}, "cancelled: stop-passed"),
        ({"cancelled": "gone"}, "cancelled: gone"),
        ({"filled": [{"quantity": "?", "price": None}]}, "filled ? @ –"),
        ({"filled": 7, "denied": "no", "changes": [3]}, "–"),
        ({}, "–"),
        ("no JSON", "–"),
        (None, "–"),
    ],
)
def test_what_became_of_it_fits_on_a_line(metadata: object, words: str) -> None:
    assert OUTCOME(metadata) == words


def test_settings_are_short_words() -> None:
    (show,) = (each.show for each in models.COLUMNS if each.key == "settings")
    assert show({"leader": "Ada", "adx": Decimal("25.0")}) == "leader=Ada, adx=25.0"
    assert show({}) == show(None) == "–"


def test_words_are_cut_to_one_line_and_say_so() -> None:
    assert shortened("one\n two\tthree", width=20) == "one two three"
    assert shortened("a" * 20, width=20) == "a" * 20
    assert shortened("a" * 21, width=20) == "a" * 19 + "…"
    assert shortened(None) == "–"


@dataclass
class Row:
    """One row to print."""

    settings: Any


def test_json_within_json_keeps_money_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    row = Row({"capital": Decimal("1E-8"), "list": [Decimal("1.50"), None, {"deep": 1}]})
    columns = (Column("settings", "Settings", plain),)
    print_rows([row], columns, as_json=True, title="", empty="")
    assert json.loads(capsys.readouterr().out) == [
        {"settings": {"capital": "0.00000001", "list": ["1.50", None, {"deep": 1}]}}
    ]


@pytest.mark.parametrize(
    ("given", "width"),
    [
        ((), timedelta(hours=1)),
        (("--every", "15m"), timedelta(minutes=15)),
        (("--every", "7d"), timedelta(days=7)),
        (("--every", "5"), timedelta(minutes=5)),
    ],
)
def test_an_interval_is_a_number_and_a_unit(given: tuple[str, ...], width: timedelta) -> None:
    done = CliRunner().invoke(every_app(), given)
    assert (done.exit_code, done.output.strip()) == (0, str(width))


@pytest.mark.parametrize("text", ["0h", "", "h", "1.5h", "-1h", "8d", "169h", "1w", "9" * 30 + "m"])
def test_an_interval_of_another_form_is_refused(text: str) -> None:
    done = CliRunner().invoke(every_app(), ["--every", text])
    assert done.exit_code == 2
    assert "5m, 1h or 1d, from 1m to 7d" in " ".join(done.output.split())


def every_app() -> typer.Typer:
    """Return a command that prints its interval."""
    app = typer.Typer(rich_markup_mode=None)

    @app.command()
    def command(every: EveryOption = "1h") -> None:  # type: ignore[assignment]
        typer.echo(every)

    return app


@pytest.mark.parametrize("verb", ["trades", "invocations", "nav"])
@pytest.mark.parametrize("limit", ["0", "1000001", "99999999999999999999"])
def test_a_limit_that_no_database_can_take_is_refused(verb: str, limit: str) -> None:
    done = CliRunner().invoke(app, [verb, "--limit", limit])
    assert done.exit_code == 2
    assert "Invalid value for '--limit'" in done.output


@pytest.mark.parametrize("option", ["--from", "--to"])
@pytest.mark.parametrize("text", ["1969-12-31", "2201-01-01", "0001-01-01T00:00+23:00", "noon"])
def test_an_instant_outside_of_the_calendar_is_refused(option: str, text: str) -> None:
    done = CliRunner().invoke(app, ["replay", option, text])
    assert done.exit_code == 2
    assert "of the years 1970 to 2200, found" in " ".join(done.output.split())


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2025-05-05", datetime(2025, 5, 5, tzinfo=UTC)),
        ("2025-05-05T12:00+02:00", datetime(2025, 5, 5, 10, tzinfo=UTC)),
        ("2200-12-31T23:59Z", datetime(2200, 12, 31, 23, 59, tzinfo=UTC)),
    ],
)
def test_an_instant_is_in_utc(text: str, at: datetime) -> None:
    assert instant(text) == at


@pytest.mark.parametrize("text", ["0", "8d", "5 m", "-5m"])
def test_a_cadence_of_another_form_is_refused(text: str) -> None:
    done = CliRunner().invoke(app, ["replay", "--cadence", text])
    assert done.exit_code == 2
    assert "from 1m to 7d, found" in " ".join(done.output.split())


def test_the_version_is_told() -> None:
    done = CliRunner().invoke(app, ["--version"])
    assert (done.exit_code, done.output) == (0, f"autonome {version('autonome')}\n")


def test_a_narrow_terminal_still_tells_what_became_of_a_decision() -> None:
    # An instant is 19 wide and a gap 2; a terminal has at least 80 columns.
    headings = [each.heading for each in invocations.COLUMNS]
    assert headings[:2] == ["Decided (UTC)", "What became of it"]
    assert len(OUTCOME({"denied": {"rule": "a" * 90}})) <= 80 - 19 - 2


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 positions  0 trades  first: Apple 10,000.50"),
        (1, "1 position  1 trade  first: Apple 10,000.50  1 model thinks"),
        (2, "2 positions  2 trades  first: Apple 10,000.50  2 models think"),
    ],
)
def test_the_line_of_a_running_arena_counts_in_words(
    count: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    at = datetime(2025, 5, 5, 12, tzinfo=UTC)
    nav = Decimal("10000.5")
    tell(
        Status(
            at=at,
            is_tick=True,
            first="Apple",
            nav=nav,
            positions=count,
            trades=count,
            thinking=count,
        )
    )
    assert capsys.readouterr().out == f"2025-05-05 12:00  {words}\n"
