"""``autonome replay --arms recorded:ARENA``: what was decided trades again, without a model."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from threading import Timer
from urllib.parse import urlsplit

import psycopg
import pytest

from autonome.domain.variants import VARIANTS
from autonome.testing.model_server import ModelServer
from autonome.testing.models.nasty import nasty_model
from e2e.test_replay_command import COMMAND_LIMIT_S, Autonome

SYMBOLS = ("--symbols", "BTC,ETH,SOL")
MONTH = (*SYMBOLS, "--from", "2026-01-05", "--to", "2026-02-05")
ARENA_FILE = """
[arena]
name = "paper"
symbols = ["BTC", "ETH", "SOL"]
[market]
source = "synthetic"
speed = 1800
history = "1d"
[endpoints.local]
url = "{url}"
keys = []
[[arms]]
kind = "rules"
[[arms]]
kind = "llm"
name = "Local"
variant = "all"
model = "scripted"
endpoint = "local"
deadline = "10s"
replicas = 3
"""
ENOUGH_TRADES = 15
FILLS = """
    SELECT f."filledAt"::text, m.name, f.symbol, f.side, f.quantity, f.price, f.fee, i.purpose
    FROM "Fills" f JOIN "Models" m ON m.id = f."modelId" JOIN "Intents" i ON i.id = f."intentId"
    ORDER BY 1, 2, 3, 4, 5
"""
ASKED = """
    SELECT coalesce((t.metadata::jsonb->>'late')::timestamp, t."createdAt")::text, m.name,
        (t.metadata::jsonb->'asked')::text
    FROM "ToolCalls" t JOIN "Invocations" i ON i.id = t."invocationId"
    JOIN "Models" m ON m.id = i."modelId" ORDER BY 1, 2, 3
"""
RECORDING = """
    SELECT sum((r->>'calls')::int)::int, sum((r->>'leftOut')::int)::int,
        sum((r->>'outsideOfThePeriod')::int)::int
    FROM (SELECT settings->'recording' AS r FROM "Arms") arms
"""
ARMS = """
    SELECT m.name, m.variant::text, a.kind::text, a.policy
    FROM "Arms" a JOIN "Models" m ON m.id = a."modelId" ORDER BY 1
