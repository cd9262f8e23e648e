"""Two processes that write one minute at the same moment write it once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import psycopg

from autonome.ledger.arenas import transaction
from autonome.ledger.connection import connect
from autonome.ledger.journal.port import BookingStatus, MarkPoints, NavPoints
from autonome.ledger.journal.postgres import PostgresJournal
from autonome.ledger.migrate import upgrade
from autonome.testing.bookings import competitor

AT_MS = np.array([1_746_403_260_000])
PATIENCE_S = 20


def test_a_minute_that_another_is_writing_is_not_written_again(database_url: str) -> None:
    with transaction(database_url) as connection:
        upgrade(connection, "public")
    with (
        connect(database_url, autocommit=True) as raw,
        connect(database_url) as other,
        ThreadPoolExecutor(max_workers=1) as threads,
    ):
        journal = PostgresJournal(raw)
        model, arm = competitor()
        journal.enter(model, arm)
        other.execute("""INSERT INTO "Marks" VALUES ('BTC', '2025-05-05 00:01', 7)""")
        points = NavPoints(model_id=model.id, at_ms=AT_MS, nav=np.array([100]))
        marks = MarkPoints(symbol="BTC", at_ms=AT_MS, price=np.array([8]))
        sent = threads.submit(journal.minute, [points], [marks])
        wait_until_somebody_waits(database_url)
        assert not sent.done()
        other.commit()
        assert sent.result(PATIENCE_S) is BookingStatus.ALREADY_BOOKED
        assert raw.execute('SELECT count(*) FROM "PortfolioSize"').fetchone() == (0,)
        assert raw.execute('SELECT price FROM "Marks"').fetchall() == [(7,)]


def wait_until_somebody_waits(url: str) -> None:
    """Return once a session of this database waits for another's transaction."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"SET statement_timeout = '{PATIENCE_S}s'".encode())
        connection.execute(
            """DO $$ BEGIN
                WHILE NOT EXISTS (
                    SELECT FROM pg_stat_activity
                    WHERE datname = current_database() AND wait_event_type = 'Lock')
                LOOP PERFORM pg_stat_clear_snapshot(), pg_sleep(0.01); END LOOP;
            END $$"""
        )
