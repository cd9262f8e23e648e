"""Operators of a running arena: a token, a command over HTTP, the log, and the end of the token."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from e2e.test_serve_command import _environment

AUTONOME = str(Path(sys.executable).with_name("autonome"))
LIMIT_S = 60
LOOK_EVERY_S = 0.1
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")
FILE = """
[arena]
symbols = ["BTC"]

[market]
source = "synthetic"
speed = 60

[[arms]]
kind = "rules"
"""


def autonome(home: Path, url: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [AUTONOME, *words],
        cwd=home,
        env=_environment(home, url),
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )


@contextmanager
def up(home: Path, url: str) -> Iterator[str]:
    """Run an arena, and yield its address."""
    (home / "autonome.toml").write_text(FILE)
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(
            [AUTONOME, "up", "--port", "0"],
            cwd=home,
            env=_environment(home, url),
            stdout=log,
            stderr=log,
        )
    try:
        found = until(lambda: ADDRESS.search((home / "log").read_text("utf-8")))
        address = f"{found[0]}/api/v1"
        until(lambda: ask(f"{address}/arms")[1].get("items"))
        yield address
    finally:
        process.kill()
        process.wait(LIMIT_S)


def until(found: Callable[[], Any]) -> Any:
    """Return what ``found`` returns as soon as it is something."""
    ends_at = time.monotonic() + LIMIT_S
    while time.monotonic() < ends_at:
        if result := found():
            return result
        time.sleep(LOOK_EVERY_S)
    raise AssertionError("nothing came")


def ask(url: str, *, token: str | None = None, body: object = None) -> tuple[int, Any]:
    """Return status and JSON of an answer."""
    headers = {"Content-Type": "application/json"}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=LIMIT_S) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)
    except OSError:
        return 0, {}


def test_an_operator_halts_a_running_arena_and_the_log_says_so(
    tmp_path: Path, database_url: str
) -> None:
    with up(tmp_path, database_url) as address:
        made = autonome(tmp_path, database_url, "token", "create", "ops-1", "--scope", "admin")
        token = made.stdout.strip()
        assert made.returncode == 0
        status, asked = ask(
            f"{address}/control/halt", token=token, body={"reason": "the feed looks wrong"}
        )
        assert (status, asked["isRun"]) == (202, True)
        path = f"{address}/control/commands/{asked['commandId']}"
        done = until(lambda: (found := ask(path)[1])["doneAt"] and found)
        assert done["outcome"] == "4 arms"
        arms = ask(f"{address}/arms")[1]["items"]
        assert {arm["haltedReason"] for arm in arms} == {"the feed looks wrong"}
        by_hand = autonome(tmp_path, database_url, "resume")
        assert by_hand.returncode == 0
        log = ask(f"{address}/control/log")[1]["items"]
        whats = [(each["who"].split()[0], each["what"]) for each in log]
        assert whats == [("cli", "resume"), ("token", "halt"), ("cli", "token-created")]
        listed = autonome(tmp_path, database_url, "token", "list")
        assert listed.stdout.startswith("ops-1  admin  used ")
        assert autonome(tmp_path, database_url, "token", "revoke", "ops-1").stdout == "Revoked.\n"
        status, refused = ask(f"{address}/control/halt", token=token, body={"reason": "again"})
        assert (status, refused["error"]["code"]) == (401, "bad-token")
        told = (tmp_path / "log").read_text("utf-8") + listed.stdout
        assert token[-43:] not in told


@pytest.mark.parametrize("words", [("--host", "0.0.0.0"), ("--require-token",)])
def test_serving_to_who_shows_a_token_needs_one(
    tmp_path: Path, database_url: str, words: tuple[str, ...]
) -> None:
    refused = autonome(tmp_path, database_url, "serve", "--port", "0", *words)
    assert refused.returncode == 1
    assert "without which nobody could read; there is none." in refused.stderr
