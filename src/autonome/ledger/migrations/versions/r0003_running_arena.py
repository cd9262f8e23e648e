"""Add what an arena that runs by itself needs to go on: what arms remember, what operators ask."""

from __future__ import annotations

from alembic import op

__all__ = ["down_revision", "revision", "upgrade"]

revision = "0003"
down_revision = "0002"

_SQL = """
CREATE TABLE "ArmStates" (
    "modelId" text PRIMARY KEY CONSTRAINT "ArmStates_modelId_Models_id_fk"
        REFERENCES "Models" ("id") ON DELETE restrict ON UPDATE cascade,
    "state" jsonb NOT NULL,
    "updatedAt" timestamp NOT NULL DEFAULT now()
);

CREATE TABLE "Commands" (
    "id" text PRIMARY KEY,
    "kind" text NOT NULL CONSTRAINT "Commands_kind_check"
        CHECK ("kind" IN ('HALT', 'RESUME', 'FLATTEN')),
    "modelId" text CONSTRAINT "Commands_modelId_Models_id_fk"
        REFERENCES "Models" ("id") ON DELETE restrict ON UPDATE cascade,
    "reason" text NOT NULL,
    "requestedBy" text NOT NULL,
    "requestedAt" timestamp NOT NULL DEFAULT now(),
    "doneAt" timestamp,
    "outcome" text
);
CREATE INDEX "Commands_modelId_idx" ON "Commands" ("modelId");
CREATE INDEX "Commands_pending_idx" ON "Commands" ("requestedAt") WHERE "doneAt" IS NULL;

-- Whoever made the table may have felt the same need.
CREATE INDEX IF NOT EXISTS "Invocations_modelId_createdAt_idx"
    ON "Invocations" ("modelId", "createdAt");
"""


def upgrade() -> None:
    """Make the two tables, and the index that reading a model's newest invocations needs."""
    op.get_bind().exec_driver_sql(_SQL)
