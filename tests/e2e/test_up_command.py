"""``autonome up`` as a user runs it: begun, stopped, gone on with, halted, flattened, resumed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from autonome.ledger.embedded import attach
from autonome.testing.model_server import Asked, ModelServer
from autonome.testing.models import Answers, Reply, Status, nasty_model, trading_model

AUTONOME = str(Path(sys.executable).with_name("autonome"))
COMMAND_LIMIT_S = 60
FIRST_FILL_S = 60
EVENT_LIMIT_S = 60
LOOK_EVERY_S = 0.1
KEY = "sk-local-8c1f6e0d9b7a4352"
REFUSED_KEY = "sk-refused-5d20c4b1a7f93e68"
VARIABLES = {"LOCAL_KEY": KEY, "REFUSED_KEY": REFUSED_KEY}
FILE = """
[arena]
name = "{arena}"
[market]
speed = 240
[endpoints.local]
url = "{url}"
keys = {keys}
[[arms]]
kind = "rules"
[[arms]]
kind = "controls"
[[arms]]
kind = "llm"
name = "Local"
model = "scripted"
endpoint = "local"
deadline = "2s"
tokens_per_day = {tokens}
"""
TOKENS = 1_000_000_000
"""A day's worth, so that hours of a fast arena do not use it up."""
FILLS_OF_MODELS = (
    'SELECT count(*) FROM "Fills" f JOIN "Arms" a ON a."modelId" = f."modelId"'
    " WHERE a.kind = 'LLM'"
)
OPENINGS = """SELECT count(*) FROM "Intents" WHERE purpose = 'OPEN'"""
OPEN_ORDERS = """SELECT count(*) FROM "Orders" WHERE status = 'OPEN'"""
REACHED = 'SELECT max(at) FROM "Marks"'
UNDER_WAY = """
    SELECT count(*) FROM "Invocations" WHERE "responsePayload"->>'state' = 'RUNNING'
"""
ENDED = """
    SELECT count(*) FROM "Invocations"
    WHERE "responsePayload"->>'state' IN ('COMPLETED', 'FAILED') AND "modelId" IN
        (SELECT "modelId" FROM "Arms" WHERE kind = 'LLM')
"""


@dataclass(frozen=True)
class Arena:
    """An arena of its own: a folder, a database, and the commands that a user gives."""

    home: Path
    url: str
    name: str = "public"
    is_embedded: bool = False

    @property
    def environment(self) -> dict[str, str]:
        foreign = ("AUTONOME_", "OPENROUTER_", "OPENAI_", "NVIDIA_")
        kept = {key: text for key, text in os.environ.items() if not key.startswith(foreign)}
        own = {"AUTONOME_HOME": str(self.home)}
        if not self.is_embedded:
            own["AUTONOME_DATABASE_URL"] = self.url
        return {**kept, **own, **VARIABLES}

    @property
    def log(self) -> str:
        return (self.home / "log").read_text(encoding="utf-8")

    @contextmanager
    def up(self) -> Iterator[subprocess.Popen[bytes]]:
        """Run the arena; whatever happens, it does not outlive the test."""
        with (self.home / "log").open("ab") as log:
            process = subprocess.Popen(
                [AUTONOME, "up", "--no-serve"],
                cwd=self.home,
                env=self.environment,
                stdout=log,
                stderr=log,
            )
        try:
            yield process
        finally:
            process.kill()
            process.wait(COMMAND_LIMIT_S)

    def press_ctrl_c(self, process: subprocess.Popen[bytes]) -> None:
        process.send_signal(signal.SIGINT)
        assert process.wait(COMMAND_LIMIT_S) == 0, self.log
        assert self.log.endswith("Ended: it was stopped.\n")
        assert "Traceback" not in self.log

    def run(self, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [AUTONOME, *arguments, "--arena", self.name],
            cwd=self.home,
            env=self.environment,
            input=typed,
            capture_output=True,
            text=True,
            timeout=COMMAND_LIMIT_S,
            check=False,
        )

    def carried_out(self, *arguments: str) -> str:
        """Give a command that somebody carries out, and return what came of it."""
        done = self.run(*arguments, "--json")
        assert done.returncode == 0, done.stderr + done.stdout
        result = json.loads(done.stdout)
        assert result["isRun"]
        assert result["isDone"]
        (command,) = result["commands"]
        return str(command["outcome"])

    def audit(self) -> None:
        done = self.run("audit")
        assert done.returncode == 0, done.stdout
        assert "Everything adds up." in done.stdout

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url, options=f"-c search_path={self.name}") as connection:
            return connection.execute(sql).fetchall()

    def value(self, sql: str) -> Any:
        """Return the one figure that is asked for; ``None`` while there are no tables yet."""
        try:
            ((value,),) = self.rows(sql)
        except psycopg.errors.UndefinedTable:
            return None
        return value

    def until(
        self,
        process: subprocess.Popen[bytes],
        sql: str,
        is_there: Callable[[Any], bool],
        *,
        limit_s: float = EVENT_LIMIT_S,
    ) -> Any:
        """Wait until a figure is as expected, and return it; the arena must still run then."""
        ends_at = time.monotonic() + limit_s
        while True:
            value = self.value(sql)
            if value is not None and is_there(value):
                return value
            assert process.poll() is None, self.log
            assert time.monotonic() < ends_at, f"still {value} for {sql}\n{self.log}"
            time.sleep(LOOK_EVERY_S)

    def minutes_on(self, process: subprocess.Popen[bytes], minutes: int) -> None:
        """Wait until so many more minutes of the arena have closed."""
        later: datetime = self.value(REACHED) + timedelta(minutes=minutes)
        self.until(process, REACHED, lambda reached: bool(reached >= later))


