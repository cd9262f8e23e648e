"""A pid file that tells of a dead server must stop nobody, and hurt nobody whose pid it names."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import psutil
import pytest

from autonome.ledger.embedded import attach
from autonome.ledger.embedded.account import account_for
from autonome.ledger.embedded.leftovers import processes_in
from autonome.ledger.embedded.programs import DATA, start
from integration.embedded.processes import (
    all_gone,
    data_of,
    eventually,
    keepers_of,
    kill_all,
    lives,
    postmaster_of,
    rows,
    write_row,
)


@pytest.fixture
def crashed(home: Path) -> Path:
    """Make a home with one row, whose server and keeper were killed."""
    with attach(home) as server:
        write_row(server.url, 1)
        kill_all([*keepers_of(home), *processes_in(data_of(home))])
    assert (data_of(home) / "postmaster.pid").exists()
    return home


def _name(pid: int, home: Path) -> None:
    """Put another pid into the pid file."""
    file = data_of(home) / "postmaster.pid"
    _, rest = file.read_text().split("\n", 1)
    file.write_text(f"{pid}\n{rest}")


def _unrelated(home: Path, *, seconds: int, folder: Path = Path("/")) -> subprocess.Popen[bytes]:
    """Start a program that is no PostgreSQL, as the user to whom the data belongs."""
    account = account_for(data_of(home))
    return subprocess.Popen(
        ["sleep", str(seconds)],
        cwd=folder,
        user=account.uid if account else None,
    )


def test_the_pid_of_a_dead_process_is_no_obstacle(crashed: Path) -> None:
    with attach(crashed) as server:
        assert rows(server.url) == [1]


def test_the_pid_of_an_unrelated_process_is_no_obstacle_and_that_process_lives_on(
    crashed: Path,
) -> None:
    stranger = _unrelated(crashed, seconds=600)
    try:
        _name(stranger.pid, crashed)
        with attach(crashed) as server:
            assert rows(server.url) == [1]
        assert eventually(lambda: all_gone(crashed))
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_the_pid_of_a_zombie_is_no_obstacle(crashed: Path) -> None:
    zombie = _unrelated(crashed, seconds=0)
    try:
        assert eventually(lambda: psutil.Process(zombie.pid).status() == psutil.STATUS_ZOMBIE)
        _name(zombie.pid, crashed)
        with attach(crashed) as server:
            assert rows(server.url) == [1]
    finally:
        zombie.wait()


def test_a_shell_in_the_data_directory_is_no_obstacle_and_lives_on(crashed: Path) -> None:
    shell = _unrelated(crashed, seconds=600, folder=data_of(crashed))
    try:
        _name(shell.pid, crashed)
        with attach(crashed) as server:
            assert rows(server.url) == [1]
        assert shell.poll() is None
    finally:
        shell.kill()
        shell.wait()


def test_an_empty_pid_file_is_no_obstacle(crashed: Path) -> None:
    (data_of(crashed) / "postmaster.pid").write_text("")
    with attach(crashed) as server:
        assert rows(server.url) == [1]


def test_a_server_without_a_keeper_is_stopped_in_order_before_the_next_starts(
    crashed: Path,
) -> None:
    with attach(crashed) as server:
        programs = server.binaries.bin
    assert eventually(lambda: all_gone(crashed))
    data = data_of(crashed)
    account = account_for(data)
    orphan = start(
        [programs / "postgres", "-D", DATA, "-c", "listen_addresses="],
        folder=data,
        account=account,
        end_with=signal.SIGINT,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert eventually((data / "postmaster.pid").exists)
        with attach(crashed) as server:
            assert postmaster_of(crashed) != orphan.pid
            assert rows(server.url) == [1]
        assert orphan.wait() == 0
    finally:
        if lives(orphan.pid):
            orphan.kill()
            orphan.wait()
