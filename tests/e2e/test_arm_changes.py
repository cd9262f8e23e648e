"""Operators change arms of a running arena over HTTP; a restart goes on with what they set."""

from __future__ import annotations

import json
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from autonome.domain.variants import VARIANT_IDS
from autonome.testing.model_server import ModelServer
from autonome.testing.models import nasty_model
from e2e.test_control_commands import ADDRESS, AUTONOME, LIMIT_S, autonome, until
from e2e.test_serve_command import _environment

KEY = "sk-nobody-may-see-this-one"
FILE = """
[arena]
symbols = ["BTC", "ETH"]

[market]
source = "synthetic"
speed = 600

[endpoints.local]
url = "{url}"
keys = ["LOCAL_KEYS"]

[endpoints.other]
url = "{url}"
keys = ["LOCAL_KEYS"]

[[arms]]
kind = "rules"

[[arms]]
kind = "llm"
name = "Planned"
variant = "{variant}"
model = "scripted"
endpoint = "local"
deadline = "5s"
"""
WHY = {"reason": "a test"}


class Api:
    """The API of a running arena, for an operator."""

    def __init__(self, address: str, token: str) -> None:
        self.address = address
        self.token = token

    def send(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        request = urllib.request.Request(
            f"{self.address}{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Content-Type": "application/json",
                "Authorization": f"Bearer {self.token}",
            },
            method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=LIMIT_S) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def get(self, path: str) -> Any:
        status, found = self.send("GET", path)
        assert status == 200, found
        return found

    def done(self, method: str, path: str, body: object) -> tuple[str, str]:
        """Return the id and the outcome of a command, once it was carried out."""
        status, asked = self.send(method, path, body)
        assert status == 202, asked
        at = f"/control/commands/{asked['commandId']}"
        found = until(lambda: (found := self.get(at))["doneAt"] and found)
        return asked["commandId"], found["outcome"]


@contextmanager
def up(home: Path, url: str) -> Iterator[str]:
    """Run the arena, and yield the API's address."""
    log = home / "log"
    with log.open("wb") as said:
        process = subprocess.Popen(
            [AUTONOME, "up", "--port", "0"],
            cwd=home,
            env=_environment(home, url) | {"LOCAL_KEYS": KEY},
            stdout=said,
            stderr=said,
        )
    try:
        found = until(lambda: ADDRESS.search(log.read_text("utf-8")))
        address = f"{found[0]}/api/v1"

        def leads() -> bool:
            try:
                with urllib.request.urlopen(f"{address}/run", timeout=LIMIT_S) as answer:
                    return bool(json.load(answer)["running"])
            except OSError:
                return False

        until(leads)
        yield address
    finally:
        process.kill()
        process.wait(LIMIT_S)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    with ModelServer(nasty_model(4)) as server:
        file = FILE.format(url=server.url, variant=VARIANT_IDS[0])
        (tmp_path / "autonome.toml").write_text(file)
        yield tmp_path


def test_what_operators_set_outlives_the_process(home: Path, database_url: str) -> None:
    variant = VARIANT_IDS[1]
    with up(home, database_url) as address:
        made = autonome(home, database_url, "token", "create", "ops-1", "--scope", "admin")
        api = Api(address, made.stdout.strip())
        names = {each["name"]: each["id"] for each in until(lambda: api.get("/arms")["items"])}
        planned = names["Planned"]
        asked = {"limits": {"maxLeverage": "2"}, "expectedVersion": 1, **WHY}
        _, outcome = api.done("PUT", f"/arms/{planned}/policy", asked)
        assert outcome == "version 2 is in force"
        assert api.send("PUT", f"/arms/{planned}/policy", asked)[0] == 409
        added, outcome = api.done(
            "POST",
            "/arms",
            {
                "kind": "LLM",
                "name": "Added",
                "variant": variant,
                "model": "scripted",
                "endpoint": "local",
                "temperature": "0.5",
                "deadlineSeconds": 5,
                "capital": "5000",
                **WHY,
            },
        )
        assert outcome == "added"
        rules, outcome = api.done(
            "POST", "/arms", {"kind": "RULE", "name": "Twin", "variant": variant, **WHY}
        )
        assert outcome == "added"
        settings = {"temperature": "1.5", "mostSteps": 3, "endpoint": "other", "deadlineSeconds": 7}
        wrong = {**settings, "keys": ["OTHER_KEYS"], **WHY}
        status, refused = api.send("PATCH", f"/arms/{planned}", wrong)
        assert (status, refused["error"]["field"]) == (400, "keys")
        right = {**settings, "keys": ["LOCAL_KEYS"], **WHY}
        _, outcome = api.done("PATCH", f"/arms/{planned}", right)
        assert outcome == "changed"
        before = api.get("/control/log?what=edit_arm")["items"][0]["before"]
        assert before == {
            "temperature": None,
            "mostSteps": 10,
            "endpoint": "local",
            "deadlineSeconds": 5,  # As the file has it.
        }
        _, outcome = api.done("POST", f"/arms/{rules}/reset", WHY)
        assert outcome == "reset to 10000.00"
        until(lambda: api.get(f"/arms/{added}")["nav"] == "5000.00" or None)
        until(lambda: api.get(f"/invocations?model={added}")["items"])
    with up(home, database_url) as address:
        said = until(lambda: (home / "log").read_text("utf-8"))
        api = Api(address, api.token)
        before = api.get("/run")["arenaTime"]
        until(lambda: api.get("/run")["arenaTime"] > before or None)
        assert api.get(f"/arms/{planned}/policy")["title"] == "standard@1 v2"
        arm = api.get(f"/arms/{planned}")
        assert arm["settings"]["temperature"] == "1.5"
        assert arm["settings"]["endpoint"] == "other"
        assert {each["name"] for each in api.get("/arms")["items"]} >= {"Added", "Twin"}
        counted = api.get(f"/arms/{rules}")["counters"]["invocations"]
        until(lambda: api.get(f"/arms/{rules}")["counters"]["invocations"] > counted or None)
        [line] = [each for each in said.splitlines() if "As operators set them" in each]
        assert "Added (added)" in line
        assert "Planned (changed: endpoint, temperature, deadlineMs, mostSteps)" in line
        whole = json.dumps([api.get(f"/{each}") for each in ("arms", "endpoints", "control/log")])
        assert KEY not in whole + said
        assert "LOCAL_KEYS" not in whole
    checked = autonome(home, database_url, "audit")
    assert checked.returncode == 0, checked.stdout + checked.stderr
