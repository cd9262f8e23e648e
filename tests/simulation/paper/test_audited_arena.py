"""What an arena with faults at every port leaves in PostgreSQL passes the audit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import psycopg
import pytest

from autonome.audit.arena import audit
from autonome.ledger.arenas import transaction
from autonome.ledger.connection import connect
from autonome.ledger.journal.postgres import PostgresJournal
from autonome.ledger.migrate import upgrade
from autonome.ledger.queries.frames import snapshot
from autonome.ledger.queries.restoring import RestoredArm, restore_arena
from simulation.paper.invariants import Watchman, check_ledger
from simulation.paper.wild_arena import live

_HOURS = 5
_ODDS = 0.01


@pytest.mark.postgres
@pytest.mark.parametrize("seed", [1, 4])
def test_an_arena_that_died_often_passes_the_audit(seed: int, database_url: str) -> None:
    with transaction(database_url) as connection:
        upgrade(connection, "public")

    def restored(at: datetime) -> Mapping[str, RestoredArm]:
        with snapshot(database_url, "public") as connection:
            found = restore_arena(connection, at=at)
        return {each.model.id: each for each in found.arms}

    with connect(database_url, autocommit=True) as raw:
        lived = live(
            seed,
            hours=_HOURS,
            odds=_ODDS,
            told=Watchman().look,
            beside=(PostgresJournal(raw), restored),
        )
    assert lived.lives > 1
    check_ledger(lived)
    with psycopg.connect(database_url) as raw:
        report = audit(raw, arena="public", progress=lambda *_: None)
    assert report.is_clean, [check for check in report.checks if check.failed]
