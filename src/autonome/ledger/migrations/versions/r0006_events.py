"""Add what a running arena tells whoever watches it: its events, kept for an hour."""

from __future__ import annotations

from alembic import op

__all__ = ["down_revision", "revision", "upgrade"]

revision = "0006"
down_revision = "0005"

_SQL = """
CREATE TABLE "Events" (
    "id" bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "writtenAt" timestamp NOT NULL DEFAULT now(),
    "at" timestamp NOT NULL,
    "kind" text NOT NULL CONSTRAINT "Events_kind_check" CHECK ("kind" IN (
        'position', 'trade', 'invocation', 'text', 'call', 'nav', 'prices', 'arena', 'cycle')),
    "modelId" text CONSTRAINT "Events_modelId_Models_id_fk"
        REFERENCES "Models" ("id") ON DELETE restrict ON UPDATE cascade,
    "payload" jsonb NOT NULL
);
"""


def upgrade() -> None:
    """Make the table; its key is the only index, because it is read and emptied in its order."""
    op.get_bind().exec_driver_sql(_SQL)
