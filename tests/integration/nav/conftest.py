"""An arena that ran for ten days, its NAV of each minute worked out by a rule."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from autonome.ledger.arenas import transaction
from autonome.ledger.connection import connect
from autonome.ledger.journal.port import Booking, MarkPoints, NavPoints
from autonome.ledger.journal.postgres import PostgresJournal
from autonome.ledger.migrate import upgrade
from autonome.testing.bookings import NOW, competitor
from integration.nav.ran import DAYS, START_MS, Ran, cents_of, held


@pytest.fixture
def ran(database_url: str) -> Iterator[Ran]:
    """Write the arena minute by minute, a day of them at once, and keep a connection to it."""
    with transaction(database_url) as connection:
        upgrade(connection, "public")
    with connect(database_url, autocommit=True) as raw:
        journal = PostgresJournal(raw)
        model, arm = competitor("Ada")
        journal.enter(model, arm)
        epoch = journal.begin_run(model.id, at=NOW)
        journal.book(Booking(model_id=model.id, epoch=epoch, **held(model)))
        for day in range(DAYS):
            minute = np.arange(1440 * day, 1440 * (day + 1))
            nav = np.array([cents_of(each) * 1_000_000 for each in minute.tolist()])
            at_ms = START_MS + 60_000 * minute
            points = NavPoints(model_id=model.id, at_ms=at_ms, nav=nav, epoch=epoch)
            journal.minute([points], [MarkPoints(symbol="BTC", at_ms=at_ms, price=nav)])
        yield Ran(url=database_url, connection=raw, model_id=model.id)