@pytest.fixture
def arena(database_url: str, tmp_path: Path) -> Arena:
    return Arena(home=tmp_path, url=database_url, name="paper")


@contextmanager
def models(
    arena: Arena, script: Callable[[Asked], Reply], *, keys: Sequence[str] = ("LOCAL_KEY",)
) -> Iterator[ModelServer]:
    """Serve models, and name them in the arena's file."""
    with ModelServer(script) as server:
        text = FILE.format(url=server.url, arena=arena.name, keys=json.dumps(keys), tokens=TOKENS)
        (arena.home / "autonome.toml").write_text(text, encoding="utf-8")
        yield server


def test_a_newcomer_sees_a_fill_within_a_minute_and_ctrl_c_leaves_what_adds_up(
    tmp_path: Path,
) -> None:
    """No file, no key, no database: everything is made on the way."""
    began = time.monotonic()
    with Arena(home=tmp_path, url="", is_embedded=True).up() as process, attach(tmp_path) as server:
        arena = Arena(home=tmp_path, url=server.url, is_embedded=True)
        left_s = FIRST_FILL_S - (time.monotonic() - began)
        arena.until(process, 'SELECT count(*) FROM "Fills"', bool, limit_s=left_s)
        arena.press_ctrl_c(process)
        assert {kind for (kind,) in arena.rows('SELECT DISTINCT kind::text FROM "Arms"')} == {
            "RULE",
            "CONTROL",
        }
        arena.audit()


def test_an_arena_goes_on_where_it_was_stopped_and_obeys_its_operator(arena: Arena) -> None:
    with models(arena, trading_model(1)) as server:
        with arena.up() as process:
            arena.until(process, FILLS_OF_MODELS, bool)
            arena.press_ctrl_c(process)
        arena.audit()
        reached = arena.value(REACHED)

        with arena.up() as process:
            arena.until(process, REACHED, lambda at: bool(at > reached))

            assert arena.carried_out("halt", "--reason", "lunch").endswith("arms")
            halted = arena.rows('SELECT DISTINCT "haltedReason" FROM "Arms"')
            assert halted == [("lunch",)]
            openings, asked = arena.value(OPENINGS), len(server.requests)
            arena.minutes_on(process, 11)
            assert arena.value(OPENINGS) == openings
            assert len(server.requests) > asked  # Models are asked: they may close.

            assert "ordered to close" in arena.carried_out("flatten", "--yes")
            arena.until(process, OPEN_ORDERS, lambda count: bool(count == 0))
            arena.minutes_on(process, 6)
            assert arena.value(OPENINGS) == openings

            arena.carried_out("resume", "--arm", "Local Apex")
            arena.until(process, OPENINGS, lambda count: bool(count > openings))
            still = """SELECT count(*) FROM "Arms" WHERE "haltedReason" IS NULL"""
            assert arena.value(still) == 1
            arena.press_ctrl_c(process)
        assert {asked.key for asked in server.requests} == {KEY}
    assert arena.value(UNDER_WAY) == 0
    arena.audit()
    assert_no_minute_is_missing(arena)
    assert_the_key_is_nowhere(arena)

    done = arena.run("halt", "--arm", "Local Apex")
    assert done.returncode == 0, done.stderr
    assert "Nobody runs the arena now" in done.stdout
    done = arena.run("prompt", "--arm", "Local Apex")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("--- system (")
    assert "with its account of then" in done.stderr
    shown = json.loads(arena.run("prompt", "--arm", "Local Apex", "--json").stdout)
    assert shown["user"] in done.stdout


