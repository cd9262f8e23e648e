"""The check names every difference in one sentence, and stays silent about plain indexes."""

from __future__ import annotations

import pytest

from autonome.ledger.schema.contract import full_contract
from integration.schema.databases import execute, found_differences, upgraded

_ORDERS_KEY = (
    "FOREIGN KEY (modelId) REFERENCES Models (id) ON DELETE {delete} ON UPDATE {update}"
).format

_CASES = {
    "a missing column": (
        'ALTER TABLE "Orders" DROP COLUMN "tpTriggerPrice"',
        ['Column "Orders"."tpTriggerPrice": expected numeric(18,8), but the column is missing.'],
    ),
    "an extra column": (
        'ALTER TABLE "Models" ADD COLUMN "color" text',
        ['Column "Models"."color": expected no such column, found text.'],
    ),
    "a renamed column": (
        'ALTER TABLE "Models" RENAME COLUMN "totalMinutes" TO "minutes"',
        [
            'Column "Models"."totalMinutes": expected integer, but the column is missing.',
            'Column "Models"."minutes": expected no such column, found integer.',
        ],
    ),
    "columns in another order": (
        'ALTER TABLE "ToolCalls" DROP COLUMN "metadata";'
        'ALTER TABLE "ToolCalls" ADD COLUMN "metadata" text NOT NULL',
        [
            'Table "ToolCalls": expected the columns in the order id, invocationId, toolCallType,'
            " metadata, createdAt, updatedAt, found id, invocationId, toolCallType, createdAt,"
            " updatedAt, metadata.",
            # It went with the column that it looks at.
            'Index "ToolCalls_mishaps_idx" on "ToolCalls": expected btree (createdAt, id) WHERE'
            " ((metadata ~~ '%denied:%'::text) OR (metadata ~~ '%unusable:%'::text)), but it is"
            " missing.",
        ],
    ),
    "another type": (
        'ALTER TABLE "Orders" ALTER COLUMN "closeTrigger" TYPE varchar(20)',
        ['Column "Orders"."closeTrigger": expected type text, found character varying(20).'],
    ),
    "another precision": (
        'ALTER TABLE "Orders" ALTER COLUMN "quantity" TYPE numeric(20, 8)',
        ['Column "Orders"."quantity": expected type numeric(18,8), found numeric(20,8).'],
    ),
    "a time zone": (
        'ALTER TABLE "Orders" ALTER COLUMN "closedAt" TYPE timestamptz',
        [
            'Column "Orders"."closedAt": expected type timestamp without time zone,'
            " found timestamp with time zone."
        ],
    ),
    "a collation": (
        'ALTER TABLE "Orders" ALTER COLUMN "closeTrigger" TYPE text COLLATE "C"',
        ['Column "Orders"."closeTrigger": expected type text, found text with a collation.'],
    ),
    "a type of another arena": (
        """CREATE SCHEMA other; CREATE TYPE other."OrderSide" AS ENUM ('LONG', 'SHORT');"""
        'ALTER TABLE "Orders" ALTER COLUMN side TYPE other."OrderSide" USING NULL',
        ['Column "Orders"."side": expected type OrderSide, found other."OrderSide".'],
    ),
    "a column that may be NULL": (
        'ALTER TABLE "Orders" ALTER COLUMN "symbol" DROP NOT NULL',
        ['Column "Orders"."symbol": expected NOT NULL, found NULL allowed.'],
    ),
    "a column that may not be NULL": (
        'ALTER TABLE "Orders" ALTER COLUMN "leverage" SET NOT NULL',
        ['Column "Orders"."leverage": expected NULL allowed, found NOT NULL.'],
    ),
    "another default": (
        """ALTER TABLE "Models" ALTER COLUMN "variant" SET DEFAULT 'Sovereign'""",
        ["""Column "Models"."variant": expected default 'Apex', found 'Sovereign'."""],
    ),
    "no default": (
        'ALTER TABLE "Models" ALTER COLUMN "totalMinutes" DROP DEFAULT',
        ['Column "Models"."totalMinutes": expected default 0, found none.'],
    ),
    "a default where none belongs": (
        'ALTER TABLE "Models" ALTER COLUMN "id" SET DEFAULT gen_random_uuid()',
        ['Column "Models"."id": expected default none, found gen_random_uuid().'],
    ),
    "an extra enum value": (
        """ALTER TYPE "OrderStatus" ADD VALUE 'PENDING' BEFORE 'CLOSED'""",
        ["""Enum "OrderStatus": expected no value 'PENDING', found one."""],
    ),
    "a renamed enum value": (
        """ALTER TYPE "Variant" RENAME VALUE 'Apex' TO 'Peak'""",
        [
            """Enum "Variant": expected the value 'Apex', but it is missing.""",
            """Enum "Variant": expected no value 'Peak', found one.""",
            """Column "Models"."variant": expected default 'Apex', found 'Peak'.""",
        ],
    ),
    "enum values in another order": (
        """ALTER TYPE "OrderSide" RENAME VALUE 'LONG' TO 'x';"""
        """ALTER TYPE "OrderSide" RENAME VALUE 'SHORT' TO 'LONG';"""
        """ALTER TYPE "OrderSide" RENAME VALUE 'x' TO 'SHORT'""",
        ['Enum "OrderSide": expected the values in the order LONG, SHORT, found SHORT, LONG.'],
    ),
    "a missing index": (
        'DROP INDEX "Orders_symbol_idx"',
        ['Index "Orders_symbol_idx" on "Orders": expected btree (symbol), but it is missing.'],
    ),
    "another index under the name": (
        'DROP INDEX "Orders_modelId_status_idx";'
        'CREATE INDEX "Orders_modelId_status_idx" ON "Orders" (status, "modelId" DESC)',
        [
            'Index "Orders_modelId_status_idx" on "Orders": expected btree (modelId, status),'
            " found btree (status, modelId DESC)."
        ],
    ),
    "a unique index that is not unique": (
        'DROP INDEX "Models_name_variant_key";'
        'CREATE INDEX "Models_name_variant_key" ON "Models" (name, variant)',
        [
            'Index "Models_name_variant_key" on "Models": expected UNIQUE btree (name, variant),'
            " found btree (name, variant)."
        ],
    ),
    "an extra unique index": (
        """CREATE UNIQUE INDEX one_open ON "Orders" ("modelId", symbol)""",
        [
            'Index "one_open" on "Orders": expected no such index,'
            " found UNIQUE btree (modelId, symbol)."
        ],
    ),
    "an extra partial index": (
        """CREATE INDEX few ON "Orders" (symbol) WHERE leverage IS NULL""",
        [
            'Index "few" on "Orders": expected no such index,'
            " found btree (symbol) WHERE (leverage IS NULL)."
        ],
    ),
    "an extra unique constraint": (
        'ALTER TABLE "Models" ADD CONSTRAINT one_account UNIQUE ("accountIndex")',
        ['Key "one_account" on "Models": expected no such key, found UNIQUE (accountIndex).'],
    ),
    "an extra check": (
        'ALTER TABLE "Orders" ADD CONSTRAINT positive CHECK (quantity > 0)',
        ['Key "positive" on "Orders": expected no such key, found CHECK.'],
    ),
    "a missing key": (
        'ALTER TABLE "Orders" DROP CONSTRAINT "Orders_modelId_Models_id_fk"',
        [
            'Key "Orders_modelId_Models_id_fk" on "Orders": expected '
            f"{_ORDERS_KEY(delete='restrict', update='cascade')}, but it is missing."
        ],
    ),
    "other rules of a key": (
        'ALTER TABLE "Orders" DROP CONSTRAINT "Orders_modelId_Models_id_fk",'
        'ADD CONSTRAINT "Orders_modelId_Models_id_fk" FOREIGN KEY ("modelId")'
        ' REFERENCES "Models" (id) ON DELETE CASCADE',
        [
            'Key "Orders_modelId_Models_id_fk" on "Orders": expected '
            f"{_ORDERS_KEY(delete='restrict', update='cascade')}, found "
            f"{_ORDERS_KEY(delete='cascade', update='no action')}."
        ],
    ),
    "a key into another arena": (
        'CREATE SCHEMA other; CREATE TABLE other."Models" (id text PRIMARY KEY);'
        'ALTER TABLE "Orders" DROP CONSTRAINT "Orders_modelId_Models_id_fk",'
        'ADD CONSTRAINT "Orders_modelId_Models_id_fk" FOREIGN KEY ("modelId")'
        ' REFERENCES other."Models" (id) ON DELETE RESTRICT ON UPDATE CASCADE',
        [
            'Key "Orders_modelId_Models_id_fk" on "Orders": expected '
            f"{_ORDERS_KEY(delete='restrict', update='cascade')}, found FOREIGN KEY (modelId)"
            " REFERENCES other.Models (id) ON DELETE restrict ON UPDATE cascade."
        ],
    ),
    "a key that is not validated": (
        'ALTER TABLE "Orders" DROP CONSTRAINT "Orders_modelId_Models_id_fk",'
        'ADD CONSTRAINT "Orders_modelId_Models_id_fk" FOREIGN KEY ("modelId")'
        ' REFERENCES "Models" (id) ON DELETE RESTRICT ON UPDATE CASCADE NOT VALID',
        [
            'Key "Orders_modelId_Models_id_fk" on "Orders": expected '
            f"{_ORDERS_KEY(delete='restrict', update='cascade')}, found "
            f"{_ORDERS_KEY(delete='restrict', update='cascade')} NOT VALID."
        ],
    ),
    "a trigger": (
        "CREATE FUNCTION quiet() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
        'CREATE TRIGGER gone BEFORE INSERT ON "Orders" FOR EACH ROW EXECUTE FUNCTION quiet()',
        ['Table "Orders": expected no trigger, rule or policy, found trigger "gone".'],
    ),
    "a rule": (
        'CREATE RULE nothing AS ON INSERT TO "Orders" DO INSTEAD NOTHING',
        ['Table "Orders": expected no trigger, rule or policy, found rule "nothing".'],
    ),
    "row level security": (
        'ALTER TABLE "Orders" ENABLE ROW LEVEL SECURITY',
        ['Table "Orders": expected no trigger, rule or policy, found row level security.'],
    ),
    "a missing table": (
        'DROP TABLE "PortfolioSize"',
        ['Table "PortfolioSize": expected, but it is missing.'],
    ),
    "a view under the name": (
        'ALTER TABLE "PortfolioSize" RENAME TO sizes;'
        'CREATE VIEW "PortfolioSize" AS SELECT * FROM sizes',
        ['Table "PortfolioSize": expected a table, found: view.'],
    ),
    "an unlogged table": (
        'ALTER TABLE "PortfolioSize" SET UNLOGGED',
        ['Table "PortfolioSize": expected a table, found: unlogged table.'],
    ),
    "a missing table of our own": (
        'DROP TABLE "Marks"',
        ['Table "Marks": expected, but it is missing.'],
    ),
    "a missing column of our own": (
        'ALTER TABLE "Arms" DROP COLUMN epoch',
        ['Column "Arms"."epoch": expected integer, but the column is missing.'],
    ),
    "a missing check of our own": (
        'ALTER TABLE "Fills" DROP CONSTRAINT "Fills_price_check"',
        ['Key "Fills_price_check" on "Fills": expected CHECK, but it is missing.'],
    ),
}


