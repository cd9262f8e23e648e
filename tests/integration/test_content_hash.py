"""One content has one hash: as it is written, in the database, and in a bundle."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from autonome.analytics.bundle import read_bundle, write_bundle
from autonome.domain.errors import ArenaMissing, InvariantBroken, LedgerError
from autonome.ledger.connection import connect
from autonome.ledger.content import content_hash
from autonome.ledger.journal.copying import fresh_arena
from autonome.ledger.queries.frames import frame_schema, read_frames, snapshot
from autonome.ledger.tables import ROWS, orders
from autonome.ledger.types import json_loads
from integration.small_arena import write, write_row_by_row

MADE_AT = datetime(2025, 6, 1, tzinfo=UTC)


def test_journal_database_and_bundle_tell_the_same_hash(database_url: str, tmp_path: Path) -> None:
    told = write(database_url, "spring")
    assert content_hash(database_url, arena="spring") == told
    folder = write_bundle(
        database_url, "spring", tmp_path / "run", inputs={"seed": 1}, created_at=MADE_AT
    )
    bundle = read_bundle(folder)
    assert bundle.manifest.content_hash == told
    assert bundle.content_hash() == told


def test_content_that_is_written_again_has_other_ids_and_the_same_hash(database_url: str) -> None:
    first, second = write(database_url, "first"), write(database_url, "second")
    assert first == second
    with connect(database_url) as connection:
        shared = connection.execute(
            'SELECT count(*) FROM first."Fills" a JOIN second."Fills" b USING (id)'
        ).fetchone()
    assert shared == (0,)


def test_rows_written_one_by_one_have_the_hash_of_those_copied(database_url: str) -> None:
    told = write(database_url, "copied")
    write_row_by_row(database_url, "one_by_one")
    assert content_hash(database_url, arena="one_by_one") == told


@pytest.mark.parametrize(
    "change",
    [
        """UPDATE "Fills" SET fee = fee + 0.00000001 WHERE part = 0""",
        """UPDATE "PortfolioSize" SET "netPortfolio" = 9999.99 WHERE "netPortfolio" = 9990""",
        """UPDATE "Marks" SET at = at + interval '1 microsecond' WHERE price > 1""",
        """UPDATE "ToolCalls" SET metadata = metadata || ' '""",
        """UPDATE "Arms" SET "haltedReason" = ''""",
        """DELETE FROM "Payments" """,
        """UPDATE "Payments" SET "orderId" = NULL""",
    ],
)
def test_a_change_in_the_database_changes_the_hash(database_url: str, change: str) -> None:
    told = write(database_url, "public")
    with connect(database_url, autocommit=True) as connection:
        assert connection.execute(change.encode()).rowcount > 0
    assert content_hash(database_url, arena="public") != told


def test_a_hash_cannot_be_asked_for_before_the_end(database_url: str) -> None:
    with fresh_arena(database_url, "early") as journal:
        with pytest.raises(InvariantBroken, match="before everything was written"):
            _ = journal.content_hash


def test_an_arena_without_tables_is_missing(database_url: str) -> None:
    with pytest.raises(ArenaMissing, match="'nowhere'"):
        content_hash(database_url, arena="nowhere")


def test_a_figure_that_is_no_number_is_named(database_url: str) -> None:
    write(database_url, "public")
    with connect(database_url, autocommit=True) as connection:
        connection.execute("""UPDATE "Payments" SET amount = 'NaN'""")
    with pytest.raises(LedgerError, match='"Payments"'):
        content_hash(database_url, arena="public")


def test_frames_have_the_columns_of_the_database_and_every_digit(database_url: str) -> None:
    write(database_url, "public")
    words = "tab\there, backslash \\ \\N, line\nend, return\r \b\f\v, quote \", comma, 'ü'"
    with connect(database_url, autocommit=True) as connection:
        connection.execute('UPDATE "Invocations" SET response = %s', [words])
        connection.execute("""UPDATE "Orders" SET "closeTrigger" = '' WHERE status = 'OPEN'""")
        names = connection.execute(
            "SELECT table_name, array_agg(column_name::text ORDER BY ordinal_position)"
            " FROM information_schema.columns WHERE table_schema = 'public' GROUP BY 1"
        ).fetchall()
    with snapshot(database_url, "public") as connection:
        frames = read_frames(connection)
    columns = dict(names)
    for table in ROWS.values():
        assert frames[table.name].columns == columns[table.name]
        assert dict(frames[table.name].schema) == frame_schema(table)
    assert set(frames["Invocations"]["response"]) == {words}
    assert set(frames["Orders"]["closeTrigger"]) == {"", "TARGET"}
    assert set(frames["Orders"]["entryPrice"]) == {Decimal("50000.12345678")}
    assert frames["Cycles"]["finishedAt"].to_list() == [
        datetime(2025, 5, 5, 12, 30, 15, 250_001, tzinfo=UTC)
    ]
    (recipe,) = frames["Cycles"]["recipe"]
    assert json_loads(recipe)["a"] == [Decimal("1.50"), 1, None, "\ufffdé"]
    assert (
        frames["Orders"].schema[orders.c.realized_pnl.name] == frame_schema(orders)["realizedPnl"]
    )


@pytest.mark.parametrize(
    "text", ["-0", "-0.0", "1.50E1", "1e22", "1E-8", "0e5", '{"b":1.50,"a":"\\u00e9\\/"}', "1E+400"]
)
def test_json_as_written_and_as_kept_is_the_same_to_the_hash(database_url: str, text: str) -> None:
    from autonome.ledger.content import Content
    from autonome.ledger.tables import cycles

    def digest(recipe: str) -> str:
        content = Content()
        content.add(
            cycles, [["c", "2025-05-05 12:30:00", "2025-05-05 12:30:00", None, None, recipe, None]]
        )
        return content.digest()

    with connect(database_url) as connection:
        row = connection.execute("SELECT %s::jsonb::text", [text]).fetchone()
    assert row is not None
    assert digest(text) == digest(row[0])
