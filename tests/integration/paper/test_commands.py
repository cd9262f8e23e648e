"""Operators' commands from the outside: on record at once, and answered where somebody leads."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr

from autonome.bootstrap.paper.commands import CommandKind, Ordered, order
from autonome.config import Settings
from autonome.domain.errors import ArenaMissing, SettingError
from autonome.ledger.arenas import transaction
from autonome.ledger.connection import connect
from autonome.ledger.journal.postgres import PostgresJournal
from autonome.ledger.leadership import leading
from autonome.ledger.migrate import upgrade
from autonome.ledger.queries.running import pending_commands
from autonome.testing.bookings import NOW, competitor

ARENA = "ordered"


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Give an arena with two arms: one of a name of its own, and one whose name two share."""
    with transaction(database_url, ARENA) as connection:
        upgrade(connection, ARENA)
    with connect(database_url, arena=ARENA, autocommit=True) as raw:
        journal = PostgresJournal(raw)
        for name, variant in (("Ada", "Apex"), ("Bob", "Apex"), ("Bob", "Sovereign")):
            journal.enter(*competitor(name, variant))
    return Settings(home=tmp_path, database_url=SecretStr(database_url), arena=ARENA)


def ordered(settings: Settings, *, arm: str | None = None, arena: str | None = None) -> Ordered:
    return order(
        settings, arena, CommandKind.HALT, arm=arm, reason="a test", requested_by="operator"
    )


def on_record(settings: Settings) -> list[tuple[str | None, str, str, bool]]:
    assert settings.database_url is not None
    with psycopg.connect(settings.database_url.get_secret_value()) as connection:
        return connection.execute(
            'SELECT m.name, c.reason, c."requestedBy", c."doneAt" IS NULL'
            f' FROM {ARENA}."Commands" c LEFT JOIN {ARENA}."Models" m ON m.id = c."modelId"'
        ).fetchall()


@contextmanager
def leader(settings: Settings, *, outcome: str) -> Iterator[None]:
    """Lead the arena, and say of every command that it was carried out."""
    assert settings.database_url is not None
    url, is_over, leads = settings.database_url.get_secret_value(), threading.Event(), []

    def lead() -> None:
        query = pending_commands()
        with leading(url, ARENA), connect(url, arena=ARENA, autocommit=True) as raw:
            leads.append(started.set())
            journal = PostgresJournal(raw)
            while not is_over.wait(0.05):
                with transaction(url, ARENA) as connection:
                    found = [query.read(row) for row in connection.execute(query.statement)]
                for command in found:
                    journal.finish_command(command.id, at=NOW, outcome=outcome)

    started = threading.Event()
    thread = threading.Thread(target=lead)
    thread.start()
    try:
        assert started.wait(10)
        yield
    finally:
        is_over.set()
        thread.join(10)


def test_where_nobody_runs_the_arena_a_command_is_on_record_and_nobody_waits(
    settings: Settings,
) -> None:
    result = ordered(settings)
    assert (result.arena, result.is_run, result.is_done) == (ARENA, False, False)
    assert on_record(settings) == [(None, "a test", "operator", True)]


def test_who_leads_carries_a_command_out_and_its_outcome_comes_back(settings: Settings) -> None:
    with leader(settings, outcome="1 arms"):
        result = ordered(settings, arm="Ada")
    assert (result.is_run, result.is_done) == (True, True)
    assert [each.outcome for each in result.commands] == ["1 arms"]
    assert on_record(settings) == [("Ada", "a test", "operator", False)]


def test_all_arms_of_a_name_are_meant_by_it(settings: Settings) -> None:
    assert len(ordered(settings, arm="Bob").commands) == 2
    assert [name for name, *_ in on_record(settings)] == ["Bob", "Bob"]


@pytest.mark.parametrize(
    ("arm", "arena", "error", "words"),
    [
        ("Eve", None, SettingError, "found 'Eve'"),
        (None, "nowhere", ArenaMissing, "'nowhere'"),
        (None, "No Arena", SettingError, "'No Arena'"),
    ],
)
def test_a_command_to_nobody_is_refused_and_not_written(
    settings: Settings, arm: str | None, arena: str | None, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        ordered(settings, arm=arm, arena=arena)
    assert on_record(settings) == []