def test_a_nasty_model_that_repeats_its_key_leaves_what_adds_up(
    arena: Arena, pytestconfig: pytest.Config
) -> None:
    unattended_s = 60 * int(pytestconfig.getoption("--unattended-minutes"))
    wild = nasty_model(7)

    def script(asked: Asked) -> Reply:
        if asked.key == REFUSED_KEY:
            return Status(code=401, message=f"the key {asked.key} is not known")
        if asked.number % 6 == 4:
            return Answers(text=f"My key is {asked.key}.")
        return wild(asked)

    told = """SELECT count(*) FROM "Invocations" WHERE response LIKE 'My key is %'"""
    keys = ("LOCAL_KEY", "REFUSED_KEY")
    with models(arena, script, keys=keys) as server, arena.up() as process:
        arena.until(process, ENDED, lambda count: bool(count >= 24))
        arena.until(process, told, bool)
        arena.until(process, FILLS_OF_MODELS, bool)
        asked_before = len(server.requests)
        left_alone(process, unattended_s)
        # Whatever goes wrong, models are asked on: about once in five minutes of the arena each.
        assert len(server.requests) >= asked_before + unattended_s
        arena.press_ctrl_c(process)
        assert {asked.key for asked in server.requests} == {KEY, REFUSED_KEY}
    arena.audit()
    assert_no_minute_is_missing(arena)
    assert_the_key_is_nowhere(arena)


def test_flatten_asks_for_the_name_of_the_arena_first(arena: Arena) -> None:
    assert arena.run("db", "upgrade").returncode == 0
    done = arena.run("flatten", typed="public\n")
    assert done.returncode == 1
    assert "nothing was done" in done.stderr
    assert arena.value('SELECT count(*) FROM "Commands"') == 0
    done = arena.run("flatten", typed="paper\n")
    assert done.returncode == 0, done.stderr
    assert arena.rows('SELECT kind::text, "modelId", "doneAt" FROM "Commands"') == [
        ("FLATTEN", None, None)
    ]


def test_an_arm_that_is_not_there_is_named(arena: Arena) -> None:
    assert arena.run("db", "upgrade").returncode == 0
    done = arena.run("halt", "--arm", "Nobody")
    assert done.returncode == 1
    assert "found 'Nobody'" in done.stderr
    assert arena.value('SELECT count(*) FROM "Commands"') == 0


def test_why_an_operator_commands_is_kept(arena: Arena) -> None:
    assert arena.run("db", "upgrade").returncode == 0
    for command in (["halt"], ["resume"], ["flatten", "--yes"]):
        done = arena.run(*command, "--reason", f"{command[0]} for lunch")
        assert done.returncode == 0, done.stderr
    assert arena.rows('SELECT kind::text, reason FROM "Commands" ORDER BY "requestedAt"') == [
        ("HALT", "halt for lunch"),
        ("RESUME", "resume for lunch"),
        ("FLATTEN", "flatten for lunch"),
    ]


def left_alone(process: subprocess.Popen[bytes], seconds: float) -> None:
    """Let an arena run for so long; nobody looks after it, and it must not end."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return
    raise AssertionError("expected an arena that goes on by itself, found that it ended")


def assert_no_minute_is_missing(arena: Arena) -> None:
    """Every arm has one NAV point in each minute of a week; older ones are thinned meanwhile."""
    rows = arena.rows(
        'SELECT count(*), count(DISTINCT "createdAt"), min("createdAt"), max("createdAt")'
        """ FROM "PortfolioSize" WHERE "createdAt" > (
            SELECT max("createdAt") - interval '7 days' FROM "PortfolioSize"
        ) GROUP BY "modelId" """
    )
    (seen,) = {(first, last) for _, _, first, last in rows}
    minutes = (seen[1] - seen[0]) // timedelta(minutes=1) + 1
    assert {(points, distinct) for points, distinct, _, _ in rows} == {(minutes, minutes)}
    (lived,) = arena.rows('SELECT min("createdAt"), max("createdAt") FROM "PortfolioSize"')
    assert minutes == min(7 * 24 * 60, (lived[1] - lived[0]) // timedelta(minutes=1) + 1)


def assert_the_key_is_nowhere(arena: Arena) -> None:
    tables = arena.rows(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"
    )
    assert len(tables) >= 13
    for (table,) in tables:
        for key in VARIABLES.values():
            like = f"""SELECT count(*) FROM "{table}" t WHERE t::text LIKE '%{key}%'"""
            assert arena.value(like) == 0, table
    for path in filter(Path.is_file, arena.home.rglob("*")):
        assert not any(key.encode() in path.read_bytes() for key in VARIABLES.values()), path
