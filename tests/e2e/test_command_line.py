"""The commands as a user types them, on an embedded server of their own."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest

from autonome.domain.variants import VARIANT_IDS
from autonome.ledger.embedded import attach

COMMAND_LIMIT_S = 120


@dataclass(frozen=True)
class Autonome:
    """The installed command, in an environment of its own."""

    home: Path
    url: str

    def run(self, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith("AUTONOME_")
        }
        return subprocess.run(
            [str(Path(sys.executable).with_name("autonome")), *arguments],
            env={**kept, "AUTONOME_HOME": str(self.home), **settings},
            capture_output=True,
            text=True,
            timeout=COMMAND_LIMIT_S,
            check=False,
        )

    def rows(self, *arguments: str) -> list[dict[str, Any]]:
        done = self.run(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        rows: list[dict[str, Any]] = json.loads(done.stdout)
        return rows


@pytest.fixture(scope="module")
def autonome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Autonome]:
    """Replay the synthetic market once, and keep the server running for the module."""
    home = tmp_path_factory.mktemp("home")
    with attach(home) as server:
        command = Autonome(home, server.url)
        done = command.run("replay", "--symbols", "btc, eth")
        assert done.returncode == 0, done.stderr
        assert "Leaderboard of arena replay" in done.stdout
        yield command


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), rounding=ROUND_HALF_EVEN)


def test_the_trades_it_prints_recompute_from_the_fills(autonome: Autonome) -> None:
    """Without partial closes, a trade's P&L is what its own fills and payments add up to."""
    trades = autonome.rows("trades", "--arena", "replay", "--limit", "1000")
    with psycopg.connect(autonome.url, options="-c search_path=replay") as connection:
        fills = connection.execute(
            'SELECT "orderId", side, quantity, price, fee FROM "Fills"'
        ).fetchall()
        payments = connection.execute('SELECT "orderId", amount FROM "Payments"').fetchall()
    pnl: dict[str, Decimal] = {}
    for order, side, quantity, price, fee in fills:
        sign = 1 if side == "SELL" else -1
        pnl[order] = pnl.get(order, Decimal(0)) + sign * quantity * price - fee
    for order, amount in payments:
        pnl[order] += amount
    assert len(trades) >= 20
    for trade in trades:
        assert Decimal(trade["realizedPnl"]) == cents(pnl[trade["orderId"]])


def test_a_replay_notes_what_its_venue_lists(autonome: Autonome) -> None:
    with psycopg.connect(autonome.url, options="-c search_path=replay") as connection:
        ((listed,),) = connection.execute(
            """SELECT said->'instruments' FROM "Facts" WHERE name = 'run'"""
        ).fetchall()
    assert {symbol: each["maintenanceRate"] for symbol, each in listed.items()} == {
        "BTC": "0.005",  # docs: 0.5 % where a venue does not say.
        "ETH": "0.005",
    }


def test_the_leaderboard_adds_up_with_positions_and_trades(autonome: Autonome) -> None:
    """NAV = capital + realized + unrealized - fees of what is open + its funding, to the cent."""
    board = autonome.rows("leaderboard", "--arena", "replay")
    positions = autonome.rows("positions", "--arena", "replay")
    assert len([row for row in board if row["kind"] == "RULE"]) == len(VARIANT_IDS)
    competing = {row["competingVariant"] for row in board if row["kind"] == "RULE"}
    assert competing == set(VARIANT_IDS)
    controls = [row["competingVariant"] for row in board if row["kind"] == "CONTROL"]
    assert len(controls) >= 3
    assert set(controls) == {None}
    with psycopg.connect(autonome.url, options="-c search_path=replay") as connection:
        costs = connection.execute(
            'SELECT f."modelId", -sum(f.fee) FROM "Fills" f JOIN "Orders" o ON o.id = f."orderId"'
            " WHERE o.status = 'OPEN' GROUP BY 1 UNION ALL"
            ' SELECT p."modelId", sum(p.amount) FROM "Payments" p'
            ' JOIN "Orders" o ON o.id = p."orderId" WHERE o.status = \'OPEN\' GROUP BY 1'
        ).fetchall()
    for row in board:
        unrealized = sum(
            (Decimal(each["unrealizedPnl"]) for each in positions if each["model"] == row["model"]),
            Decimal(0),
        )
        open_costs = sum((amount for model, amount in costs if model == row["modelId"]), Decimal(0))
        expected = 10_000 + Decimal(row["realizedPnl"]) + unrealized + open_costs
        # Each stored P&L was rounded to cents; the NAV was not made of rounded figures.
        assert abs(Decimal(row["nav"]) - expected) <= Decimal("0.005") * (row["trades"] + 1)


