"""What a user reads who typed or set something that cannot be."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autonome.cli.main import app
from autonome.config import read_settings
from autonome.domain.errors import SettingError

COMMAND_LIMIT_S = 60


def failed(
    folder: Path, *arguments: str, status: int = 1, **settings: str
) -> subprocess.CompletedProcess[str]:
    """Run a command that is to fail without a traceback; it has no keyboard."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("AUTONOME_")}
    done = subprocess.run(
        [str(Path(sys.executable).with_name("autonome")), *arguments],
        cwd=folder,
        env={**kept, "AUTONOME_HOME": str(folder / "home"), **settings},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=COMMAND_LIMIT_S,
        check=False,
    )
    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stderr
    return done


@pytest.mark.parametrize("command", [("up", "--no-serve"), ("worker",)])
def test_a_database_that_never_answered_ends_it_with_what_to_do(
    command: Sequence[str], tmp_path: Path
) -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        url = f"postgresql://anna:s3cret@127.0.0.1:{deaf.getsockname()[1]}/x"
        done = failed(tmp_path, *command, AUTONOME_DATABASE_URL=url)
    assert "Error: expected a PostgreSQL server at 127.0.0.1:" in done.stderr
    assert "What to do: Check that it runs" in done.stderr
    assert "Trying again" not in done.stderr
    assert "s3cret" not in done.stderr


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("POSTGRES_PORT", "abc", "expected a whole number, found 'abc'."),
        ("POSTGRES_PORT", "99999", "expected a number of at most 65,535, found '99999'."),
        ("POSTGRES_MIN_FREE_MB", "-1", "expected a number of at least 0, found '-1'."),
        (
            "DATABASE_URL",
            "nonsense",
            "expected postgresql://user:password@host:port/name, found something else, which is"
            " not repeated: it may hold a password.",
        ),
    ],
)
def test_a_setting_that_cannot_be_says_what_came(
    name: str, value: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"AUTONOME_{name}", value)
    with pytest.raises(SettingError) as caught:
        read_settings()
    assert caught.value.problem == f"AUTONOME_{name} cannot be used: {words}"
    assert caught.value.remedy == f"Correct or unset AUTONOME_{name}."


def test_a_password_in_the_wrong_variable_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTONOME_POSTGRES_PORT", "postgresql://anna:s3cret@localhost/x")
    with pytest.raises(SettingError, match="not repeated") as caught:
        read_settings()
    assert "s3cret" not in caught.value.problem


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["trades", "--limit", "-1"], "'--limit': expected a number of at least 1, found '-1'."),
        (
            ["serve", "--port", "99999"],
            "'--port': expected a number of at most 65,535, found '99999'.",
        ),
        (["up", "--port", "abc"], "'--port': expected a whole number, found 'abc'."),
        (
            ["token", "create", "x", "--scope", "god"],
            "'--scope': 'god' is not one of 'read', 'admin'.",
        ),
    ],
    ids=lambda each: each[-2] if isinstance(each, list) else "",
)
def test_an_option_that_cannot_be_says_what_came(arguments: Sequence[str], words: str) -> None:
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 2
    assert done.stderr.endswith(f"Error: Invalid value for {words}\n")


def test_flatten_names_the_option_that_does_not_ask_where_nobody_answers(tmp_path: Path) -> None:
    done = failed(tmp_path, "flatten")
    assert "Nothing was done." in done.stderr
    assert "--yes" in done.stderr
    assert "Aborted" not in done.stderr


def test_an_agent_that_is_not_there_is_named_with_its_place_in_the_file(
    tmp_path: Path, database_url: str
) -> None:
    text = '[[arms]]\nkind = "controls"\n[[arms]]\nkind = "agent"\nagent = "nomod:Klass"\n'
    (tmp_path / "autonome.toml").write_text(text, encoding="utf-8")
    done = failed(tmp_path, "up", "--no-serve", AUTONOME_DATABASE_URL=database_url)
    assert "Error: autonome.toml, arms[2].agent: expected a module 'nomod', found" in done.stderr
    assert "What to do: Change to the folder of nomod.py" in done.stderr
