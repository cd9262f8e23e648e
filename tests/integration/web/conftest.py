"""Arenas that are served: a small one, one by hand, and the worked example of the books."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest

from autonome.domain.choices import PaymentKind, Side
from autonome.domain.value import changed
from autonome.ledger.arenas import transaction
from autonome.ledger.connection import connect
from autonome.ledger.journal.postgres import PostgresJournal
from autonome.ledger.migrate import upgrade
from autonome.testing.bookings import NOW
from integration import small_arena
from integration.queries.desk import Desk, closed_part
from integration.web.served import Client, served


@pytest.fixture
def small_url(database_url: str) -> str:
    """Return a database with an LLM arm (a trade, a position) and a control (a trade)."""
    small_arena.write_row_by_row(database_url, "public")
    return database_url


@pytest.fixture
def small(small_url: str) -> Iterator[Client]:
    """Serve it."""
    with served(small_url) as client:
        yield client


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    """Enter one model into an arena of its own."""
    with transaction(database_url) as connection:
        upgrade(connection, "public")
    with connect(database_url, autocommit=True) as raw:
        yield Desk(database_url, PostgresJournal(raw))


@pytest.fixture
def worked(desk: Desk) -> Desk:
    """Book the worked example of docs/accounting.md up to its mark of 51,500."""
    first, second, third = (NOW + timedelta(hours=hours) for hours in (1, 2, 3))
    order = desk.opened("0.2", at=NOW)
    desk.book(orders=(order,), fills=(desk.fill(order, Side.BUY, "0.2", "50000", "5.00", at=NOW),))
    grown = changed(order, quantity=Decimal("0.3"))
    second_buy = desk.fill(order, Side.BUY, "0.1", "53000", "2.65", at=first)
    desk.book(orders=(grown,), fills=(second_buy,))
    desk.book(payments=(desk.payment(PaymentKind.FUNDING, "-1.56", at=second, order=order),))
    part, rest = closed_part(order, "0.12", at=third), changed(order, quantity=Decimal("0.18"))
    desk.book(
        orders=(part, rest),
        fills=(desk.fill(part, Side.SELL, "0.12", "54000", "3.24", at=third),),
    )
    with connect(desk.url, autocommit=True) as raw:
        raw.execute("""INSERT INTO "Marks" VALUES ('BTC', '2025-05-05 16:00', 51500)""")
    return desk
