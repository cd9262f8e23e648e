"""``autonome serve``, and the web beside ``autonome up``, as a user runs them."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from integration import small_arena

AUTONOME = str(Path(sys.executable).with_name("autonome"))
LIMIT_S = 60
LOOK_EVERY_S = 0.1
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")


def _environment(home: Path, url: str) -> dict[str, str]:
    foreign = ("AUTONOME_", "OPENROUTER_", "OPENAI_", "NVIDIA_")
    kept = {key: text for key, text in os.environ.items() if not key.startswith(foreign)}
    return {**kept, "AUTONOME_HOME": str(home), "AUTONOME_DATABASE_URL": url}


@contextmanager
def _running(home: Path, url: str, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command; whatever happens, it does not outlive the test."""
    with (home / "log").open("ab") as log:
        process = subprocess.Popen(
            [AUTONOME, *words], cwd=home, env=_environment(home, url), stdout=log, stderr=log
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait(LIMIT_S)


def _until(found: Callable[[], Any], home: Path) -> Any:
    """Return what ``found`` returns as soon as it is something."""
    ends_at = time.monotonic() + LIMIT_S
    while time.monotonic() < ends_at:
        if result := found():
            return result
        time.sleep(LOOK_EVERY_S)
    raise AssertionError((home / "log").read_text(encoding="utf-8"))


def _address(home: Path) -> str:
    def told() -> str | None:
        match = ADDRESS.search((home / "log").read_text(encoding="utf-8"))
        return match and match[0]

    return str(_until(told, home))


def _json(address: str, path: str) -> Any:
    try:
        with urllib.request.urlopen(f"{address}/api/v1{path}", timeout=LIMIT_S) as answer:
            return json.load(answer)
    except (ConnectionError, OSError):
        return None


def test_an_arena_that_nobody_runs_is_served_until_ctrl_c(
    tmp_path: Path, database_url: str
) -> None:
    small_arena.write(database_url, "spring")
    with _running(tmp_path, database_url, "serve", "--arena", "spring", "--port", "0") as process:
        address = _address(tmp_path)
        run = _until(lambda: _json(address, "/run"), tmp_path)
        assert (run["arena"], run["mode"], run["arms"]) == ("spring", "REPLAY", 2)
        process.send_signal(signal.SIGINT)
        assert process.wait(LIMIT_S) == 0
        assert "Traceback" not in (tmp_path / "log").read_text(encoding="utf-8")


@pytest.mark.parametrize("verb", ["serve", "up"])
def test_a_port_that_is_taken_is_told_before_anything_begins(
    tmp_path: Path, database_url: str, verb: str
) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        done = subprocess.run(
            [AUTONOME, verb, "--port", port],
            cwd=tmp_path,
            env=_environment(tmp_path, database_url),
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            check=False,
        )
    assert done.returncode == 1
    assert f"expected port {port} of 127.0.0.1 to be free" in done.stderr
    assert "What to do: Stop that one, or choose another port: --port." in done.stderr
    assert done.stdout == ""


def test_another_address_is_refused_while_there_is_no_token(
    tmp_path: Path, database_url: str
) -> None:
    done = subprocess.run(
        [AUTONOME, "serve", "--host", "0.0.0.0"],
        cwd=tmp_path,
        env=_environment(tmp_path, database_url),
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert done.returncode == 1
    assert "without which nobody could read; there is none." in done.stderr


def test_the_web_beside_an_arena_begins_again_when_killed_and_ends_with_its_owner(
    tmp_path: Path, database_url: str
) -> None:
    with _running(tmp_path, database_url, "up", "--port", "0") as process:
        address = _address(tmp_path)
        _until(lambda: (_json(address, "/health") or {}).get("status") == "ok", tmp_path)
        (web,) = psutil.Process(process.pid).children()
        web.kill()
        # The socket stays open: who calls now is answered by the next one.
        run = _until(lambda: _json(address, "/run"), tmp_path)
        assert run["running"]
        assert "The web's process ended (status -9)" in (tmp_path / "log").read_text("utf-8")
        (again,) = psutil.Process(process.pid).children()
        assert again.pid != web.pid
        process.kill()
        psutil.wait_procs([again], timeout=LIMIT_S)
        assert not again.is_running()
