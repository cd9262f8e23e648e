"""Add what several processes share: questions for models with their answers, and bars for them."""

from __future__ import annotations

from alembic import op

__all__ = ["down_revision", "revision", "upgrade"]

revision = "0004"
down_revision = "0003"

_SQL = """
CREATE TABLE "Questions" (
    "id" text PRIMARY KEY CONSTRAINT "Questions_id_Invocations_id_fk"
        REFERENCES "Invocations" ("id") ON DELETE restrict ON UPDATE cascade,
    "modelId" text NOT NULL CONSTRAINT "Questions_modelId_Models_id_fk"
        REFERENCES "Models" ("id") ON DELETE restrict ON UPDATE cascade,
    "epoch" integer NOT NULL,
    "state" text NOT NULL DEFAULT 'ASKED' CONSTRAINT "Questions_state_check"
        CHECK ("state" IN ('ASKED', 'ANSWERED', 'GIVEN_UP')),
    -- Of type json, not jsonb: the order of its keys is the order in which a model is told.
    "question" json,
    "answer" json,
    "worker" text,
    "reason" text,
    "askedAt" timestamp NOT NULL DEFAULT now(),
    "takenAt" timestamp,
    "endedAt" timestamp
);
CREATE INDEX "Questions_modelId_idx" ON "Questions" ("modelId");

CREATE TABLE "SharedBars" (
    "market" integer NOT NULL,
    "part" integer NOT NULL,
    "bars" bytea NOT NULL,
    CONSTRAINT "SharedBars_pkey" PRIMARY KEY ("market", "part")
);
"""


def upgrade() -> None:
    """Make the two tables."""
    op.get_bind().exec_driver_sql(_SQL)
