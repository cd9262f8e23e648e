"""Let a leader note what the market says between the minutes."""

from __future__ import annotations

from alembic import op

__all__ = ["down_revision", "revision", "upgrade"]

revision = "0010"
down_revision = "0009"

_SQL = """
ALTER TABLE "Facts" DROP CONSTRAINT "Facts_name_check";
ALTER TABLE "Facts" ADD CONSTRAINT "Facts_name_check"
    CHECK ("name" IN ('run', 'audit', 'market'));
"""


def upgrade() -> None:
    """Allow one more name of a fact."""
    op.get_bind().exec_driver_sql(_SQL)
