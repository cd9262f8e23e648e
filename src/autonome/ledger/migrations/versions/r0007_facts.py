"""Add what is known of an arena as a whole: how it is run, and what its last audit said."""

from __future__ import annotations

from alembic import op

__all__ = ["down_revision", "revision", "upgrade"]

revision = "0007"
down_revision = "0006"

_SQL = """
CREATE TABLE "Facts" (
    "name" text PRIMARY KEY CONSTRAINT "Facts_name_check" CHECK ("name" IN ('run', 'audit')),
    "at" timestamp NOT NULL,
    "said" jsonb NOT NULL
);
"""


def upgrade() -> None:
    """Make the table: one row for each fact, its newest."""
    op.get_bind().exec_driver_sql(_SQL)
