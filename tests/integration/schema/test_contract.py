"""The contract equals the seed: held against Drizzle's own SQL and a description by hand."""

from __future__ import annotations

import re
from enum import Enum

import pytest

from autonome.domain import choices
from autonome.ledger.arenas import transaction
from autonome.ledger.schema.contract import full_contract, seed_contract
from autonome.ledger.schema.differences import compare
from autonome.ledger.schema.reading import read_catalogue
from integration.schema.databases import DRIZZLE, SEED_TABLES, rows, upgraded

_TABLE_LIST = ", ".join(f"'{table}'" for table in SEED_TABLES)

_DESCRIPTION = f"""
SELECT 'enum|' || t.typname || '|' || string_agg(e.enumlabel, ', ' ORDER BY e.enumsortorder)
FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid GROUP BY t.typname
UNION ALL
SELECT concat_ws('|', 'column', table_name, ordinal_position, column_name, udt_name,
                 coalesce(numeric_precision::text, ''), coalesce(numeric_scale::text, ''),
                 is_nullable, coalesce(column_default, ''))
FROM information_schema.columns WHERE table_name IN ({_TABLE_LIST})
UNION ALL
SELECT concat_ws('|', 'key', c.relname, k.conname, pg_get_constraintdef(k.oid))
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
WHERE c.relname IN ({_TABLE_LIST}) AND k.contype <> 'n'
UNION ALL
SELECT concat_ws('|', 'index', tablename, indexdef) FROM pg_indexes
WHERE tablename IN ({_TABLE_LIST})
"""

_EXTRA_INDEXES = {
    'index|ToolCalls|CREATE INDEX "ToolCalls_invocationId_idx" ON public."ToolCalls"'
    ' USING btree ("invocationId")',
    'index|Orders|CREATE INDEX "Orders_closedAt_idx" ON public."Orders" USING btree ("closedAt")',
    'index|Invocations|CREATE INDEX "Invocations_modelId_createdAt_idx" ON public."Invocations"'
    ' USING btree ("modelId", "createdAt")',
    'index|Invocations|CREATE INDEX "Invocations_createdAt_idx" ON public."Invocations"'
    ' USING btree ("createdAt", id)',
    'index|Invocations|CREATE INDEX "Invocations_mishaps_idx" ON public."Invocations"'
    ' USING btree ("createdAt", id) WHERE (("responsePayload" ->> \'state\'::text)'
    " = ANY (ARRAY['MISSED'::text, 'FAILED'::text]))",
    'index|ToolCalls|CREATE INDEX "ToolCalls_mishaps_idx" ON public."ToolCalls"'
    ' USING btree ("createdAt", id) WHERE ((metadata ~~ \'%"denied":%\'::text)'
    " OR (metadata ~~ '%\"unusable\":%'::text))",
}


def _described(url: str) -> set[str]:
    return {row[0] for row in rows(url, _DESCRIPTION)}


@pytest.fixture
def by_hand() -> set[str]:
    """Return the description of the seed that was written by hand."""
    return set((DRIZZLE / "seed_catalogue.txt").read_text(encoding="utf-8").splitlines())


def test_drizzle_makes_what_the_seed_says(drizzle_url: str, by_hand: set[str]) -> None:
    assert _described(drizzle_url) == by_hand


def test_our_migration_makes_what_the_seed_says_and_the_indexes_that_our_reads_need(
    database_url: str, by_hand: set[str]
) -> None:
    assert _described(upgraded(database_url)) == by_hand | _EXTRA_INDEXES


def test_the_contract_is_what_drizzle_makes(drizzle_url: str) -> None:
    with transaction(drizzle_url) as connection:
        assert read_catalogue(connection, "public") == seed_contract()


@pytest.mark.parametrize("arena", ["public", "spring"])
def test_the_full_contract_is_what_the_migrations_make(database_url: str, arena: str) -> None:
    upgraded(database_url, arena)
    with transaction(database_url) as connection:
        found = read_catalogue(connection, arena)
    assert compare(expected=full_contract(), found=found) == []
    assert {name: found.tables[name] for name in full_contract().tables} == full_contract().tables


def test_every_column_and_enum_value_stands_in_the_order_of_the_seed(
    drizzle_url: str, by_hand: set[str]
) -> None:
    for name, table in seed_contract().tables.items():
        places = sorted(
            (int(line.split("|")[2]), line.split("|")[3])
            for line in by_hand
            if line.startswith(f"column|{name}|")
        )
        assert list(table.columns) == [column for _, column in places]


@pytest.mark.parametrize(
    ("constraint", "choice"),
    [
        ("Arms_kind_check", choices.ArmKind),
        ("Arms_policy_check", choices.PolicyName),
        ("Intents_purpose_check", choices.IntentPurpose),
        ("Intents_orderType_check", choices.OrderType),
        ("Intents_side_check", choices.Side),
        ("Intents_state_check", choices.IntentState),
        ("Fills_side_check", choices.Side),
        ("Fills_liquidity_check", choices.Liquidity),
        ("Payments_kind_check", choices.PaymentKind),
    ],
)
def test_a_check_allows_exactly_the_choices_of_the_domain(
    database_url: str, constraint: str, choice: type[Enum]
) -> None:
    upgraded(database_url)
    [(definition,)] = rows(
        database_url,
        f"SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = '{constraint}'",
    )
    assert set(re.findall(r"'([^']+)'::text", definition)) == {each.value for each in choice}