def test_the_audit_finds_that_everything_adds_up(autonome: Autonome) -> None:
    done = autonome.run("audit", "--arena", "replay")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Everything adds up." in done.stdout


def test_tables_are_for_people(autonome: Autonome) -> None:
    done = autonome.run("positions", "--arena", "replay")
    assert "P&L unrealized" in done.stdout
    assert "Hold BTC" in done.stdout
    trades = autonome.run("trades", "--arena", "replay", "--limit", "3").stdout
    assert len(trades.strip().splitlines()) == 2 + 3


def on_a_terminal(autonome: Autonome, *arguments: str, columns: int) -> str:
    """Run a command on a pseudo-terminal of this width and return what it wrote."""
    main, other = pty.openpty()
    fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    sizes = {"COLUMNS", "LINES"}  # They would overrule the terminal's own size.
    kept = {name: value for name, value in os.environ.items() if name not in sizes}
    process = subprocess.Popen(
        [str(Path(sys.executable).with_name("autonome")), *arguments],
        env={**kept, "AUTONOME_HOME": str(autonome.home), "NO_COLOR": "1", "TERM": "xterm"},
        stdin=other,
        stdout=other,
        stderr=other,
    )
    os.close(other)
    text = b""
    with suppress(OSError):  # The terminal answers with an error once its last writer is gone.
        while chunk := os.read(main, 4096):
            text += chunk
    os.close(main)
    assert process.wait(timeout=COMMAND_LIMIT_S) == 0
    return text.decode()


def test_a_narrow_terminal_leaves_out_columns_and_cuts_no_figure(autonome: Autonome) -> None:
    board = autonome.rows("leaderboard", "--arena", "replay")
    shown = on_a_terminal(autonome, "leaderboard", "--arena", "replay", columns=80)
    assert "…" not in shown
    for row in board:
        assert f"{Decimal(row['nav']):,.2f}" in shown
    assert "For want of width not shown" in shown
    wide = on_a_terminal(autonome, "leaderboard", "--arena", "replay", columns=200)
    assert "not shown" not in wide
    assert board[0]["navAt"][:10] in wide


def test_a_second_replay_replaces_the_first(autonome: Autonome) -> None:
    assert autonome.run("replay", "--arena", "again").returncode == 0
    before = autonome.rows("leaderboard", "--arena", "again")
    assert autonome.run("replay", "--arena", "again").returncode == 0
    after = autonome.rows("leaderboard", "--arena", "again")
    assert [row["nav"] for row in after] == [row["nav"] for row in before]
    assert {row["modelId"] for row in after}.isdisjoint(row["modelId"] for row in before)


def test_a_replay_refuses_an_arena_that_it_did_not_make(autonome: Autonome) -> None:
    assert autonome.run("db", "upgrade", "--arena", "kept").returncode == 0
    done = autonome.run("replay", "--arena", "kept")
    assert done.returncode == 1
    assert "made by a replay" in done.stderr
    assert "What to do: Name another arena" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_contract_holds_after_a_replay(autonome: Autonome) -> None:
    done = autonome.run("db", "check", "--arena", "replay")
    assert (done.returncode, done.stdout) == (0, "Arena replay: as the contract says.\n")


