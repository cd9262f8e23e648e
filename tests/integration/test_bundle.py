"""A bundle stands for an arena without its database, and is never half there."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from autonome.analytics.bundle import (
    Bundle,
    bundle_differences,
    check_place,
    read_bundle,
    write_bundle,
)
from autonome.analytics.bundled_rows import bundled_rows
from autonome.domain.errors import ArenaMissing, SettingError
from autonome.domain.value import changed
from autonome.ledger.connection import connect
from autonome.ledger.content import content_hash
from autonome.ledger.queries.models import listed_models
from autonome.ledger.queries.nav import newest_nav
from autonome.ledger.queries.positions import open_positions
from autonome.ledger.queries.query import Query
from autonome.ledger.queries.standings import model_standings
from autonome.ledger.queries.trades import completed_trades
from autonome.ledger.reader import open_reader
from integration.small_arena import write

MADE_AT = datetime(2025, 6, 1, 9, tzinfo=UTC)
INPUTS = {"market": "ab12", "seed": 7, "capital": Decimal("10000.50"), "symbols": ["BTC", "ETH"]}


def rows_of(url: str, query: Query[Any]) -> list[Any]:
    async def rows() -> list[Any]:
        async with open_reader(url, arena="spring") as reader:
            return await reader.all(query)

    return asyncio.run(rows())


def bundled(url: str, folder: Path) -> Bundle:
    write_bundle(url, "spring", folder, inputs=INPUTS, created_at=MADE_AT)
    return read_bundle(folder)


@pytest.fixture
def url(database_url: str) -> str:
    """Write the small arena."""
    write(database_url, "spring")
    return database_url


@pytest.fixture
def bundle(url: str, tmp_path: Path) -> Bundle:
    """Write its bundle."""
    return bundled(url, tmp_path / "run")


def test_the_manifest_says_what_made_it_and_what_it_holds(bundle: Bundle) -> None:
    said = json.loads((bundle.folder / "manifest.json").read_text())
    assert (said["format"], said["formatVersion"]) == ("autonome-bundle", 1)
    assert (said["arena"], said["createdAt"]) == ("spring", "2025-06-01T09:00:00Z")
    assert said["partial"] is False
    assert said["inputs"] == {
        "market": "ab12",
        "seed": 7,
        "capital": 10000.50,
        "symbols": ["BTC", "ETH"],
    }
    assert set(said["versions"]) == {"autonome", "numpy", "polars", "postgres", "python", "ta-lib"}
    rows = {name: file["rows"] for name, file in said["files"].items()}
    assert rows == {
        "Models.parquet": 2,
        "Arms.parquet": 2,
        "Cycles.parquet": 1,
        "Invocations.parquet": 3,
        "ToolCalls.parquet": 3,
        "Orders.parquet": 3,
        "Intents.parquet": 5,
        "Fills.parquet": 5,
        "Payments.parquet": 2,
        "PortfolioSize.parquet": 5,
        "Marks.parquet": 4,
        "ArmPolicies.parquet": 0,
        "Judgements.parquet": 0,
        "leaderboard.json": 2,
    }


def test_equal_inputs_have_one_fingerprint_whatever_their_order(url: str, tmp_path: Path) -> None:
    def fingerprint(inputs: dict[str, object]) -> str:
        folder = write_bundle(url, "spring", tmp_path / "run", inputs=inputs, created_at=MADE_AT)
        return read_bundle(folder).manifest.input_fingerprint

    assert fingerprint({"a": 1, "b": 2}) == fingerprint({"b": 2, "a": 1})
    assert fingerprint({"a": 1, "b": 2}) != fingerprint({"a": 1, "b": 3})


@pytest.mark.parametrize(
    ("table", "query"),
    [
        ("leaderboard", model_standings()),
        ("trades", completed_trades()),
        ("positions", open_positions()),
        ("models", listed_models()),
        ("nav", newest_nav(width=timedelta(minutes=2), limit=2)),
    ],
)
def test_a_table_is_the_one_that_the_database_shows(
    url: str, bundle: Bundle, table: str, query: Query[Any]
) -> None:
    width = timedelta(minutes=2)
    rows = bundled_rows(bundle, table, width=width, limit=2)
    assert len(rows) > 0
    assert rows == rows_of(url, query)
    of_ada = bundled_rows(bundle, table, width=width, limit=2, model="Ada")
    assert of_ada == [row for row in rows if row.model == "Ada"]
    assert bundled_rows(bundle, table, width=width, limit=2, model="Nobody") == []


def test_only_the_newest_trades_are_shown(url: str, bundle: Bundle) -> None:
    newest = bundled_rows(bundle, "trades", width=timedelta(hours=1), limit=1)
    assert newest == rows_of(url, completed_trades(limit=1))


@pytest.mark.parametrize("width", [timedelta(minutes=1), timedelta(minutes=7), timedelta(days=7)])
def test_intervals_of_nav_begin_where_the_database_begins_them(
    url: str, bundle: Bundle, width: timedelta
) -> None:
    rows = bundled_rows(bundle, "nav", width=width, limit=3)
    assert rows == rows_of(url, newest_nav(width=width, limit=3))


def test_a_position_without_a_mark_is_shown_all_the_same(url: str, tmp_path: Path) -> None:
    with connect(url, arena="spring", autocommit=True) as connection:
        connection.execute('DELETE FROM "Marks"')
    (position,) = bundled_rows(
        bundled(url, tmp_path / "run"), "positions", width=timedelta(hours=1), limit=1
    )
    assert position == rows_of(url, open_positions())[0]


def test_the_leaderboard_is_readable_without_us(bundle: Bundle) -> None:
    hold, ada = json.loads((bundle.folder / "leaderboard.json").read_text())
    assert (hold["model"], hold["nav"], hold["returnPercent"]) == ("Hold", "10000.00", "0.00000000")
    assert (ada["model"], ada["nav"], ada["gain"]) == ("Ada", "0.00", "-10000.00000000")
    assert (ada["navAt"], ada["winPercent"]) == ("2025-05-05T12:33:00Z", "100")


def test_a_parquet_file_keeps_every_digit_and_the_time_zone(bundle: Bundle) -> None:
    fills = pl.read_parquet(bundle.folder / "Fills.parquet")
    assert fills.schema["price"] == pl.Decimal(18, 8)
    assert fills.schema["filledAt"] == pl.Datetime("us", "UTC")
    assert set(fills["fee"]) == {Decimal("-0.00000001")}


def test_a_fresh_bundle_does_not_differ_from_the_database(url: str, bundle: Bundle) -> None:
    assert bundle_differences(bundle, url, arena="spring") == []
    with connect(url, arena="spring", autocommit=True) as connection:
        connection.execute('UPDATE "Orders" SET leverage = 3')
        connection.execute('DELETE FROM "Marks" WHERE symbol = %s', ["BTC"])
    assert bundle_differences(bundle, url, arena="spring") == [
        '"Orders" differs: 3 rows in the bundle, 3 in the database',
        '"Marks" differs: 4 rows in the bundle, 2 in the database',
    ]


def test_a_bundle_has_the_limits_of_arms_and_what_entries_were_judged_on(
    url: str, tmp_path: Path
) -> None:
    policy = """
        INSERT INTO "ArmPolicies" SELECT "modelId", %s, 'standard', '{"maxLeverage": "3"}',
            '2025-05-05 12:30:00.25', 'token ops', 'a test', 'c' FROM "Arms"
    """
    with connect(url, arena="spring", autocommit=True) as connection:
        connection.execute(policy, [2])
        connection.execute(
            """INSERT INTO "Judgements" SELECT id, '{"symbol": "BTC"}', '{"nav": "10000.00"}'
            FROM "ToolCalls" LIMIT 1"""
        )
        before = content_hash(url, arena="spring")
        bundle = bundled(url, tmp_path / "run")
        # Which limits an arm was given, and when, changes no figure.
        assert bundle.manifest.content_hash == before
        [policies, judgements] = [bundle.frame(name) for name in ("ArmPolicies", "Judgements")]
        assert policies["version"].to_list() == [2, 2]
        assert policies["limits"].to_list() == ['{"maxLeverage": "3"}'] * 2
        assert judgements["standing"].to_list() == ['{"nav": "10000.00"}']
        assert bundle_differences(bundle, url, arena="spring") == []
        connection.execute(policy, [3])
        connection.execute("""UPDATE "Judgements" SET standing = '{"nav": "9000.00"}'""")
    assert bundle_differences(bundle, url, arena="spring") == [
        '"ArmPolicies" differs: 2 rows in the bundle, 4 in the database',
        '"Judgements" differs: 1 rows in the bundle, 1 in the database',
    ]


def test_a_bundle_without_a_table_of_content_differs_and_one_of_an_older_version_does_not(
    url: str, bundle: Bundle
) -> None:
    for name, expected in (
        ("Judgements", []),
        ("Fills", ['"Fills" is missing in the bundle']),
    ):
        files = {
            file: digest
            for file, digest in bundle.manifest.files.items()
            if file != f"{name}.parquet"
        }
        less = replace(bundle, manifest=changed(bundle.manifest, files=files))
        assert bundle_differences(less, url, arena="spring") == expected


def test_a_bundle_replaces_a_bundle(url: str, bundle: Bundle) -> None:
    before = sorted(bundle.folder.parent.iterdir())
    write_bundle(url, "spring", bundle.folder, inputs={"seed": 8}, created_at=MADE_AT, partial=True)
    manifest = read_bundle(bundle.folder).manifest
    assert (manifest.inputs, manifest.partial) == ({"seed": 8}, True)
    assert sorted(bundle.folder.parent.iterdir()) == before


def test_an_empty_folder_and_missing_parents_are_no_obstacle(url: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for folder in (tmp_path / "empty", tmp_path / "a" / "b"):
        assert bundled(url, folder).manifest.arena == "spring"


@pytest.mark.parametrize("name", ["notes.txt", "manifest.json"])
def test_a_folder_that_is_no_bundle_is_left_alone(url: str, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("{}")
    with pytest.raises(SettingError, match="expected a bundle") as caught:
        bundled(url, tmp_path)
    assert caught.value.remedy
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_notes_that_someone_put_into_a_bundle_are_not_lost(url: str, bundle: Bundle) -> None:
    (bundle.folder / "notes.txt").write_text("mine")
    with pytest.raises(SettingError, match=r"'notes\.txt' too"):
        bundled(url, bundle.folder)
    assert (bundle.folder / "notes.txt").read_text() == "mine"


def test_a_file_in_the_way_is_refused_before_anything_is_run(tmp_path: Path) -> None:
    file = tmp_path / "run"
    file.write_text("mine")
    with pytest.raises(SettingError, match="expected a bundle or nothing"):
        check_place(file)
    check_place(tmp_path / "not-there-yet")


def test_a_place_that_cannot_be_written_is_named(url: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingError, match="expected to write a bundle"):
        bundled(url, tmp_path / "file" / "run")


def test_an_arena_that_is_not_there_leaves_no_folder(database_url: str, tmp_path: Path) -> None:
    with pytest.raises(ArenaMissing):
        bundled(database_url, tmp_path / "run")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["Orders.parquet", "leaderboard.json"])
def test_a_file_that_changed_is_named(bundle: Bundle, name: str) -> None:
    file = bundle.folder / name
    file.write_bytes(file.read_bytes() + b" ")
    with pytest.raises(SettingError, match=name):
        read_bundle(bundle.folder)
    file.unlink()
    with pytest.raises(SettingError, match="no such file"):
        read_bundle(bundle.folder)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"formatVersion": 2}, "expected version 1 of the bundle's format"),
        ({"format": "other"}, "not one of a bundle"),
        ({"arena": 5}, r"expected a whole manifest\.json"),
        (None, "not one of a bundle"),
    ],
)
def test_a_manifest_that_cannot_be_read_says_why(
    bundle: Bundle, changes: dict[str, object] | None, problem: str
) -> None:
    manifest = bundle.folder / "manifest.json"
    said = json.loads(manifest.read_text())
    manifest.write_text("no JSON" if changes is None else json.dumps(said | changes))
    with pytest.raises(SettingError, match=problem):
        read_bundle(bundle.folder)


def test_a_folder_without_a_manifest_is_no_bundle(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"no readable manifest\.json"):
        read_bundle(tmp_path)
