"""Errors of the server, in words that say what to do next."""

from __future__ import annotations

import asyncio
import os
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from autonome.domain.errors import (
    LedgerError,
    LedgerUnavailable,
    ServerTooOld,
    SettingError,
    WrongPassword,
)
from autonome.ledger.arenas import transaction
from autonome.ledger.connection import connect, open_engine, where


def _with(url: str, *, user: str | None = None, password: str | None = None, path: str = "") -> str:
    parts = urlsplit(url)
    credentials = f"{user or parts.username}:{password or parts.password}"
    return parts._replace(
        netloc=f"{credentials}@{parts.hostname}:{parts.port}", path=path or parts.path
    ).geturl()


def test_a_wrong_password_says_so_and_repeats_it_nowhere(server_url: str) -> None:
    with pytest.raises(WrongPassword) as caught:
        connect(_with(server_url, password="not-the-password"))
    assert "refused the user or the password" in caught.value.problem
    assert "AUTONOME_DATABASE_URL" in caught.value.remedy
    assert "not-the-password" not in f"{caught.value.problem}{caught.value.remedy}"


def test_a_database_that_is_not_there_says_so(server_url: str) -> None:
    with pytest.raises(LedgerError, match='"nowhere" does not exist') as caught:
        connect(_with(server_url, path="/nowhere"))
    assert "createdb" in caught.value.remedy


def _watch(descriptor: int) -> tuple[int, ...]:
    """Return how the kernel watches a connection: s, s, probes, and ms."""
    with closing(socket.socket(fileno=os.dup(descriptor))) as watched:
        return (
            watched.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE),
            watched.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL),
            watched.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT),
            watched.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT),
        )


def test_every_session_notices_within_a_minute_that_the_other_machine_is_gone(
    server_url: str,
) -> None:
    async def of_a_reader() -> tuple[int, ...]:
        engine = open_engine(server_url)
        async with engine.connect() as session:
            opened = (await session.get_raw_connection()).driver_connection
            assert opened is not None
            found = _watch(opened.fileno())
        await engine.dispose()
        return found

    assert asyncio.run(of_a_reader()) == (15, 15, 3, 60_000)
    with connect(server_url) as connection:
        assert _watch(connection.fileno()) == (15, 15, 3, 60_000)
    with connect(server_url, silence_ms=300) as connection:
        assert _watch(connection.fileno()) == (1, 1, 3, 300)


def test_what_a_url_says_about_silence_counts(server_url: str) -> None:
    with connect(make_conninfo(server_url, tcp_user_timeout=4_000)) as connection:
        assert _watch(connection.fileno()) == (15, 15, 3, 4_000)


def test_a_port_without_a_server_can_be_tried_again() -> None:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(LedgerUnavailable, match=f"127.0.0.1:{port}") as caught:
        connect(f"postgresql://me:secret@127.0.0.1:{port}/db")
    assert caught.value.retryable
    assert "secret" not in caught.value.problem


@pytest.mark.parametrize("url", ["postgresql://me:secret@[half/db", "nonsense secret"])
def test_a_url_that_cannot_be_read_is_not_repeated(url: str) -> None:
    with pytest.raises(SettingError) as caught:
        connect(url)
    assert "secret" not in f"{caught.value.problem}{caught.value.remedy}"
    assert caught.value.__cause__ is None


def test_where_leaves_out_user_and_password() -> None:
    assert where("postgresql://me:secret@db.example:6432/ledger") == "db.example:6432/ledger"


def test_sessions_are_in_utc_and_see_their_arena_alone(database_url: str) -> None:
    with connect(database_url, arena="spring") as connection:
        assert connection.execute("SHOW timezone").fetchone() == ("UTC",)
        assert connection.execute("SHOW search_path").fetchone() == ("spring",)


def test_sessions_are_in_utc_whatever_libpq_is_told(database_url: str) -> None:
    script = (
        "import sys; from autonome.ledger.connection import connect\n"
        "with connect(sys.argv[1]) as connection:\n"
        "    print(connection.execute('SHOW timezone').fetchone()[0])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, database_url],
        env={**os.environ, "PGTZ": "America/New_York", "PGSSLMODE": "require"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "UTC"


def test_what_a_user_may_not_do_says_so(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as admin:
        role = f"guest_{admin.info.backend_pid}"
        admin.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'guest'")
    try:
        with pytest.raises(LedgerError, match="expected the right to do this") as caught:
            with transaction(_with(database_url, user=role, password="guest")) as connection:
                connection.exec_driver_sql("CREATE SCHEMA mine")
        assert "grant this user the right" in caught.value.remedy
    finally:
        with psycopg.connect(database_url, autocommit=True) as admin:
            admin.execute(f"DROP ROLE {role}")


def test_options_of_the_users_own_url_are_kept(database_url: str) -> None:
    url = f"{database_url}&options=-c%20work_mem%3D7MB"
    with connect(url) as connection:
        assert connection.execute("SHOW work_mem").fetchone() == ("7MB",)


@contextmanager
def _server_that_says_it_is(version: str) -> Iterator[str]:
    """Speak just enough of PostgreSQL's protocol, version 3, to accept a session.

    PostgreSQL documentation, "Message Formats": AuthenticationOk, ParameterStatus, ReadyForQuery.
    """
    parameters = (b"server_version\0" + version.encode() + b"\0", b"TimeZone\0UTC\0")
    statuses = (b"S" + struct.pack("!i", 4 + len(each)) + each for each in parameters)
    ready = b"Z" + struct.pack("!i", 5) + b"I"
    greeting = b"R" + struct.pack("!ii", 8, 0) + b"".join(statuses) + ready

    def serve(listener: socket.socket) -> None:
        peer, _ = listener.accept()
        with peer:
            peer.recv(4096)
            peer.sendall(greeting)
            peer.recv(4096)

    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        thread = threading.Thread(target=serve, args=(listener,), daemon=True)
        thread.start()
        port = listener.getsockname()[1]
        yield f"postgresql://me@127.0.0.1:{port}/db?sslmode=disable&gssencmode=disable"
        thread.join(timeout=10)


def test_a_server_that_is_too_old_is_refused() -> None:
    with _server_that_says_it_is("14.11") as url, pytest.raises(ServerTooOld) as caught:
        connect(url)
    assert "expected PostgreSQL 15 or newer" in caught.value.problem
    assert "found 14" in caught.value.problem
    assert "Upgrade that server" in caught.value.remedy


def test_the_oldest_supported_server_is_accepted() -> None:
    with _server_that_says_it_is("15.0") as url:
        connection = psycopg.connect(url)
        assert connection.info.server_version == 150000
        connection.close()
    with _server_that_says_it_is("15.0") as url:
        connect(url).close()
