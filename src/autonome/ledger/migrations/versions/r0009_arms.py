"""Add what operators change of arms: limits of their own, and what the policy judged by."""

from __future__ import annotations

from alembic import op

__all__ = ["down_revision", "revision", "upgrade"]

revision = "0009"
down_revision = "0008"

_SQL = """
ALTER TABLE "Commands" DROP CONSTRAINT "Commands_kind_check";
ALTER TABLE "Commands" ADD CONSTRAINT "Commands_kind_check"
    CHECK ("kind" IN ('HALT', 'RESUME', 'FLATTEN', 'CLOSE', 'EDIT_PLAN', 'ENABLE', 'DISABLE',
        'EDIT_POLICY', 'ADD_ARM', 'EDIT_ARM', 'RESET'));

CREATE OR REPLACE FUNCTION "refuseChange"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is only ever added to';
END
$$;

CREATE TABLE "ArmPolicies" (
    "modelId" text NOT NULL CONSTRAINT "ArmPolicies_modelId_Models_id_fk"
        REFERENCES "Models" ("id") ON DELETE restrict ON UPDATE cascade,
    "version" integer NOT NULL,
    "name" text NOT NULL,
    "limits" jsonb NOT NULL,
    "at" timestamp NOT NULL,
    "who" text NOT NULL,
    "reason" text,
    "commandId" text,
    PRIMARY KEY ("modelId", "version")
);
CREATE TRIGGER "ArmPolicies_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "ArmPolicies"
    FOR EACH STATEMENT EXECUTE FUNCTION "refuseChange"();

CREATE TABLE "Judgements" (
    "toolCallId" text PRIMARY KEY CONSTRAINT "Judgements_toolCallId_ToolCalls_id_fk"
        REFERENCES "ToolCalls" ("id") ON DELETE restrict ON UPDATE cascade,
    "request" jsonb NOT NULL,
    "standing" jsonb NOT NULL
);
"""


def upgrade() -> None:
    """Make the tables; an arm without a row of its own has the limits of its policy."""
    op.get_bind().exec_driver_sql(_SQL)