def test_a_difference_is_named_with_exit_status_one(autonome: Autonome) -> None:
    assert autonome.run("db", "upgrade", "--arena", "changed").returncode == 0
    with psycopg.connect(autonome.url, options="-c search_path=changed") as connection:
        connection.execute('DROP INDEX "Orders_symbol_idx"')
        connection.execute('ALTER TABLE "Models" DROP COLUMN "totalMinutes"')
    done = autonome.run("db", "check", "--arena", "changed")
    assert done.returncode == 1
    assert "Orders_symbol_idx" in done.stdout
    assert '"Models"."totalMinutes"' in done.stdout
    assert "2 differences" in done.stderr


def test_a_dump_comes_back(autonome: Autonome, tmp_path: Path) -> None:
    file = tmp_path / "replay.dump"
    before = autonome.rows("trades", "--arena", "replay", "--limit", "1000")
    assert autonome.run("db", "dump", str(file), "--arena", "replay").returncode == 0
    refused = autonome.run("db", "restore", str(file), "--arena", "replay")
    assert refused.returncode == 1
    with psycopg.connect(autonome.url) as connection:
        connection.execute("DROP SCHEMA replay CASCADE")
    restored = autonome.run("db", "restore", str(file), "--arena", "replay")
    assert restored.returncode == 0, restored.stderr
    assert autonome.rows("trades", "--arena", "replay", "--limit", "1000") == before


def test_the_url_leads_to_the_database(autonome: Autonome) -> None:
    done = autonome.run("db", "url")
    assert done.stdout.strip() == autonome.url
    assert "--hold" in done.stderr


def test_the_shell_is_psql_on_the_arena(autonome: Autonome) -> None:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("autonome")), "db", "shell", "--arena", "replay"],
        env={**os.environ, "AUTONOME_HOME": str(autonome.home)},
        input='SELECT current_schema(), count(*) FROM "Models";\n',
        capture_output=True,
        text=True,
        timeout=COMMAND_LIMIT_S,
        check=False,
    )
    assert done.returncode == 0
    models = len(autonome.rows("leaderboard", "--arena", "replay"))
    assert re.search(rf"replay +\| +{models}\n", done.stdout)


@pytest.mark.parametrize(
    ("arguments", "problem", "remedy"),
    [
        (("trades", "--arena", "nowhere"), "arena 'nowhere'", "a replay writes `replay`"),
        (("trades", "--arena", "No Name"), "found 'No Name'", "Choose a name"),
        (("replay", "--symbols", "NOPE"), "found 'NOPE'", "Choose among"),
        (("replay", "--symbols", ","), "at least one symbol", "--symbols BTC,ETH"),
        (("replay", "--capital", "lots"), "found 'lots'", "such as 10000"),
        (("replay", "--capital", "-5"), "found '-5'", "such as 10000"),
        (("replay", "--profile", "moon"), "found 'moon'", "Choose among autonome-classic"),
        (("replay", "--data", "no-such-folder"), "the folder no-such-folder", "Name the folder"),
        (("replay", "--data", "/"), "such as BTC-1m.parquet", "--data"),
    ],
)
def test_a_mistake_is_answered_with_what_to_do(
    autonome: Autonome, arguments: tuple[str, ...], problem: str, remedy: str
) -> None:
    done = autonome.run(*arguments)
    assert done.returncode == 1
    assert problem in done.stderr
    assert remedy in done.stderr.replace("\n", " ")
    assert "Traceback" not in done.stderr


def test_a_bad_setting_is_named_and_its_secret_is_not(autonome: Autonome) -> None:
    done = autonome.run("trades", AUTONOME_DATABASE_URL="mysql://me:hidden@host/db")
    assert done.returncode == 1
    assert "AUTONOME_DATABASE_URL" in done.stderr
    assert "hidden" not in done.stderr + done.stdout


def test_help_needs_no_heavy_library() -> None:
    """The help page must answer at once; what would slow it down is not loaded for it."""
    heavy = ("sqlalchemy", "psycopg", "numpy", "polars", "pydantic", "alembic", "rich")
    script = (
        "import sys; sys.argv = ['autonome', '--help']\n"
        "from autonome.cli.main import app\n"
        "try: app()\n"
        "except SystemExit: pass\n"
        f"print([name for name in {heavy!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert "replay" in done.stdout
    assert done.stderr.strip() == "[]"
