"""Revisions of an arena, run by Alembic inside the caller's transaction."""
