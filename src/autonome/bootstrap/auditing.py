"""The audit of an arena, for the command line."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

import psycopg

from autonome.audit.arena import audit
from autonome.audit.report import Report as AuditReport
from autonome.bootstrap.database import open_database
from autonome.config import Settings
from autonome.domain.errors import ArenaMissing
from autonome.ledger.arenas import check_arena
from autonome.ledger.connection import connect, explained
from autonome.ledger.facts import note_fact
from autonome.ledger.rows import Fact, FactName

__all__ = ["AuditReport", "audit_arena"]


def audit_arena(
    settings: Settings, arena: str | None, *, progress: Callable[[int, int], None]
) -> AuditReport:
    """Recompute an arena from its fills, payments and marks, and compare every stored figure.

    What came of it is noted in the arena, for its pages to show.

    Raises:
        SettingError: ``arena`` may not name an arena.
        ArenaMissing: it has no tables.
        LedgerError: the server cannot be used.
    """
    name = check_arena(arena or settings.arena)
    try:
        with open_database(settings) as url, explained(url):
            with connect(url, arena=name) as connection:
                report = audit(connection, arena=name, progress=progress)
            _note(url, report)
            return report
    except psycopg.errors.UndefinedTable as error:
        raise ArenaMissing(
            f"expected the tables of arena {name!r}, found none.",
            remedy="Name the arena (--arena): a replay writes `replay` unless told otherwise.",
        ) from error


def _note(url: str, report: AuditReport) -> None:
    """Note what the audit said; tables of an older version have no place for it.

    Whoever may only read can audit all the same.
    """
    said = {"clean": report.is_clean}
    may_not = (
        psycopg.errors.UndefinedTable,
        psycopg.errors.InsufficientPrivilege,
        psycopg.errors.ReadOnlySqlTransaction,
    )
    with suppress(*may_not), connect(url, arena=report.arena, autocommit=True) as connection:
        note_fact(connection, Fact(name=FactName.AUDIT, at=datetime.now(UTC), said=said))
