"""Add what the contract has no place for: arms, cycles, intents, fills, payments, marks."""

from __future__ import annotations

from alembic import op

__all__ = ["down_revision", "revision", "upgrade"]

revision = "0002"
down_revision = "0001"

_SQL = """
CREATE TABLE "Arms" (
    "modelId" text PRIMARY KEY CONSTRAINT "Arms_modelId_Models_id_fk"
        REFERENCES "Models" ("id") ON DELETE restrict ON UPDATE cascade,
    "kind" text NOT NULL CONSTRAINT "Arms_kind_check"
        CHECK ("kind" IN ('LLM', 'RULE', 'CONTROL', 'EXTERNAL')),
    "replica" integer NOT NULL DEFAULT 0,
    "policy" text NOT NULL DEFAULT 'standard' CONSTRAINT "Arms_policy_check"
        CHECK ("policy" IN ('standard', 'control', 'as-written')),
    "settings" jsonb NOT NULL DEFAULT '{}',
    "startingCapital" numeric(18, 8) NOT NULL,
    "enabled" boolean NOT NULL DEFAULT true,
    "haltedReason" text,
    "epoch" integer NOT NULL DEFAULT 0,
    "createdAt" timestamp NOT NULL DEFAULT now(),
    "updatedAt" timestamp NOT NULL DEFAULT now()
);

CREATE TABLE "Cycles" (
    "id" text PRIMARY KEY,
    "scheduledAt" timestamp NOT NULL,
    "startedAt" timestamp NOT NULL,
    "finishedAt" timestamp,
    "observationHash" text,
    "recipe" jsonb,
    "observation" jsonb
);
CREATE UNIQUE INDEX "Cycles_scheduledAt_key" ON "Cycles" ("scheduledAt");

CREATE TABLE "Intents" (
    "id" text PRIMARY KEY,
    "modelId" text NOT NULL CONSTRAINT "Intents_modelId_Models_id_fk"
        REFERENCES "Models" ("id") ON DELETE restrict ON UPDATE cascade,
    "toolCallId" text CONSTRAINT "Intents_toolCallId_ToolCalls_id_fk"
        REFERENCES "ToolCalls" ("id") ON DELETE restrict ON UPDATE cascade,
    "orderId" text CONSTRAINT "Intents_orderId_Orders_id_fk"
        REFERENCES "Orders" ("id") ON DELETE restrict ON UPDATE cascade,
    "symbol" text NOT NULL,
    "clientOrderIndex" bigint NOT NULL CONSTRAINT "Intents_clientOrderIndex_check"
        CHECK ("clientOrderIndex" > 0 AND "clientOrderIndex" < 281474976710656),
    "venueOrderId" text,
    "purpose" text NOT NULL CONSTRAINT "Intents_purpose_check" CHECK ("purpose" IN (
        'OPEN', 'CLOSE', 'STOP', 'TARGET', 'INVALIDATION', 'TIME', 'LIQUIDATION', 'HALT',
        'RECONCILE')),
    "orderType" text NOT NULL CONSTRAINT "Intents_orderType_check"
        CHECK ("orderType" IN ('MARKET', 'LIMIT', 'STOP_MARKET', 'TARGET_MARKET')),
    "side" text NOT NULL CONSTRAINT "Intents_side_check" CHECK ("side" IN ('BUY', 'SELL')),
    "quantity" numeric(18, 8) NOT NULL CONSTRAINT "Intents_quantity_check" CHECK ("quantity" > 0),
    "triggerPrice" numeric(18, 8),
    "limitPrice" numeric(18, 8),
    "reduceOnly" boolean NOT NULL DEFAULT false,
    "state" text NOT NULL DEFAULT 'NEW' CONSTRAINT "Intents_state_check" CHECK ("state" IN (
        'NEW', 'SENT', 'ACKNOWLEDGED', 'FILLED', 'REJECTED', 'CANCELLED', 'UNKNOWN')),
    "reason" text,
    "createdAt" timestamp NOT NULL DEFAULT now(),
    "updatedAt" timestamp NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX "Intents_clientOrderIndex_key" ON "Intents" ("clientOrderIndex");
CREATE INDEX "Intents_modelId_idx" ON "Intents" ("modelId");
CREATE INDEX "Intents_toolCallId_idx" ON "Intents" ("toolCallId");
CREATE INDEX "Intents_orderId_idx" ON "Intents" ("orderId");
CREATE INDEX "Intents_open_idx" ON "Intents" ("modelId")
    WHERE "state" IN ('NEW', 'SENT', 'ACKNOWLEDGED', 'UNKNOWN');

CREATE TABLE "Fills" (
    "id" text PRIMARY KEY,
    "intentId" text CONSTRAINT "Fills_intentId_Intents_id_fk"
        REFERENCES "Intents" ("id") ON DELETE restrict ON UPDATE cascade,
    "orderId" text NOT NULL CONSTRAINT "Fills_orderId_Orders_id_fk"
        REFERENCES "Orders" ("id") ON DELETE restrict ON UPDATE cascade,
    "modelId" text NOT NULL CONSTRAINT "Fills_modelId_Models_id_fk"
        REFERENCES "Models" ("id") ON DELETE restrict ON UPDATE cascade,
    "symbol" text NOT NULL,
    "venueFillId" text NOT NULL,
    "part" smallint NOT NULL DEFAULT 0,
    "side" text NOT NULL CONSTRAINT "Fills_side_check" CHECK ("side" IN ('BUY', 'SELL')),
    "quantity" numeric(18, 8) NOT NULL CONSTRAINT "Fills_quantity_check" CHECK ("quantity" > 0),
    "price" numeric(18, 8) NOT NULL CONSTRAINT "Fills_price_check" CHECK ("price" > 0),
    "fee" numeric(18, 8) NOT NULL,
    "liquidity" text NOT NULL CONSTRAINT "Fills_liquidity_check"
        CHECK ("liquidity" IN ('MAKER', 'TAKER', 'ADOPTED')),
    "filledAt" timestamp NOT NULL,
    "recordedAt" timestamp NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX "Fills_modelId_venueFillId_part_key"
    ON "Fills" ("modelId", "venueFillId", "part");
CREATE INDEX "Fills_modelId_filledAt_idx" ON "Fills" ("modelId", "filledAt");
CREATE INDEX "Fills_orderId_idx" ON "Fills" ("orderId");
CREATE INDEX "Fills_intentId_idx" ON "Fills" ("intentId");

CREATE TABLE "Payments" (
    "id" text PRIMARY KEY,
    "modelId" text NOT NULL CONSTRAINT "Payments_modelId_Models_id_fk"
        REFERENCES "Models" ("id") ON DELETE restrict ON UPDATE cascade,
    "orderId" text CONSTRAINT "Payments_orderId_Orders_id_fk"
        REFERENCES "Orders" ("id") ON DELETE restrict ON UPDATE cascade,
    "kind" text NOT NULL CONSTRAINT "Payments_kind_check" CHECK ("kind" IN (
        'FUNDING', 'LIQUIDATION_FEE', 'SHORTFALL', 'INFERENCE', 'DEPOSIT', 'WITHDRAWAL',
        'ADOPTED')),
    "amount" numeric(18, 8) NOT NULL,
    "occurredAt" timestamp NOT NULL,
    "recordedAt" timestamp NOT NULL DEFAULT now()
);
CREATE INDEX "Payments_modelId_occurredAt_idx" ON "Payments" ("modelId", "occurredAt");
CREATE INDEX "Payments_orderId_idx" ON "Payments" ("orderId");

CREATE TABLE "Marks" (
    "symbol" text NOT NULL,
    "at" timestamp NOT NULL,
    "price" numeric(18, 8) NOT NULL CONSTRAINT "Marks_price_check" CHECK ("price" > 0),
    PRIMARY KEY ("symbol", "at")
);

-- Whoever made the table may have felt the same need.
CREATE INDEX IF NOT EXISTS "ToolCalls_invocationId_idx" ON "ToolCalls" ("invocationId");
CREATE INDEX IF NOT EXISTS "Orders_closedAt_idx" ON "Orders" ("closedAt");
"""


def upgrade() -> None:
    """Make the tables of our own, and the indexes that reading tool calls and trades needs."""
    op.get_bind().exec_driver_sql(_SQL)
