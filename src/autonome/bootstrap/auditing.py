"""The audit of an arena, for the command line."""

from __future__ import annotations

from collections.abc import Callable

import psycopg

from autonome.audit.arena import audit
from autonome.audit.report import Report as AuditReport
from autonome.bootstrap.database import open_database
from autonome.config import Settings
from autonome.domain.errors import ArenaMissing
from autonome.ledger.arenas import check_arena
from autonome.ledger.connection import connect, explained

__all__ = ["AuditReport", "audit_arena"]


def audit_arena(
    settings: Settings, arena: str | None, *, progress: Callable[[int, int], None]
) -> AuditReport:
    """Recompute an arena from its fills, payments and marks, and compare every stored figure.

    Raises:
        SettingError: ``arena`` may not name an arena.
        ArenaMissing: it has no tables.
        LedgerError: the server cannot be used.
    """
    name = check_arena(arena or settings.arena)
    try:
        with open_database(settings) as url, explained(url), connect(url, arena=name) as connection:
            return audit(connection, arena=name, progress=progress)
    except psycopg.errors.UndefinedTable as error:
        raise ArenaMissing(
            f"expected the tables of arena {name!r}, found none.",
            remedy="Name the arena (--arena): a replay writes `replay` unless told otherwise.",
        ) from error