@pytest.mark.parametrize("case", _CASES)
def test_the_check_names(case: str, database_url: str) -> None:
    change, sentences = _CASES[case]
    upgraded(database_url)
    assert found_differences(database_url) == []
    execute(database_url, change)
    assert found_differences(database_url) == sentences


@pytest.mark.parametrize(
    "change",
    [
        'CREATE INDEX plain ON "Orders" ("closedAt" DESC)',
        """CREATE INDEX words ON "Orders" (lower(symbol))""",
        'CREATE TABLE theirs (id text); CREATE VIEW "TheirOrders" AS SELECT * FROM "Orders"',
        'CREATE SCHEMA other; CREATE TABLE other."Orders" (id text)',
        """ALTER TABLE "Models" ALTER COLUMN name SET STATISTICS 500""",
    ],
)
def test_the_check_is_silent_about(change: str, database_url: str) -> None:
    upgraded(database_url)
    execute(database_url, change)
    assert found_differences(database_url) == []


def test_an_arena_that_does_not_exist_lacks_every_enum_and_table(database_url: str) -> None:
    sentences = found_differences(database_url, "nowhere")
    contract = full_contract()
    assert len(sentences) == len(contract.enums) + len(contract.tables) > 4 + 13
    assert all(sentence.endswith("missing.") for sentence in sentences)


def test_the_check_needs_no_search_path(database_url: str) -> None:
    upgraded(database_url, "spring")
    upgraded(database_url, "autumn")
    execute(database_url, 'DROP INDEX spring."Orders_symbol_idx"')
    assert found_differences(database_url, "autumn") == []
    assert found_differences(database_url, "spring") == [
        'Index "Orders_symbol_idx" on "Orders": expected btree (symbol), but it is missing.'
    ]
