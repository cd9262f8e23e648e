"""Whoever is killed at whatever moment: committed rows stay, and the next use works."""

from __future__ import annotations

import random
import time
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
import pytest

from autonome.domain.errors import ServerFailed
from autonome.ledger.embedded import EmbeddedServer, attach
from autonome.ledger.embedded.leftovers import processes_in
from integration.embedded.processes import (
    User,
    all_gone,
    answers,
    data_of,
    eventually,
    keepers_of,
    kill_all,
    lives,
    postmaster_of,
    rows,
    write_row,
)

pytestmark = pytest.mark.kill


def test_a_killed_server_comes_back_under_the_same_url(home: Path, kill_rounds: int) -> None:
    for number in range(kill_rounds):
        with attach(home) as server:
            write_row(server.url, number)
            postmaster = postmaster_of(home)
            kill_all([postmaster])
            assert eventually(lambda url=server.url: answers(url))
            assert postmaster_of(home) != postmaster
            assert rows(server.url) == list(range(number + 1))
        assert eventually(lambda: all_gone(home))


def test_a_server_that_is_killed_again_and_again_is_given_up(home: Path) -> None:
    with attach(home) as server:
        for _ in range(20):  # A kill between two starts finds nobody, and counts as no death.
            eventually(lambda: answers(server.url) or all_gone(home))
            if all_gone(home):
                break
            kill_all(processes_in(data_of(home)))
        assert eventually(lambda: all_gone(home))
        assert "died 5 times" in (home / "postgres" / "state.json").read_text()
    with attach(home) as server:
        assert answers(server.url)


def test_a_killed_keeper_takes_its_server_along(home: Path, kill_rounds: int) -> None:
    for number in range(kill_rounds):
        with attach(home) as server:
            write_row(server.url, number)
            kill_all(keepers_of(home))
            # Half of the rounds begin the next use while the old server still shuts down.
            if number % 2:
                assert eventually(lambda: all_gone(home))
            with attach(home) as again:
                assert again.url == server.url
                assert rows(again.url) == list(range(number + 1))
    assert len(keepers_of(home)) <= 1


def test_killing_keeper_and_server_loses_no_row(home: Path, kill_rounds: int) -> None:
    for number in range(kill_rounds):
        with attach(home) as server:
            write_row(server.url, number)
            kill_all([*keepers_of(home), postmaster_of(home)])
        with attach(home) as again:
            assert rows(again.url) == list(range(number + 1))


def test_a_killed_user_leaves_no_server_behind(home: Path, kill_rounds: int) -> None:
    for number in range(kill_rounds):
        user = User(home)
        write_row(user.url(), number)
        user.kill()
        assert eventually(lambda: all_gone(home))
    with attach(home) as server:
        assert rows(server.url) == list(range(kill_rounds))


def test_killing_everybody_at_once_loses_no_row(home: Path, kill_rounds: int) -> None:
    for number in range(kill_rounds):
        user = User(home)
        write_row(user.url(), number)
        kill_all([user.process.pid, *keepers_of(home), *processes_in(data_of(home))])
        user.kill()
        with attach(home) as server:
            assert rows(server.url) == list(range(number + 1))


def test_a_first_start_killed_at_any_moment_can_be_begun_again(
    tmp_path: Path, kill_rounds: int
) -> None:
    seed = time.time_ns()
    print(f"seed {seed}")
    chance = random.Random(seed)
    for number in range(kill_rounds):
        home = tmp_path / f"home-{number}"
        victims = chance.choice(["user", "keeper", "server", "all"])
        user = User(home)
        time.sleep(chance.uniform(0, 0.7))
        pids = {
            "user": [],
            "keeper": keepers_of(home),
            "server": _programs_below(home),
            "all": keepers_of(home) + _programs_below(home),
        }[victims]
        if victims in ("user", "all"):
            user.process.kill()
        kill_all(pids)
        try:
            with _patient(home) as server:
                write_row(server.url, number)
                assert rows(server.url) == [number]
        finally:
            user.kill()
            assert eventually(lambda home=home: all_gone(home))
        assert not list((home / "postgres").glob("data.new-*"))


def test_a_start_killed_at_any_moment_loses_no_row(home: Path, kill_rounds: int) -> None:
    seed = time.time_ns()
    print(f"seed {seed}")
    chance = random.Random(seed)
    for number in range(kill_rounds):
        with attach(home) as server:
            write_row(server.url, number)
        assert eventually(lambda: all_gone(home))
        user = User(home)
        time.sleep(chance.uniform(0, 0.25))
        kill_all(chance.choice([keepers_of(home), processes_in(data_of(home))]))
        try:
            with _patient(home) as server:
                assert rows(server.url) == list(range(number + 1))
        finally:
            user.kill()
        assert eventually(lambda: all_gone(home))


def test_children_that_outlive_a_killed_server_are_waited_for(home: Path) -> None:
    with attach(home) as server:
        write_row(server.url, 1)
        busy = psycopg.connect(server.url)
        # A backend that computes never looks whether its postmaster lives.
        busy.pgconn.send_query(b"DO $$ BEGIN LOOP NULL; END LOOP; END $$")
        assert eventually(lambda: psutil.Process(busy.info.backend_pid).cpu_times().user > 0.1)
        # The server first: its keeper's death would tell it to stop in order.
        kill_all([postmaster_of(home), *keepers_of(home)])
        assert lives(busy.info.backend_pid)
        with attach(home) as again:
            assert not lives(busy.info.backend_pid)
            assert rows(again.url) == [1]
        busy.close()


def _programs_below(home: Path) -> list[int]:
    """Return the pids of initdb and postgres at work anywhere below the home."""
    folders = [data_of(home), *(home / "postgres").glob("data.new-*")]
    return [pid for folder in folders for pid in processes_in(folder)]


def _patient(home: Path) -> EmbeddedServer:
    """Attach; whoever shared the start that was killed may be told so once."""
    with suppress(ServerFailed):
        return attach(home)
    return attach(home)
