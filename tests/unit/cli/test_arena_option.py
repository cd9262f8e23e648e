"""Which arena a command means: the option's, else the file's of this folder, else the setting's."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from autonome.cli.main import app
from autonome.domain.errors import SettingError

NAMED = '[arena]\nname = "spring"\n[[arms]]\nkind = "no such kind"\n'


@pytest.mark.parametrize(
    ("option", "file", "setting", "meant"),
    [
        (["--arena", "winter"], NAMED, "autumn", "winter"),
        (["--arena", "winter"], "no TOML", "autumn", "winter"),
        ([], NAMED, "autumn", "spring"),
        ([], "[arena]\nseed = 1\n", "autumn", "autumn"),
        ([], None, "autumn", "autumn"),
        ([], None, "", "public"),
    ],
    ids=["option", "broken file", "file", "file without a name", "setting", "default"],
)
def test_an_operator_means_the_arena_that_up_runs_here(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    option: list[str],
    file: str | None,
    setting: str,
    meant: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AUTONOME_ARENA", setting)
    if file is not None:
        (tmp_path / "autonome.toml").write_text(file, encoding="utf-8")
    done = CliRunner().invoke(app, ["flatten", *option], input="no\n")
    assert done.exit_code == 1
    assert f"every position in arena '{meant}'" in done.output


@pytest.mark.parametrize(
    ("file", "problem"),
    [
        ("no TOML", "expected TOML"),
        ("[arena]\nname = 3\n", "expected text, found 3"),
        ('[arena]\nname = "Spring"\n', "Spring"),
    ],
)
def test_a_file_that_names_no_arena_in_words_is_refused_before_the_wrong_one_is_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, problem: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "autonome.toml").write_text(file, encoding="utf-8")
    done = CliRunner().invoke(app, ["positions"])
    assert isinstance(done.exception, SettingError)
    assert "autonome.toml" in done.exception.problem
    assert problem in done.exception.problem
