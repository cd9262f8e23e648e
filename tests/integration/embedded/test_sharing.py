"""One server for all processes of a home, from the first use to the last."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
from pathlib import Path

import psycopg

from autonome.ledger.embedded import attach
from integration.embedded.processes import (
    User,
    all_gone,
    answers,
    eventually,
    keepers_of,
    postmaster_of,
    rows,
    write_row,
)


def test_a_first_use_makes_a_server_that_answers(home: Path) -> None:
    with attach(home) as server, psycopg.connect(server.url) as connection:
        found = connection.execute(
            "SELECT current_database(), current_user, current_setting('server_encoding'),"
            " current_setting('TimeZone'), current_setting('listen_addresses'),"
            " current_setting('unix_socket_directories'), current_setting('fsync'),"
            " current_setting('synchronous_commit'), current_setting('server_version_num')::int"
        ).fetchone()
    major, minor = server.binaries.version
    assert found == (
        *("autonome", "autonome", "UTF8", "UTC", "127.0.0.1", "", "on", "on"),
        major * 10_000 + minor,
    )


def test_the_server_stops_when_its_last_user_leaves(home: Path) -> None:
    first, second = attach(home), attach(home)
    first.close()
    first.close()
    assert answers(second.url)
    second.close()
    assert eventually(lambda: all_gone(home))
    assert not (home / "postgres" / "data" / "postmaster.pid").exists()


def test_a_second_process_uses_the_same_server_and_outlives_the_first(home: Path) -> None:
    first = User(home)
    url = first.url()
    postmaster = postmaster_of(home)
    with attach(home) as server:
        assert server.url == url
        first.leave()
        assert answers(server.url)
        assert postmaster_of(home) == postmaster
        assert len(keepers_of(home)) == 1


def test_processes_that_start_at_once_on_a_new_home_share_one_server(home: Path) -> None:
    users = [User(home) for _ in range(4)]
    urls = {user.url() for user in users}
    assert len(urls) == 1
    assert answers(urls.pop())
    assert len(keepers_of(home)) == 1
    for user in users:
        user.leave()


def test_a_use_that_begins_while_the_server_stops_gets_a_new_server(home: Path) -> None:
    for number in range(5):
        with attach(home) as server:
            write_row(server.url, number)
        # The server notices within 100 ms; so some of these begin before, some amid the stop.
        eventually(lambda: (home / "postgres" / "data" / "postmaster.pid").exists())
    with attach(home) as server:
        assert rows(server.url) == [0, 1, 2, 3, 4]


def test_the_port_and_the_password_stay_from_start_to_start(home: Path) -> None:
    with attach(home) as first:
        pass
    assert eventually(lambda: all_gone(home))
    with attach(home) as second:
        assert second.url == first.url


def test_a_port_used_last_but_taken_since_is_replaced_by_another(home: Path) -> None:
    with attach(home) as first:
        pass
    assert eventually(lambda: all_gone(home))
    port = psycopg.conninfo.conninfo_to_dict(first.url)["port"]
    with socket.create_server(("127.0.0.1", int(str(port)))), attach(home) as second:
        assert psycopg.conninfo.conninfo_to_dict(second.url)["port"] != port
        assert answers(second.url)


def test_the_port_that_was_asked_for_is_used(home: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with attach(home, port=port) as server:
        assert f"@127.0.0.1:{port}/autonome" in server.url
        assert answers(server.url)


def test_without_the_password_nobody_gets_in(home: Path) -> None:
    with attach(home) as server:
        password = psycopg.conninfo.conninfo_to_dict(server.url)["password"]
        assert not answers(server.url.replace(str(password), "wrong"))
        assert str(password) not in repr(server)


def test_a_lost_password_file_is_replaced_at_the_next_start(home: Path) -> None:
    with attach(home) as first:
        write_row(first.url, 1)
    assert eventually(lambda: all_gone(home))
    (home / "postgres" / "password").unlink()
    with attach(home) as second:
        assert second.url != first.url
        assert rows(second.url) == [1]


def test_the_client_programs_of_the_server_are_at_hand(home: Path) -> None:
    with attach(home) as server:
        answer = subprocess.run(
            [server.binaries.tool("psql"), "-XAtc", "SELECT 1 + 1", server.url],
            capture_output=True,
            text=True,
            check=True,
        )
    assert answer.stdout == "2\n"


def test_secrets_and_data_are_for_their_owner_alone_and_nothing_above_changes(home: Path) -> None:
    home.mkdir(mode=0o750)
    above = [home, *home.parents]

    def facts() -> list[tuple[int, int, int]]:
        return [(s.st_mode, s.st_uid, s.st_gid) for s in (path.stat() for path in above)]

    before = facts()
    with attach(home) as server:
        assert answers(server.url)
        folder = home / "postgres"
        modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in (folder, *folder.iterdir())}
    assert facts() == before
    assert modes == {
        "postgres": 0o700,
        "data": 0o700,
        "log": 0o700,
        "password": 0o600,
        "state.json": 0o600,
        "users.lock": 0o600,
        "keeper.lock": 0o600,
        "start.lock": 0o600,
    }


def test_the_servers_processes_are_told_none_of_the_users_secrets(home: Path) -> None:
    # A use in this very process: its environment is what the keeper was given.
    os.environ["AUTONOME_TEST_SECRET"] = "do-not-tell"
    try:
        with attach(home):
            environment = Path(f"/proc/{postmaster_of(home)}/environ").read_bytes()
    finally:
        del os.environ["AUTONOME_TEST_SECRET"]
    assert b"do-not-tell" not in environment
