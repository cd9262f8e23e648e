"""Let a leader note what the market says, and let lists over all arms be read by index."""

from __future__ import annotations

from alembic import op

__all__ = ["down_revision", "revision", "upgrade"]

revision = "0010"
down_revision = "0009"

_SQL = """
ALTER TABLE "Facts" DROP CONSTRAINT "Facts_name_check";
ALTER TABLE "Facts" ADD CONSTRAINT "Facts_name_check"
    CHECK ("name" IN ('run', 'audit', 'market'));

CREATE INDEX IF NOT EXISTS "Fills_filledAt_idx" ON "Fills" ("filledAt", "id");
CREATE INDEX IF NOT EXISTS "Invocations_createdAt_idx" ON "Invocations" ("createdAt", "id");
-- What went wrong is rare: bookings pay for a look at the row, and seldom for an entry.
CREATE INDEX IF NOT EXISTS "Invocations_mishaps_idx" ON "Invocations" ("createdAt", "id")
    WHERE ("responsePayload" ->> 'state') IN ('MISSED', 'FAILED');
CREATE INDEX IF NOT EXISTS "ToolCalls_mishaps_idx" ON "ToolCalls" ("createdAt", "id")
    WHERE "metadata" LIKE '%%"denied":%%' OR "metadata" LIKE '%%"unusable":%%';
"""


def upgrade() -> None:
    """Allow one more name of a fact, and make the indexes."""
    op.get_bind().exec_driver_sql(_SQL)
