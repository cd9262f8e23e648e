"""The state file carries a keeper's news to every user, errors included."""

from __future__ import annotations

from pathlib import Path

import pytest

from autonome.domain.errors import DiskFull, ServerFailed
from autonome.ledger.embedded.state import State, read_state, state_of_failure, write_state


def test_a_state_that_was_written_is_read_back(tmp_path: Path) -> None:
    state = State(phase="ready", port=5, keeper_pid=1, server_pid=2, bin="/bin", version=(18, 4))
    write_state(tmp_path / "state", state)
    assert read_state(tmp_path / "state") == state


def test_an_error_crosses_the_file_with_its_kind_and_words(tmp_path: Path) -> None:
    error = DiskFull("no room", remedy="make some")
    write_state(tmp_path / "state", state_of_failure(error, port=7))
    state = read_state(tmp_path / "state")
    told = state.error()
    assert (type(told), told.problem, told.remedy) == (DiskFull, "no room", "make some")
    assert (state.phase, state.port) == ("failed", 7)


@pytest.mark.parametrize("kind", ["", "NoSuchError", "annotations", "Sequence"])
def test_an_unknown_kind_of_error_becomes_a_general_one(kind: str) -> None:
    error = State(phase="failed", failure=kind, problem="p", remedy="r").error()
    assert (type(error), error.problem, error.remedy) == (ServerFailed, "p", "r")


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"version": 5}', '{"version": [], "x": 1}'])
def test_a_damaged_file_says_as_much_as_a_missing_one(tmp_path: Path, text: str) -> None:
    (tmp_path / "state").write_text(text)
    assert read_state(tmp_path / "state") == State()
    assert read_state(tmp_path / "missing") == State()
