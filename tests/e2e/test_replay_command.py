"""``autonome replay`` as a user types it, with each of its options, and what it leaves behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from autonome.domain.variants import VARIANTS
from autonome.ledger.content import content_hash

COMMAND_LIMIT_S = 120
NO_DATABASE = "postgresql://nobody@127.0.0.1:1/nothing"

AGENTS = '''
import os, signal
import numpy as np
from autonome.agents.rules import Entries, RuleAgent, Signals, crosses_above, crosses_below, ema


class Causal(RuleAgent):
    """The close is above its mean, and was not before."""
    warm_up_bars = 50
    def signals(self, frame):
        mean = ema(frame.close, 20)
        rises, falls = crosses_above(frame.close, mean), crosses_below(frame.close, mean)
        return Signals(long=Entries(enter=rises, exit=falls, stop=frame.close * 0.99))


class Peeking(RuleAgent):
    """The next close is higher."""
    warm_up_bars = 50
    def signals(self, frame):
        rises = np.append(frame.close[1:] > frame.close[:-1], False)
        return Signals(long=Entries(enter=rises, exit=~rises, stop=frame.close * 0.99))


class Impatient(Causal):
    """Press Ctrl-C at the first entry."""
    presses = 1
    _pressed = 0
    def notional(self, entry, account):
        while self._pressed < self.presses:
            self._pressed += 1
            os.kill(os.getpid(), signal.SIGINT)
        return super().notional(entry, account)


class Fraction(Causal):
    """Write a size as a binary number."""
    def notional(self, entry, account):
        return 0.5


class VeryImpatient(Impatient):
    """Press it twice."""
    presses = 2
'''


@dataclass(frozen=True)
class Autonome:
    """The installed command, in an environment and a folder of its own."""

    home: Path
    url: str

    def run(self, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        kept = {key: text for key, text in os.environ.items() if not key.startswith("AUTONOME_")}
        own = {"AUTONOME_HOME": str(self.home), "AUTONOME_DATABASE_URL": self.url}
        return subprocess.run(
            [str(Path(sys.executable).with_name("autonome")), *arguments],
            cwd=self.home,
            env={**kept, **own, **settings},
            capture_output=True,
            text=True,
            timeout=COMMAND_LIMIT_S,
            check=False,
        )

    def json(self, *arguments: str, **settings: str) -> Any:
        done = self.run(*arguments, "--json", **settings)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def rows(self, arena: str, sql: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url, options=f"-c search_path={arena}") as connection:
            return connection.execute(sql).fetchall()

    def audit(self, arena: str) -> None:
        done = self.run("audit", "--arena", arena)
        assert done.returncode == 0, done.stdout
        assert "Everything adds up." in done.stdout


@pytest.fixture(scope="module")
def autonome(server_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Autonome]:
    """Give the command an empty database, and a folder with agents and a script."""
    home = tmp_path_factory.mktemp("home")
    (home / "my_agents.py").write_text(AGENTS, encoding="utf-8")
    name = f"replays_{os.getpid()}"
    with psycopg.connect(server_url, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    yield Autonome(home, urlsplit(server_url)._replace(path=f"/{name}").geturl())
    with psycopg.connect(server_url, autocommit=True) as admin:
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


OPTIONS = (
    "replay", "--arena", "options", "--symbols", "eth, btc", "--arms", "controls",
    "--from", "2026-03-01", "--to", "2026-03-04T00:00+00:00", "--cadence", "15m",
    "--set", "taker_fee_bps=7.5", "--set", "BTC.half_spread_bps=4",
    "--policy", "as-written", "--seed", "5", "--capital", "25000", "--replicas", "2",
    "--bundle", "kept",
)  # fmt: skip


@pytest.fixture(scope="module")
def options(autonome: Autonome) -> dict[str, Any]:
    """Replay with every option, and return what it printed."""
    result: dict[str, Any] = autonome.json(*OPTIONS)
    return result


def test_the_period_and_the_cadence_are_those_that_were_named(
    autonome: Autonome, options: dict[str, Any]
) -> None:
    assert (options["reached"], options["partial"]) == ("2026-03-04T00:00:00Z", False)
    assert options["cycles"] == 3 * 24 * 4 - 1  # Nothing can trade any more at the very end.
    ((first, last, symbols),) = autonome.rows(
        "options", 'SELECT min(at)::text, max(at)::text, count(DISTINCT symbol) FROM "Marks"'
    )
    assert (first, last, symbols) == ("2026-03-01 00:01:00", "2026-03-04 00:00:00", 2)
    off = 'SELECT count(*) FROM "Cycles" WHERE extract(minute FROM "scheduledAt")::int % 15 <> 0'
    assert autonome.rows("options", off) == [(0,)]


def test_a_period_may_end_within_a_day(autonome: Autonome) -> None:
    period = ("--from", "2026-03-01", "--to", "2026-03-02T12:00")
    result = autonome.json("replay", "--arena", "hours", "--arms", "controls", *period)
    assert result["reached"] == "2026-03-02T12:00:00Z"


def test_policy_capital_and_arms_are_those_that_were_named(
    autonome: Autonome, options: dict[str, Any]
) -> None:
    arms = autonome.rows(
        "options", 'SELECT DISTINCT kind::text, policy, "startingCapital" FROM "Arms"'
    )
    assert arms == [("CONTROL", "as-written", Decimal(25_000))]
    names = {row["model"] for row in options["leaderboard"]}
    assert {"Random entries 1", "Random entries 2", "Hold BTC"} <= names


def test_a_fee_that_was_overridden_is_paid(autonome: Autonome, options: dict[str, Any]) -> None:
    fills = autonome.rows("options", 'SELECT quantity, price, fee FROM "Fills"')
    assert len(fills) > 3
    for quantity, price, fee in fills:
        due = quantity * price * Decimal("0.00075")
        assert fee == due.quantize(Decimal("1e-8"), rounding=ROUND_HALF_EVEN)


def test_a_spread_that_was_overridden_is_paid(autonome: Autonome, options: dict[str, Any]) -> None:
    """A purchase at the open costs half-spread 4 and slippage 1 bps, rounded up to the tick."""
    ((price, at),) = autonome.rows(
        "options",
        'SELECT f.price, f."filledAt" FROM "Fills" f JOIN "Models" m ON m.id = f."modelId"'
        " WHERE m.name = 'Hold BTC'",
    )
    ((mark,),) = autonome.rows(
        "options", f"""SELECT price FROM "Marks" WHERE symbol = 'BTC' AND at = '{at}'"""
    )
    # The bar opens where the one before closed, but for a hundredth of its volatility.
    assert Decimal("1.0004") < price / mark < Decimal("1.0006")


def test_the_bundle_is_the_database(autonome: Autonome, options: dict[str, Any]) -> None:
    manifest = json.loads((autonome.home / "kept" / "manifest.json").read_text(encoding="utf-8"))
    assert options["contentHash"] in json.dumps(manifest)
    assert content_hash(autonome.url, arena="options") == options["contentHash"]
    for table in ("leaderboard", "trades", "positions", "models"):
        shown = autonome.json("runs", "show", "kept", "--table", table)
        assert shown == autonome.json(table, "--arena", "options"), table


def test_a_bundle_is_shown_without_a_database(autonome: Autonome, options: dict[str, Any]) -> None:
    done = autonome.run("runs", "show", "kept", AUTONOME_DATABASE_URL=NO_DATABASE)
    assert done.returncode == 0, done.stderr
    assert options["contentHash"] in done.stdout
    assert "Random entries 2" in done.stdout
    assert autonome.run("trades", AUTONOME_DATABASE_URL=NO_DATABASE).returncode == 1


def test_what_was_replayed_with_options_adds_up(
    autonome: Autonome, options: dict[str, Any]
) -> None:
    autonome.audit("options")


def test_the_hash_is_that_of_the_options(autonome: Autonome, options: dict[str, Any]) -> None:
    """The same again gives the same hash, in another arena too; another seed gives another."""
    short = [text for text in OPTIONS if text not in ("--bundle", "kept")]
    again = autonome.json(*short, "--arena", "again")
    assert again["contentHash"] == options["contentHash"]
    other = autonome.json(*short, "--arena", "again", "--seed", "6")
    assert other["contentHash"] != options["contentHash"]


def test_a_script_is_followed_row_by_row(autonome: Autonome) -> None:
    (autonome.home / "trips.csv").write_text(
        "ts,symbol,action,side,quantity,leverage,stop,target\n"
        "2026-01-05T08:00:00Z,BTC,open,LONG,0.05,3,,\n"
        "2026-01-05T10:00:00Z,BTC,close,,0.02,,,\n"
        "2026-01-05T12:00:00Z,BTC,open,SHORT,0.01,2,,\n"
        "2026-01-06T00:00:00Z,BTC,close,SHORT,,,,\n",
        encoding="utf-8",
    )
    result = autonome.json(
        "replay", "--arena", "script", "--arms", "scripted:trips.csv", "--to", "2026-01-07"
    )
    assert [row["model"] for row in result["leaderboard"]] == ["Scripted trips"]
    orders = autonome.rows(
        "script",
        'SELECT side::text, quantity, "openedAt"::text, "closedAt"::text FROM "Orders"'
        ' ORDER BY "closedAt"',
    )
    opened, turned = "2026-01-05 08:00:00", "2026-01-05 12:00:00"
    assert orders == [
        ("LONG", Decimal("0.02"), opened, "2026-01-05 10:00:00"),
        ("LONG", Decimal("0.03"), opened, turned),
        ("SHORT", Decimal("0.01"), turned, "2026-01-06 00:00:00"),
    ]
    assert autonome.rows("script", 'SELECT policy FROM "Arms"') == [("as-written",)]
    autonome.audit("script")


def test_an_agent_of_the_users_own_competes(autonome: Autonome) -> None:
    result = autonome.json("replay", "--arena", "own", "--agent", "my_agents:Causal")
    (row,) = result["leaderboard"]
    assert (row["model"], row["kind"]) == ("Causal", "EXTERNAL")
    assert row["trades"] >= 20
    autonome.audit("own")


def test_an_agent_that_looks_ahead_is_refused_and_its_column_named(autonome: Autonome) -> None:
    done = autonome.run("replay", "--arena", "peeks", "--agent", "my_agents:Peeking")
    assert done.returncode == 1
    assert "Error: Peeking looks ahead: long.enter of BTC" in " ".join(done.stderr.split())
    assert "What to do: Use nothing of a bar before it has closed" in done.stderr
    assert "Traceback" not in done.stderr
    assert autonome.run("trades", "--arena", "peeks").returncode == 1  # Nothing was written.


def test_ctrl_c_keeps_what_was_reached(autonome: Autonome) -> None:
    """The first press ends the run at one instant for all arms; what is there adds up."""
    arms = ("--agent", "my_agents:Impatient", "--arms", "controls")
    done = autonome.run("replay", "--arena", "partial", *arms, "--bundle", "part")
    assert done.returncode == 0, done.stderr
    assert "Partial: interrupted at 2026-01-0" in done.stdout
    ((first, last, arms_count),) = autonome.rows(
        "partial",
        'SELECT min(latest)::text, max(latest)::text, count(*) FROM (SELECT max("createdAt")'
        ' AS latest FROM "PortfolioSize" GROUP BY "modelId") points',
    )
    assert first == last < "2026-01-12"
    assert arms_count == len(autonome.json("leaderboard", "--arena", "partial"))
    autonome.audit("partial")
    shown = autonome.run("runs", "show", "part").stdout
    assert "partial: it ended before its market did" in shown


def test_a_second_ctrl_c_leaves_nothing(autonome: Autonome) -> None:
    done = autonome.run("replay", "--arena", "gone", "--agent", "my_agents:VeryImpatient")
    assert done.returncode == 130  # 128 + SIGINT, as shells report it.
    assert "Traceback" not in done.stderr
    assert autonome.run("trades", "--arena", "gone").returncode == 1


@pytest.mark.parametrize(
    ("arguments", "problem", "remedy"),
    [
        (("--arms", "winners"), "found 'winners'", "Name them separated by commas"),
        (("--arms", "scripted:none.csv"), "none.csv", "Name another file"),
        (("--agent", "my_agents"), "found 'my_agents'", "my_agents:EmaCross"),
        (("--agent", "my_agents:Other"), "'Other' in my_agents", "Causal, Fraction"),
        (("--agent", "nowhere:Agent"), "a module 'nowhere'", "Change to the folder"),
        (("--agent", "./my_agents:Causal"), "names joined by dots", "without a folder"),
        (("--agent", "my_agents:Fraction"), "notional as a Decimal, found 0.5", 'Decimal("0.5")'),
        (("--from", "1970-01-01", "--to", "2200-01-01"), "1 to 3,660 days", "closer together"),
        (("--policy", "lax"), "found 'lax'", "Take one of these"),
        (("--gaps", "hope", "--data", "."), "found 'hope'", "Take one of these"),
        (("--set", "taker_fee_bps"), "found 'taker_fee_bps'", "Write it like taker_fee_bps=5"),
        (("--set", "moon=1"), "found 'moon'", "Choose among maker_fee_bps, taker_fee_bps"),
        (("--set", "taker_fee_bps=many"), "found 'many'", "Correct the value"),
        (("--from", "2026-01-05", "--to", "2026-01-05"), "--to after --from", "a later end"),
        (("--from", "2026-01-05T00:00:30"), "--from on a whole minute", "Leave the seconds out"),
        (("--from", "2026-01-07", "--to", "2026-01-05"), "--to after --from", "a later end"),
        (("--capital", "0.000000001"), "found '0.000000001'", "such as 10000"),
        (("--bundle", "my_agents.py"), "'my_agents.py'", "a folder that is not there yet"),
        (("--arena", "Robert'); DROP"), "Robert", "Choose a name"),
    ],
)
def test_a_mistake_is_two_sentences(
    autonome: Autonome, arguments: tuple[str, ...], problem: str, remedy: str
) -> None:
    done = autonome.run("replay", *arguments)
    words = done.stderr.strip().splitlines()
    assert done.returncode == 1, done.stderr + done.stdout
    assert [line.split(":")[0] for line in words] == ["Error", "What to do"], done.stderr
    assert problem in words[0]
    assert remedy in words[1]


@pytest.mark.parametrize("verb", ["trades", "invocations", "nav"])
def test_a_model_that_is_not_there_is_named(
    autonome: Autonome, options: dict[str, Any], verb: str
) -> None:
    done = autonome.run(verb, "--arena", "options", "--model", "Nobody")
    assert done.returncode == 1
    assert done.stderr == "No model is named 'Nobody'; autonome models lists them.\n"


def test_a_bundle_names_a_model_that_is_not_there(
    autonome: Autonome, options: dict[str, Any]
) -> None:
    done = autonome.run("runs", "show", "kept", "--model", "Nobody")
    assert done.returncode == 1
    assert "No model is named 'Nobody'" in done.stderr


def test_nav_looks_back_as_far_as_an_option_can_ask(
    autonome: Autonome, options: dict[str, Any]
) -> None:
    asked = ("nav", "--arena", "options", "--every", "7d", "--limit")
    assert autonome.json(*asked, "1000000") == autonome.json(*asked, "10")


def test_a_tick_that_divides_no_unit_is_traded_on(autonome: Autonome) -> None:
    ordered = ("--agent", "my_agents:Causal", "--symbols", "BTC", "--set", "BTC.tick=7")
    result = autonome.json("replay", "--arena", "odd", "--to", "2026-01-07", *ordered)
    assert not result["partial"]


@pytest.mark.parametrize(
    "arguments",
    [("--from", "yesterday"), ("--cadence", "0m"), ("--cadence", "often"), ("--replicas", "0")],
    ids=" ".join,
)
def test_a_word_that_cannot_be_read_is_named(
    autonome: Autonome, arguments: tuple[str, ...]
) -> None:
    done = autonome.run("replay", *arguments)
    assert done.returncode == 2
    assert arguments[0] in done.stderr


def test_every_variant_trades_in_the_real_month_and_all_of_it_adds_up(autonome: Autonome) -> None:
    folder = os.environ.get("AUTONOME_TEST_DATA")
    if not folder or not (Path(folder) / "XRP-1m.parquet").is_file():
        pytest.skip("AUTONOME_TEST_DATA names no folder with XRP-1m.parquet")
    result = autonome.json(
        "replay", "--arena", "month", "--data", str(Path(folder).absolute()),
        "--symbols", "BTC,ETH,SOL,XRP,BNB", "--bundle", "month",
    )  # fmt: skip
    opened = {
        row["competingVariant"]: row["trades"] + row["openOrders"]
        for row in result["leaderboard"]
        if row["competingVariant"] is not None
    }
    assert opened.keys() == {variant.id for variant in VARIANTS}
    assert min(opened.values()) >= 20, opened
    autonome.audit("month")
