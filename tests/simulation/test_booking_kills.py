"""A booking is all or nothing, whoever is killed while it is under way."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from autonome.domain.errors import LedgerUnavailable
from autonome.ledger.arenas import transaction
from autonome.ledger.connection import connect
from autonome.ledger.embedded import attach
from autonome.ledger.journal.port import BookingStatus
from autonome.ledger.journal.postgres import PostgresJournal
from autonome.ledger.migrate import upgrade
from autonome.testing.bookings import NOW, closing, competitor, opening

pytestmark = pytest.mark.kill

SEED = 20260522
LONGEST_LIFE_S = 0.03
RECOVERY_LIMIT_S = 30
SENT_AGAIN = 7
"""Exit status of a worker that sent its booking again after the server came back."""
FORK = multiprocessing.get_context("fork")

# Each line counts what a half-written booking would leave behind.
HALVES = """
SELECT 'order without its entry fill', count(*) FROM "Orders" o WHERE NOT EXISTS (
    SELECT FROM "Fills" f WHERE f."orderId" = o.id AND f.side = 'BUY')
UNION ALL
SELECT 'closed order without its exit fill', count(*) FROM "Orders" o
WHERE o.status = 'CLOSED' AND NOT EXISTS (
    SELECT FROM "Fills" f WHERE f."orderId" = o.id AND f.side = 'SELL')
UNION ALL
SELECT 'exit fill of an order that is open', count(*) FROM "Fills" f
JOIN "Orders" o ON o.id = f."orderId" WHERE f.side = 'SELL' AND o.status = 'OPEN'
UNION ALL
SELECT 'closed order without its payment', count(*) FROM "Orders" o
WHERE o.status = 'CLOSED' AND NOT EXISTS (
    SELECT FROM "Payments" p WHERE p."orderId" = o.id)
UNION ALL
SELECT 'intent without a fill', count(*) FROM "Intents" i WHERE NOT EXISTS (
    SELECT FROM "Fills" f WHERE f."intentId" = i.id)
UNION ALL
SELECT 'invocation without a tool call', count(*) FROM "Invocations" i WHERE NOT EXISTS (
    SELECT FROM "ToolCalls" t WHERE t."invocationId" = i.id)
UNION ALL
SELECT 'decisions that were not counted', abs(
    (SELECT sum("invocationCount") FROM "Models") - (SELECT count(*) FROM "Invocations"))
UNION ALL
SELECT 'more than one open order of a model and symbol', count(*) FROM (
    SELECT FROM "Orders" WHERE status = 'OPEN' GROUP BY "modelId", symbol HAVING count(*) > 1) d
"""


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a server of this module's own, since it is killed too."""
    with attach(tmp_path_factory.mktemp("killed")) as server:
        with transaction(server.url, "public") as connection:
            upgrade(connection, "public")
        yield server.url


def _book_until_killed(url: str, name: str, ready: Any) -> None:
    """Book until killed; where only the connection is lost, send the booking under way again."""
    connection = connect(url, autocommit=True)
    journal = PostgresJournal(connection)
    model, arm = competitor(name=name)
    journal.enter(model, arm)
    epoch = journal.begin_run(model.id, at=NOW)
    booking = opening(model, epoch=epoch)
    ready.send((os.getpid(), connection.info.backend_pid))
    try:
        while journal.book(booking) is BookingStatus.BOOKED:
            opened = booking.counts is not None
            booking = closing(booking) if opened else opening(model, epoch=epoch)
    except LedgerUnavailable:
        with _connect_after_recovery(url, autocommit=True) as again:
            status = PostgresJournal(again).book(booking)
        os._exit(SENT_AGAIN if status is not BookingStatus.STALE_EPOCH else 1)


def _connect_after_recovery(url: str, *, autocommit: bool = False) -> psycopg.Connection[Any]:
    deadline = time.monotonic() + RECOVERY_LIMIT_S
    while True:
        try:
            return connect(url, autocommit=autocommit)
        except LedgerUnavailable:
            assert time.monotonic() < deadline, "the server did not come back"
            time.sleep(0.02)


def _killed_in_the_middle(url: str, name: str, chance: random.Random, *, of_server: bool) -> None:
    """Let a process book, and kill it, or the backend that serves it, after a random while."""
    here, there = FORK.Pipe()
    worker = FORK.Process(target=_book_until_killed, args=(url, name, there))
    worker.start()
    worker_pid, backend_pid = here.recv()
    time.sleep(chance.uniform(0, LONGEST_LIFE_S))
    os.kill(backend_pid if of_server else worker_pid, signal.SIGKILL)
    worker.join(timeout=RECOVERY_LIMIT_S)
    assert worker.exitcode == (SENT_AGAIN if of_server else -signal.SIGKILL)


@pytest.mark.parametrize("of_server", [False, True], ids=["client", "backend"])
def test_a_booking_is_whole_or_absent_after_a_kill(
    url: str, kill_rounds: int, of_server: bool
) -> None:
    chance = random.Random(SEED)
    victim = "backend" if of_server else "client"
    bookings = 0
    for number in range(kill_rounds):
        _killed_in_the_middle(url, f"{victim} {number}", chance, of_server=of_server)
        with _connect_after_recovery(url) as connection:
            halves = [row for row in connection.execute(HALVES).fetchall() if row[1]]
            (bookings,) = connection.execute('SELECT count(*) FROM "Fills"').fetchone() or (0,)
        assert halves == [], f"round {number} of seed {SEED}"
    assert bookings > 0, "expected some bookings to be committed before the kills"
