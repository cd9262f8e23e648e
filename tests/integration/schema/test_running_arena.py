"""The tables of a running arena: older arenas get them, and no content depends on them."""

from __future__ import annotations

import psycopg
import pytest

from autonome.ledger.content import content_hash
from autonome.ledger.migrate import latest_revision
from integration.schema.databases import execute, found_differences, rows, upgraded
from integration.small_arena import write

_BEFORE = """
    DROP TABLE {arena}."Judgements", {arena}."ArmPolicies";
    DROP TABLE {arena}."ControlLog", {arena}."Sessions", {arena}."Tokens";
    DROP FUNCTION {arena}."refuseChange"();
    DROP TABLE {arena}."Questions", {arena}."SharedBars", {arena}."Events", {arena}."Facts";
    DROP TABLE {arena}."ArmStates", {arena}."Commands", {arena}."NavHours", {arena}."NavDays";
    DROP INDEX {arena}."Invocations_modelId_createdAt_idx", {arena}."Invocations_createdAt_idx";
    DROP INDEX {arena}."Invocations_mishaps_idx", {arena}."ToolCalls_mishaps_idx";
    DROP INDEX {arena}."Fills_filledAt_idx";
    UPDATE {arena}.alembic_version SET version_num = '0002'
"""
_FILLED = """
    INSERT INTO "ArmStates" SELECT id, '{"works": []}' FROM "Models";
    INSERT INTO "Commands" SELECT 'c' || id, 'HALT', id, 'why', 'who' FROM "Models";
    INSERT INTO "Tokens" (id, name, scope, hash) VALUES ('t', 'ops', 'READ', 'h');
    INSERT INTO "ControlLog" (id, at, who, what) VALUES ('l', now(), 'cli ada', 'halt');
    INSERT INTO "Events" (at, kind, "modelId", payload)
        SELECT now(), 'arena', id, '{}' FROM "Models";
    INSERT INTO "Facts" VALUES ('audit', now(), '{}')
"""


def test_an_arena_of_the_revision_before_is_upgraded_with_its_rows(database_url: str) -> None:
    told = write(database_url, "spring")
    execute(database_url, _BEFORE.format(arena="spring"))
    assert found_differences(database_url, "spring") != []
    upgraded(database_url, "spring")
    assert found_differences(database_url, "spring") == []
    assert rows(database_url, "SELECT version_num FROM spring.alembic_version") == [
        (latest_revision(),)
    ]
    assert content_hash(database_url, arena="spring") == told


def test_an_arena_of_the_revision_before_can_still_be_read_whole(database_url: str) -> None:
    told = write(database_url, "spring")
    execute(database_url, _BEFORE.format(arena="spring"))
    assert content_hash(database_url, arena="spring") == told


def test_an_index_that_somebody_made_before_us_is_kept(drizzle_url: str) -> None:
    execute(
        drizzle_url,
        'CREATE INDEX "Invocations_modelId_createdAt_idx"'
        ' ON "Invocations" ("modelId", "createdAt")',
    )
    assert found_differences(upgraded(drizzle_url)) == []


def test_what_a_process_goes_on_with_is_no_content(database_url: str) -> None:
    told = write(database_url, "public")
    execute(database_url, _FILLED)
    assert content_hash(database_url, arena="public") == told
    assert rows(database_url, 'SELECT count(*) FROM "Commands"') == [(2,)]


@pytest.mark.parametrize(
    "change",
    [
        """UPDATE "Commands" SET kind = 'RUN'""",
        """UPDATE "Commands" SET "modelId" = 'nobody'""",
        """UPDATE "ArmStates" SET "modelId" = 'nobody'""",
        """UPDATE "Events" SET "modelId" = 'nobody'""",
        """UPDATE "Events" SET kind = 'rumour'""",
        """UPDATE "Tokens" SET scope = 'OWNER'""",
        """INSERT INTO "Tokens" (id, name, scope, hash) VALUES ('u', 'ops', 'READ', 'h')""",
        """UPDATE "ArmStates" SET state = NULL""",
    ],
)
def test_the_tables_refuse_what_no_row_may_say(database_url: str, change: str) -> None:
    write(database_url, "public")
    execute(database_url, _FILLED)
    with pytest.raises(psycopg.IntegrityError):
        execute(database_url, change)
