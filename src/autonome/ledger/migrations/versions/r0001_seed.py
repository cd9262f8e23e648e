"""Make the five tables and four enums of the contract, or adopt those that another client made."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Connection, text

from autonome.domain.errors import SchemaMismatch
from autonome.domain.variants import VARIANT_IDS
from autonome.ledger.schema.catalogue import Catalogue
from autonome.ledger.schema.contract import VARIANT_ENUM, seed_contract
from autonome.ledger.schema.differences import compare
from autonome.ledger.schema.reading import read_catalogue

__all__ = ["VARIANTS_ADDED", "down_revision", "revision", "upgrade"]

revision = "0001"
down_revision = None

VARIANTS_ADDED = ("Apex", "Trendsurfer", "Contrarian", "Sovereign")
"""Values that this revision gives the enum of variants."""

_VARIANT_LIST = ", ".join(f"'{variant}'" for variant in VARIANTS_ADDED)

_SQL = f"""
CREATE TYPE "Variant" AS ENUM ({_VARIANT_LIST});
CREATE TYPE "ToolCallType" AS ENUM ('CREATE_POSITION', 'CLOSE_POSITION', 'HOLDING');
CREATE TYPE "OrderStatus" AS ENUM ('OPEN', 'CLOSED');
CREATE TYPE "OrderSide" AS ENUM ('LONG', 'SHORT');

CREATE TABLE "Models" (
    "id" text PRIMARY KEY,
    "name" text NOT NULL,
    "openRouterModelName" text NOT NULL,
    "variant" "Variant" NOT NULL DEFAULT '{VARIANTS_ADDED[0]}',
    "lighterApiKey" text NOT NULL DEFAULT '0',
    "invocationCount" integer NOT NULL DEFAULT 0,
    "totalMinutes" integer NOT NULL DEFAULT 0,
    "accountIndex" text NOT NULL DEFAULT '0',
    "failedWorkflowCount" integer NOT NULL DEFAULT 0,
    "failedToolCallCount" integer NOT NULL DEFAULT 0
);
CREATE INDEX "Models_name_idx" ON "Models" ("name");
CREATE UNIQUE INDEX "Models_name_variant_key" ON "Models" ("name", "variant");

CREATE TABLE "Invocations" (
    "id" text PRIMARY KEY,
    "modelId" text NOT NULL CONSTRAINT "Invocations_modelId_Models_id_fk"
        REFERENCES "Models" ("id") ON DELETE restrict ON UPDATE cascade,
    "response" text NOT NULL,
    "responsePayload" jsonb,
    "createdAt" timestamp NOT NULL DEFAULT now(),
    "updatedAt" timestamp NOT NULL DEFAULT now()
);
CREATE INDEX "Invocations_modelId_idx" ON "Invocations" ("modelId");

CREATE TABLE "ToolCalls" (
    "id" text PRIMARY KEY,
    "invocationId" text NOT NULL CONSTRAINT "ToolCalls_invocationId_Invocations_id_fk"
        REFERENCES "Invocations" ("id") ON DELETE restrict ON UPDATE cascade,
    "toolCallType" "ToolCallType" NOT NULL,
    "metadata" text NOT NULL,
    "createdAt" timestamp NOT NULL DEFAULT now(),
    "updatedAt" timestamp NOT NULL DEFAULT now()
);

CREATE TABLE "PortfolioSize" (
    "id" text PRIMARY KEY,
    "modelId" text NOT NULL CONSTRAINT "PortfolioSize_modelId_Models_id_fk"
        REFERENCES "Models" ("id") ON DELETE restrict ON UPDATE cascade,
    "netPortfolio" numeric(18, 2) NOT NULL,
    "createdAt" timestamp NOT NULL DEFAULT now(),
    "updatedAt" timestamp NOT NULL DEFAULT now()
);
CREATE INDEX "PortfolioSize_modelId_idx" ON "PortfolioSize" ("modelId");
CREATE INDEX "PortfolioSize_modelId_createdAt_idx" ON "PortfolioSize" ("modelId", "createdAt");
CREATE INDEX "PortfolioSize_createdAt_idx" ON "PortfolioSize" ("createdAt");

CREATE TABLE "Orders" (
    "id" text PRIMARY KEY,
    "modelId" text NOT NULL CONSTRAINT "Orders_modelId_Models_id_fk"
        REFERENCES "Models" ("id") ON DELETE restrict ON UPDATE cascade,
    "symbol" text NOT NULL,
    "side" "OrderSide" NOT NULL,
    "quantity" numeric(18, 8) NOT NULL,
    "leverage" numeric(10, 2),
    "entryPrice" numeric(18, 8) NOT NULL,
    "exitPlan" jsonb,
    "status" "OrderStatus" NOT NULL DEFAULT 'OPEN',
    "exitPrice" numeric(18, 8),
    "realizedPnl" numeric(18, 2),
    "closeTrigger" text,
    "slOrderIndex" text,
    "tpOrderIndex" text,
    "slTriggerPrice" numeric(18, 8),
    "tpTriggerPrice" numeric(18, 8),
    "openedAt" timestamp NOT NULL DEFAULT now(),
    "closedAt" timestamp,
    "updatedAt" timestamp NOT NULL DEFAULT now()
);
CREATE INDEX "Orders_modelId_idx" ON "Orders" ("modelId");
CREATE INDEX "Orders_status_idx" ON "Orders" ("status");
CREATE INDEX "Orders_modelId_status_idx" ON "Orders" ("modelId", "status");
CREATE INDEX "Orders_symbol_idx" ON "Orders" ("symbol");
"""


def upgrade() -> None:
    """Make the contract's objects if none is there; adopt them if all are, unchanged.

    Raises:
        SchemaMismatch: some are there, and they differ from the contract.
    """
    connection = op.get_bind()
    found = _catalogue(connection)
    # A client that knows the same registry may have made more variants than this revision does.
    known = max(len(VARIANTS_ADDED), len(found.enums.get(VARIANT_ENUM, ())))
    contract = seed_contract(VARIANT_IDS[:known])
    if not (found.tables.keys() & contract.tables or found.enums.keys() & contract.enums):
        connection.exec_driver_sql(_SQL)
        return
    differences = compare(expected=contract, found=found)
    if differences:
        raise SchemaMismatch(
            "expected none of the contract's tables and enums, or all of them as it says, found "
            f"{len(differences)} differences: {' '.join(differences)}",
            remedy="Correct what the differences name, or use another arena.",
            differences=differences,
        )


def _catalogue(connection: Connection) -> Catalogue:
    arena = connection.scalar(text("SELECT current_schema()"))
    return read_catalogue(connection, str(arena))
