"""NAV less what inference had cost when it was taken; figures worked out by hand."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from autonome.domain.choices import PaymentKind
from autonome.domain.instants import ms_of
from autonome.ledger.journal.copying import fresh_arena
from autonome.ledger.journal.port import Booking, MarkPoints, NavPoints
from autonome.ledger.queries.nav import ModelNavBucket, NavBucket, nav_buckets, newest_nav
from autonome.ledger.queries.query import Query
from autonome.ledger.reader import open_reader
from autonome.ledger.rows import Model, Payment
from autonome.testing.bookings import NOW, competitor

START = datetime(2025, 5, 5, 12, tzinfo=UTC)
PAID = {0: ("INFERENCE", "-0.5"), 61: ("INFERENCE", "-1.25000001"), 62: ("FUNDING", "-100")}
"""By minutes after the start."""


@pytest.fixture
def arena(database_url: str) -> tuple[str, str]:
    """Write NAV for two models, of which one pays for inference; return URL and its id."""
    minutes = np.array([0, 60, 61, 62], dtype=np.int64)
    at_ms = ms_of(START) + 60_000 * minutes
    nav = 100_000_000 * np.array([10_000, 10_010, 9_990, 10_020], dtype=np.int64)
    with fresh_arena(database_url, "net") as journal:
        for name in ("Ada", "Free"):
            model, arm = competitor(name)
            journal.enter(model, arm)
            epoch = journal.begin_run(model.id, at=NOW)
            journal.value(NavPoints(model_id=model.id, at_ms=at_ms, nav=nav))
            if name == "Ada":
                ada = model
                journal.book(Booking(model_id=ada.id, epoch=epoch, payments=payments(ada)))
        journal.mark(MarkPoints(symbol="BTC", at_ms=at_ms, price=nav))
    return database_url, ada.id


def payments(model: Model) -> tuple[Payment, ...]:
    return tuple(
        Payment(
            model_id=model.id,
            kind=PaymentKind(kind),
            amount=Decimal(amount),
            occurred_at=START + timedelta(minutes=minute),
            recorded_at=NOW,
        )
        for minute, (kind, amount) in PAID.items()
    )


def read(url: str, query: Query[Any]) -> list[Any]:
    async def rows() -> list[Any]:
        async with open_reader(url, arena="net") as reader:
            return await reader.all(query)

    return asyncio.run(rows())


def test_net_takes_off_what_was_paid_until_then_and_only_inference(
    arena: tuple[str, str],
) -> None:
    url, ada = arena
    hour = timedelta(hours=1)
    query = nav_buckets(ada, start=START, end=START + 2 * hour, width=hour, net=True)
    assert read(url, query) == [
        NavBucket(
            start=START,
            points=1,
            first=Decimal("9999.5"),
            last=Decimal("9999.5"),
            lowest=Decimal("9999.5"),
            highest=Decimal("9999.5"),
        ),
        NavBucket(
            start=START + hour,
            points=3,
            first=Decimal("10009.5"),
            last=Decimal("10018.24999999"),
            lowest=Decimal("9988.24999999"),
            highest=Decimal("10018.24999999"),
        ),
    ]


def test_what_was_paid_before_the_range_counts_too(arena: tuple[str, str]) -> None:
    url, ada = arena
    minute = timedelta(minutes=1)
    start = START + 62 * minute
    query = nav_buckets(ada, start=start, end=start + minute, width=minute, net=True)
    assert [each.last for each in read(url, query)] == [Decimal("10018.24999999")]


@pytest.mark.parametrize(
    ("net", "last"),
    [(False, {"Ada": "10020.00", "Free": "10020.00"}), (True, {"Ada": "10018.24999999"})],
)
def test_the_newest_nav_is_gross_unless_net_is_asked_for(
    arena: tuple[str, str], net: bool, last: dict[str, str]
) -> None:
    url, _ = arena
    query = newest_nav(width=timedelta(hours=1), limit=1, net=net)
    rows: list[ModelNavBucket] = read(url, query)
    assert {each.model: each.last for each in rows} == {
        "Ada": Decimal(last["Ada"]),
        "Free": Decimal("10020.00"),
    }
    assert {each.points for each in rows} == {3}
    named = newest_nav(width=timedelta(hours=1), limit=9, model="Ada", net=net)
    assert [each.points for each in read(url, named)] == [3, 1]
