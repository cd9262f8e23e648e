"""An arena survives the way through a file: every row, every digit, every index."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from autonome.domain.errors import ArenaMissing, ArenaNotEmpty, LedgerError, SettingError
from autonome.ledger.adoption import adopt
from autonome.ledger.arenas import transaction
from autonome.ledger.dump import dump, restore
from integration.schema.databases import DRIZZLE, execute, found_differences, rows, upgraded

_EVERY_ROW = " UNION ALL ".join(
    f"""SELECT '{table}', t::text FROM {{arena}}."{table}" t"""
    for table in (
        "Models", "Invocations", "ToolCalls", "PortfolioSize", "Orders",
        "Arms", "Cycles", "Intents", "Fills", "Payments", "Marks", "alembic_version",
    )
)  # fmt: skip


@pytest.fixture
def second_url(server_url: str) -> Iterator[str]:
    """Make another empty database on the same server."""
    name = f"second_{os.getpid()}"
    with psycopg.connect(server_url, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE template0'.encode())
    yield urlsplit(server_url)._replace(path=f"/{name}").geturl()
    with psycopg.connect(server_url, autocommit=True) as admin:
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


def _filled(url: str, arena: str) -> str:
    upgraded(url, arena)
    content = (DRIZZLE / "rows.sql").read_text(encoding="utf-8")
    execute(url, f"SET search_path = {arena}; {content}")
    with transaction(url) as connection:
        adopt(connection, arena)
    return url


def _content(url: str, arena: str) -> list[tuple[str, str]]:
    return sorted(rows(url, _EVERY_ROW.format(arena=arena)))


@pytest.mark.parametrize("arena", ["public", "spring_2027"])
def test_an_arena_returns_exactly_from_its_file(
    database_url: str, second_url: str, tmp_path: Path, arena: str
) -> None:
    before = _content(_filled(database_url, arena), arena)
    dump(database_url, arena=arena, file=tmp_path / "arena.dump")
    restore(second_url, arena=arena, file=tmp_path / "arena.dump")
    assert _content(second_url, arena) == before
    assert len(before) == 20 + 4 + 10 + 2 + 1
    assert found_differences(second_url, arena) == []
    [(target, cost)] = rows(
        second_url,
        f"""SELECT o."exitPlan"->>'target', i."responsePayload"->'usage'->>'cost'
        FROM {arena}."Orders" o, {arena}."Invocations" i
        WHERE o.id = 'open-long' AND i.id = 'invocation-1'""",
    )
    assert (target, cost) == ("50000.12345678", "0.1000000000000000055")


def test_one_of_two_arenas_is_dumped_alone(
    database_url: str, second_url: str, tmp_path: Path
) -> None:
    upgraded(database_url, "autumn")
    upgraded(database_url, "spring")
    dump(database_url, arena="spring", file=tmp_path / "file")
    restore(second_url, arena="spring", file=tmp_path / "file")
    assert rows(second_url, "SELECT nspname FROM pg_namespace WHERE nspname IN ('autumn')") == []


def test_a_schema_without_tables_is_filled(
    database_url: str, second_url: str, tmp_path: Path
) -> None:
    dump(_filled(database_url, "spring"), arena="spring", file=tmp_path / "file")
    execute(second_url, "CREATE SCHEMA spring")
    restore(second_url, arena="spring", file=tmp_path / "file")
    assert _content(second_url, "spring") == _content(database_url, "spring")


def test_an_arena_with_tables_is_never_overwritten(database_url: str, tmp_path: Path) -> None:
    dump(_filled(database_url, "public"), arena="public", file=tmp_path / "file")
    before = _content(database_url, "public")
    with pytest.raises(ArenaNotEmpty):
        restore(database_url, arena="public", file=tmp_path / "file")
    assert _content(database_url, "public") == before


def test_a_restore_that_fails_half_way_changes_nothing(
    database_url: str, second_url: str, tmp_path: Path
) -> None:
    dump(_filled(database_url, "public"), arena="public", file=tmp_path / "file")
    # The tables do not stand in the way, an enum does: the check cannot see it, PostgreSQL does.
    execute(second_url, "CREATE TYPE \"Variant\" AS ENUM ('x')")
    with pytest.raises(LedgerError, match="already exists"):
        restore(second_url, arena="public", file=tmp_path / "file")
    assert rows(second_url, "SELECT relname FROM pg_class WHERE relname = 'Models'") == []


def test_a_file_of_another_arena_is_refused(
    database_url: str, second_url: str, tmp_path: Path
) -> None:
    dump(upgraded(database_url, "spring"), arena="spring", file=tmp_path / "file")
    with pytest.raises(SettingError, match="autumn"):
        restore(second_url, arena="autumn", file=tmp_path / "file")


def test_an_arena_without_tables_cannot_be_dumped(database_url: str, tmp_path: Path) -> None:
    for arena in ("public", "nowhere"):
        with pytest.raises(ArenaMissing):
            dump(database_url, arena=arena, file=tmp_path / "file")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_dump_is_refused(database_url: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a dump", encoding="utf-8")
    for file in (tmp_path / "file", tmp_path / "missing"):
        with pytest.raises(LedgerError, match="pg_restore"):
            restore(database_url, arena="public", file=file)


def test_the_file_is_for_its_owner_alone_and_replaces_an_older_one_whole(
    database_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "file"
    file.write_text("older", encoding="utf-8")
    upgraded(database_url)
    dump(database_url, arena="public", file=file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_bytes()[:5] == b"PGDMP"
    assert list(tmp_path.iterdir()) == [file]


def test_a_dump_that_fails_leaves_the_older_file(database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("older", encoding="utf-8")
    upgraded(database_url)
    role = urlsplit(database_url).path.lstrip("/") + "_guest"
    execute(database_url, f"""CREATE ROLE "{role}" LOGIN PASSWORD 'guest'""")
    try:
        parts = urlsplit(database_url)
        guest = parts._replace(netloc=f"{role}:guest@{parts.hostname}:{parts.port}").geturl()
        with pytest.raises(LedgerError, match="permission denied"):
            dump(guest, arena="public", file=file)
    finally:
        execute(database_url, f'DROP ROLE "{role}"')
    assert file.read_text(encoding="utf-8") == "older"
    assert list(tmp_path.iterdir()) == [file]


def test_a_folder_that_does_not_exist_is_named(database_url: str, tmp_path: Path) -> None:
    upgraded(database_url)
    with pytest.raises(SettingError, match="nowhere"):
        dump(database_url, arena="public", file=tmp_path / "nowhere" / "file")


def test_a_url_that_would_show_a_secret_is_refused(database_url: str, tmp_path: Path) -> None:
    upgraded(database_url)
    joint = "&" if "?" in database_url else "?"
    with pytest.raises(SettingError, match="sslpassword") as refusal:
        dump(f"{database_url}{joint}sslpassword=hush", arena="public", file=tmp_path / "file")
    assert "hush" not in str(refusal.value)


def test_the_password_travels_in_the_environment_and_never_on_a_command_line(
    database_url: str, tmp_path: Path
) -> None:
    upgraded(database_url)
    programs = {
        "postgres": "echo 'postgres (PostgreSQL) 99.0'",
        "initdb": "exit 1",
        "pg_dump": f'echo "$@" > {tmp_path}/words; env > {tmp_path}/variables; exit 1',
    }
    for name, script in programs.items():
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        program.chmod(0o755)
    with pytest.raises(LedgerError, match="pg_dump"):
        dump(database_url, arena="public", file=tmp_path / "file", binaries_folder=tmp_path)
    password = urlsplit(database_url).password
    assert password
    assert password not in (tmp_path / "words").read_text(encoding="utf-8")
    variables = (tmp_path / "variables").read_text(encoding="utf-8").splitlines()
    assert f"PGPASSWORD={password}" in variables


def test_programs_older_than_the_server_are_refused(database_url: str, tmp_path: Path) -> None:
    upgraded(database_url)
    for name in ("postgres", "initdb", "pg_dump"):
        program = tmp_path / name
        program.write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 15.0'\n", encoding="utf-8")
        program.chmod(0o755)
    major = int(rows(database_url, "SHOW server_version_num")[0][0]) // 10_000
    if major == 15:
        pytest.skip("no supported version is older than this server")
    with pytest.raises(SettingError, match=f"PostgreSQL {major} or newer"):
        dump(database_url, arena="public", file=tmp_path / "file", binaries_folder=tmp_path)