"""


@pytest.fixture(scope="module")
def autonome(server_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Autonome]:
    """Give the command an empty database, and record the rules over a month."""
    name = f"recorded_{os.getpid()}"
    with psycopg.connect(server_url, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    url = urlsplit(server_url)._replace(path=f"/{name}").geturl()
    command = Autonome(tmp_path_factory.mktemp("home"), url)
    command.json("replay", "--arena", "first", "--arms", "rules", *MONTH)
    yield command
    with psycopg.connect(server_url, autocommit=True) as admin:
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_a_recording_of_rules_trades_the_same_again_and_so_does_a_recording_of_that(
    autonome: Autonome,
) -> None:
    fills = autonome.rows("first", FILLS)
    assert len(fills) > 100
    for arena, recorded in (("second", "first"), ("third", "second")):
        autonome.json("replay", "--arena", arena, "--arms", f"recorded:{recorded}", *MONTH)
        assert autonome.rows(arena, FILLS) == fills
        assert autonome.rows(arena, ARMS) == autonome.rows("first", ARMS)
    autonome.audit("third")


def test_other_fees_are_paid_for_the_same_decisions(autonome: Autonome) -> None:
    fees = ("--set", "taker_fee_bps=12.5", "--set", "maker_fee_bps=12.5")
    autonome.json("replay", "--arena", "dear", "--arms", "recorded:first", *MONTH, *fees)
    assert autonome.rows("dear", ASKED) == autonome.rows("first", ASKED)
    fills = autonome.rows("dear", 'SELECT quantity, price, fee FROM "Fills"')
    assert len(fills) > 100
    for quantity, price, fee in fills:
        due = quantity * price * Decimal("0.00125")
        assert fee == due.quantize(Decimal("1e-8"), rounding=ROUND_HALF_EVEN)


def test_a_policy_that_is_named_stands_in_place_of_the_recorded_one(autonome: Autonome) -> None:
    arms = ("--arms", "recorded:first,controls", "--policy", "as-written")
    result = autonome.json("replay", "--arena", "free", *arms, *MONTH)
    assert autonome.rows("free", 'SELECT DISTINCT policy FROM "Arms"') == [("as-written",)]
    recorded = {variant.label + " rules" for variant in VARIANTS}
    names = {row["model"] for row in result["leaderboard"]}
    assert names > recorded
    autonome.audit("free")


def test_the_arm_says_which_recording_it_is(autonome: Autonome) -> None:
    autonome.json(
        "replay", "--arena", "half", "--arms", "recorded:first",
        *SYMBOLS, "--from", "2026-01-05", "--to", "2026-01-20",
    )  # fmt: skip
    settings = 'SELECT a.settings FROM "Arms" a JOIN "Models" m ON m.id = a."modelId" ORDER BY name'
    for (half,), (first,) in zip(
        autonome.rows("half", settings), autonome.rows("first", settings), strict=True
    ):
        assert half["recorded"] == first
        recording = half["recording"]
        assert (recording["arena"], recording["leftOut"]) == ("first", 0)
        assert recording["calls"] > 0
        assert recording["outsideOfThePeriod"] > 0
        assert len(recording["sha256"]) == 64


@pytest.mark.parametrize(
    ("arguments", "problem", "remedy"),
    [
        (("--arms", "recorded:nowhere", *MONTH), "the tables of arena 'nowhere'", "Name the arena"),
        (("--arms", "recorded:Robert'); DROP", *MONTH), "Robert", "Choose a name"),
        (
            ("--arms", "recorded:first", *SYMBOLS, "--from", "2025-01-01", "--to", "2025-01-03"),
            "from 2025-01-01 00:00 to 2025-01-02 23:59 UTC",
            "--from and --to",
        ),
        (
            ("--arms", "recorded:first", *MONTH, "--symbols", "BTC"),
            "expected a recording of BTC alone",
            "--symbols",
        ),
        (("--arms", "recorded:first,rules", *MONTH), "twice", "another name"),
    ],
    ids=["no arena", "no name", "another period", "another symbol", "the same names"],
)
def test_a_recording_that_cannot_be_replayed_is_refused_in_two_sentences(
    autonome: Autonome, arguments: tuple[str, ...], problem: str, remedy: str
) -> None:
    done = autonome.run("replay", "--arena", "refused", *arguments)
    words = done.stderr.strip().splitlines()
    assert done.returncode == 1, done.stderr + done.stdout
    assert [line.split(":")[0] for line in words] == ["Error", "What to do"], done.stderr
    assert problem in words[0]
    assert remedy in words[1]


def run_until_it_traded(autonome: Autonome) -> None:
    """Run a paper arena of models that do all that models do wrong, until some have traded."""
    kept = {key: text for key, text in os.environ.items() if not key.startswith("AUTONOME_")}
    own = {"AUTONOME_HOME": str(autonome.home), "AUTONOME_DATABASE_URL": autonome.url}
    with ModelServer(nasty_model(3, may_stall=False)) as server:
        (autonome.home / "autonome.toml").write_text(
            ARENA_FILE.format(url=server.url), encoding="utf-8"
        )
        with subprocess.Popen(
            [str(Path(sys.executable).with_name("autonome")), "up", "--no-serve"],
            cwd=autonome.home,
            env={**kept, **own, "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as running:
            limit = Timer(COMMAND_LIMIT_S, running.kill)
            limit.start()
            assert running.stdout is not None
            for line in running.stdout:
                words = line.split()
                if "trades" in words and int(words[words.index("trades") - 1]) >= ENOUGH_TRADES:
                    running.send_signal(signal.SIGINT)
                    break
            assert running.wait(COMMAND_LIMIT_S) == 0
            limit.cancel()


def test_a_recording_of_models_on_paper_is_asked_again_minute_by_minute_without_a_model(
    autonome: Autonome,
) -> None:
    run_until_it_traded(autonome)
    ((begin, end),) = autonome.rows(
        "paper", 'SELECT (SELECT min("createdAt") FROM "Arms"), (SELECT max(at) FROM "Marks")'
    )
    history = timedelta(days=1)
    autonome.json(
        "replay", "--arena", "again", "--arms", "recorded:paper", *SYMBOLS, "--seed", "0",
        "--cadence", "1m", "--from", minute(begin - history), "--to", minute(end),
    )  # fmt: skip
    recorded, again = autonome.rows("paper", ASKED), autonome.rows("again", ASKED)
    assert len(again) > 50
    assert not Counter(again) - Counter(recorded)
    ((calls, left_out, outside),) = autonome.rows("again", RECORDING)
    assert (calls, calls + left_out + outside) == (len(again), len(recorded))
    assert left_out > 0  # Such models ask for much that is refused, or cannot be executed.
    payments = "SELECT count(*) FROM \"Payments\" WHERE kind = 'INFERENCE'"
    assert autonome.rows("again", payments) == [(0,)]
    assert len(autonome.rows("again", FILLS)) > 20
    autonome.audit("again")


def minute(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M}"
