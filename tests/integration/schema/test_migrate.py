"""Upgrading makes an arena, adopts what a client made, or refuses and changes nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import psycopg
import pytest
from sqlalchemy import text

from autonome.domain.errors import LedgerError, LedgerUnavailable, SchemaMismatch, SettingError
from autonome.domain.variants import VARIANT_IDS
from autonome.ledger.arenas import check_arena, transaction
from autonome.ledger.migrate import current_revision, latest_revision, upgrade
from autonome.ledger.schema.differences import differences
from integration.schema.databases import (
    SEED_TABLES,
    execute,
    found_differences,
    rows,
    upgraded,
)

_RELATIONS = (
    "SELECT relname, oid, relfilenode FROM pg_class WHERE relnamespace = 'public'::regnamespace"
)


@pytest.mark.parametrize("arena", ["public", "spring_2027"])
def test_an_empty_database_gets_everything(database_url: str, arena: str) -> None:
    with transaction(database_url) as connection:
        assert current_revision(connection, arena) is None
        upgrade(connection, arena)
        assert current_revision(connection, arena) == latest_revision()
    assert found_differences(database_url, arena) == []


def test_upgrading_twice_changes_nothing(database_url: str) -> None:
    upgraded(database_url)
    before = rows(database_url, _RELATIONS)
    upgraded(database_url)
    assert rows(database_url, _RELATIONS) == before


def test_what_drizzle_made_is_adopted_with_its_rows(foreign_url: str) -> None:
    every_row = " UNION ALL ".join(
        f"""SELECT '{table}', t.xmin::text, t.ctid::text, md5(t::text) FROM "{table}" t"""
        for table in SEED_TABLES
    )
    before = rows(foreign_url, every_row)
    upgraded(foreign_url)
    assert found_differences(foreign_url) == []
    assert len(before) == 4 + 2 + 3 + 4 + 7
    assert rows(foreign_url, every_row) == before


def test_a_client_that_knows_fewer_tables_is_refused_with_every_difference(
    drizzle_url: str,
) -> None:
    execute(
        drizzle_url,
        'DROP TABLE "PortfolioSize";ALTER TABLE "Orders" ALTER COLUMN quantity TYPE numeric(20, 8)',
    )
    before = rows(drizzle_url, _RELATIONS)
    with pytest.raises(SchemaMismatch) as refusal:
        upgraded(drizzle_url)
    assert refusal.value.differences == (
        'Table "PortfolioSize": expected, but it is missing.',
        'Column "Orders"."quantity": expected type numeric(18,8), found numeric(20,8).',
    )
    assert all(each in refusal.value.problem for each in refusal.value.differences)
    assert rows(drizzle_url, _RELATIONS) == before


def test_an_enum_alone_is_refused_too(database_url: str) -> None:
    execute(database_url, """CREATE TYPE "OrderSide" AS ENUM ('LONG', 'SHORT')""")
    with pytest.raises(SchemaMismatch) as refusal:
        upgraded(database_url)
    assert len(refusal.value.differences) == 3 + 5


def test_a_table_in_the_way_of_ours_is_refused(drizzle_url: str) -> None:
    execute(drizzle_url, 'CREATE TABLE "Marks" (id text)')
    before = rows(drizzle_url, _RELATIONS)
    with pytest.raises(SchemaMismatch, match="Marks"):
        upgraded(drizzle_url)
    assert rows(drizzle_url, _RELATIONS) == before


def test_a_revision_that_this_version_does_not_know_is_refused(database_url: str) -> None:
    upgraded(database_url)
    execute(database_url, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaMismatch, match="9999"):
        upgraded(database_url)


def test_an_arena_is_made_and_filled_in_one_transaction_or_not_at_all(database_url: str) -> None:
    def make(name: str) -> None:
        with transaction(database_url) as connection:
            upgrade(connection, name)
            connection.execute(
                text(f"""INSERT INTO {name}."Models" (id, name, "openRouterModelName", variant)
                         VALUES ('m', 'm', 'm', :variant)"""),
                {"variant": VARIANT_IDS[-1]},
            )
            assert differences(connection, name) == []
            if name == "broken":
                raise InterruptedError(name)

    with pytest.raises(InterruptedError):
        make("broken")
    make("spring")
    assert rows(
        database_url,
        "SELECT nspname FROM pg_namespace WHERE nspname IN ('broken', 'spring')",
    ) == [("spring",)]
    assert rows(database_url, 'SELECT id FROM spring."Models"') == [("m",)]


def test_the_search_path_of_the_caller_is_as_before(database_url: str) -> None:
    with transaction(database_url, "autumn") as connection:
        upgrade(connection, "spring")
        assert connection.scalar(text("SHOW search_path")) == "autumn"
        assert connection.scalar(text("SHOW lock_timeout")) == "0"


def test_eight_upgrades_of_one_arena_at_once_make_it_once(database_url: str) -> None:
    with ThreadPoolExecutor(max_workers=8) as threads:
        list(threads.map(lambda arena: upgraded(database_url, arena), ["spring", "autumn"] * 4))
    for arena in ("spring", "autumn"):
        assert found_differences(database_url, arena) == []
        assert rows(database_url, f"SELECT version_num FROM {arena}.alembic_version") == [
            (latest_revision(),)
        ]


def test_an_arena_that_stays_locked_is_given_up_and_may_be_tried_again(database_url: str) -> None:
    upgraded(database_url, "spring")
    with transaction(database_url) as first, transaction(database_url) as second:
        upgrade(first, "spring")
        upgrade(second, "autumn")
        with pytest.raises(LedgerUnavailable, match="within 50 ms"):
            upgrade(second, "spring", lock_wait_ms=50)
        second.rollback()
    assert LedgerUnavailable.retryable
    upgraded(database_url, "spring")


def test_an_arena_sees_nothing_of_another(database_url: str) -> None:
    upgraded(database_url, "public")
    upgraded(database_url, "spring")
    execute(database_url, 'DROP TABLE "Fills" CASCADE; DROP TABLE alembic_version')
    assert found_differences(database_url, "spring") == []
    with transaction(database_url) as connection:
        assert current_revision(connection, "spring") == latest_revision()
        assert current_revision(connection, "public") is None


def test_defaults_are_in_utc_whatever_the_zone_of_the_server(database_url: str) -> None:
    database = urlsplit(database_url).path.lstrip("/")
    upgraded(database_url)
    execute(database_url, f"""ALTER DATABASE "{database}" SET timezone = 'Asia/Tokyo'""")
    with transaction(database_url) as connection:
        connection.execute(
            text("""INSERT INTO "Models" (id, name, "openRouterModelName") VALUES ('m', '', '')""")
        )
        connection.execute(
            text("""INSERT INTO "Invocations" (id, "modelId", response) VALUES ('i', 'm', '')""")
        )
        assert connection.scalar(
            text("""SELECT "createdAt" = now() AT TIME ZONE 'UTC' FROM "Invocations" """)
        )


def test_a_user_who_may_create_nothing_is_told_so(database_url: str) -> None:
    role = urlsplit(database_url).path.lstrip("/") + "_guest"
    execute(database_url, f"""CREATE ROLE "{role}" """)
    try:
        with transaction(database_url) as connection:
            connection.execute(text(f'SET ROLE "{role}"'))
            with pytest.raises(LedgerError, match="expected the right to create"):
                upgrade(connection, "spring")
            connection.rollback()
    finally:
        execute(database_url, f'DROP ROLE "{role}"')


@pytest.mark.parametrize(
    "arena",
    [
        "",
        "Public",
        "9lives",
        "a-b",
        'a"b',
        "a b",
        "a" * 64,
        "pg_temp",
        "pg_x",
        "information_schema",
    ],
)
def test_a_name_that_no_arena_may_have_is_refused(database_url: str, arena: str) -> None:
    with transaction(database_url) as connection:
        with pytest.raises(SettingError, match="expected an arena's name"):
            upgrade(connection, arena)


@pytest.mark.parametrize("arena", ["public", "a", "a" * 63, "spring_2027"])
def test_a_plain_lower_case_name_may_name_an_arena(arena: str) -> None:
    assert check_arena(arena) == arena


def test_a_client_of_the_seed_can_use_our_tables(database_url: str) -> None:
    upgraded(database_url)
    execute(
        database_url,
        """INSERT INTO "Models" (id, name, "openRouterModelName") VALUES ('m', 'm', 'm');
        INSERT INTO "Orders" (id, "modelId", symbol, side, quantity, "entryPrice")
        VALUES ('o', 'm', 'BTC', 'LONG', 1, 2)""",
    )
    assert rows(database_url, 'SELECT variant, "lighterApiKey" FROM "Models"') == [
        (VARIANT_IDS[0], "0")
    ]
    with pytest.raises(psycopg.IntegrityError):
        execute(database_url, 'DELETE FROM "Models"')
    execute(database_url, """UPDATE "Models" SET id = 'n'""")
    assert rows(database_url, 'SELECT "modelId", status FROM "Orders"') == [("n", "OPEN")]
