"""Add who may command an arena, what they may ask of it, and the log of what was done."""

from __future__ import annotations

from alembic import op

__all__ = ["down_revision", "revision", "upgrade"]

revision = "0008"
down_revision = "0007"

_SQL = """
ALTER TABLE "Commands" ADD COLUMN "payload" jsonb;
ALTER TABLE "Commands" DROP CONSTRAINT "Commands_kind_check";
ALTER TABLE "Commands" ADD CONSTRAINT "Commands_kind_check"
    CHECK ("kind" IN ('HALT', 'RESUME', 'FLATTEN', 'CLOSE', 'EDIT_PLAN', 'ENABLE', 'DISABLE'));

CREATE TABLE "Tokens" (
    "id" text PRIMARY KEY,
    "name" text NOT NULL,
    "scope" text NOT NULL CONSTRAINT "Tokens_scope_check" CHECK ("scope" IN ('READ', 'ADMIN')),
    "hash" text NOT NULL,
    "createdAt" timestamp NOT NULL DEFAULT now(),
    "lastUsedAt" timestamp,
    "revokedAt" timestamp
);
CREATE UNIQUE INDEX "Tokens_name_key" ON "Tokens" ("name");

CREATE TABLE "Sessions" (
    "id" text PRIMARY KEY,
    "tokenId" text NOT NULL CONSTRAINT "Sessions_tokenId_Tokens_id_fk"
        REFERENCES "Tokens" ("id") ON DELETE restrict ON UPDATE cascade,
    "hash" text NOT NULL,
    "createdAt" timestamp NOT NULL DEFAULT now(),
    "expiresAt" timestamp NOT NULL
);
CREATE INDEX "Sessions_tokenId_idx" ON "Sessions" ("tokenId");

CREATE TABLE "ControlLog" (
    "id" text PRIMARY KEY,
    "at" timestamp NOT NULL,
    "who" text NOT NULL,
    "what" text NOT NULL,
    -- No foreign keys: what was done stays on record as it was, whatever becomes of the row.
    "modelId" text,
    "commandId" text,
    "before" jsonb,
    "after" jsonb,
    "reason" text
);
CREATE INDEX "ControlLog_at_idx" ON "ControlLog" ("at", "id");

INSERT INTO "ControlLog" ("id", "at", "who", "what", "modelId", "commandId", "reason")
    SELECT "id", "requestedAt", "requestedBy", lower("kind"), "modelId", "id", "reason"
    FROM "Commands";

CREATE FUNCTION "refuseChange"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log of control is only ever added to';
END
$$;
CREATE TRIGGER "ControlLog_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "ControlLog"
    FOR EACH STATEMENT EXECUTE FUNCTION "refuseChange"();
"""


def upgrade() -> None:
    """Make the tables; what operators have asked for so far is the beginning of the log."""
    op.get_bind().exec_driver_sql(_SQL)
