"""Root may use the embedded server too, although PostgreSQL refuses to run as root."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import psutil
import pytest

from autonome.ledger.embedded import attach
from integration.embedded.processes import (
    all_gone,
    eventually,
    postmaster_of,
    rows,
    write_row,
)

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="tells what root can do")


@pytest.fixture
def hidden(tmp_path: Path) -> Path:
    """Make a folder into which nobody but root can look."""
    folder = tmp_path / "hidden"
    folder.mkdir(mode=0o700)
    return folder


def test_a_home_below_a_folder_of_roots_own_works_and_gives_away_nothing_but_the_data(
    hidden: Path,
) -> None:
    home = hidden / "home"
    with attach(home) as server:
        write_row(server.url, 1)
        uid = psutil.Process(postmaster_of(home)).uids().real
        assert uid != 0
        owners = {path.name: path.stat().st_uid for path in (home / "postgres").iterdir()}
    assert eventually(lambda: all_gone(home))
    assert owners.pop("data") == uid
    assert set(owners.values()) == {0}
    assert stat.S_IMODE(hidden.stat().st_mode) == 0o700
    with attach(home) as server:
        assert rows(server.url) == [1]


def test_the_home_of_a_user_stays_the_users_when_root_makes_the_server(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    os.chown(home, 65534, 65534)
    with attach(home):
        assert psutil.Process(postmaster_of(home)).uids().real == 65534
    assert eventually(lambda: all_gone(home))
    assert {path.stat().st_uid for path in home.rglob("*")} == {65534}


OLD_PROGRAMS = Path("/usr/lib/postgresql/15/bin")


@pytest.mark.skipif(not OLD_PROGRAMS.is_dir(), reason="needs the system's PostgreSQL 15")
def test_programs_that_leave_their_working_directory_find_the_data_all_the_same(
    hidden: Path,
) -> None:
    """initdb 15 changes to the folder of its own program, and cannot come back."""
    home = hidden / "home"
    for value in (1, 2):
        with attach(home, bin_folder=OLD_PROGRAMS) as server:
            assert server.binaries.version[0] == 15
            write_row(server.url, value)
        assert eventually(lambda: all_gone(home))
    with attach(home, bin_folder=OLD_PROGRAMS) as server:
        assert rows(server.url) == [1, 2]
