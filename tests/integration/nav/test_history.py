"""A history holds at most the points asked for, the extremes and the newest among them."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from autonome.analytics.nav_history import NavHistory, nav_history
from autonome.domain.errors import InvariantBroken
from autonome.ledger.queries.nav_history import Resolution
from autonome.ledger.reader import open_reader
from autonome.ledger.thinning import thin_nav
from integration.nav.ran import DAYS, START, Ran, cents_of

pytestmark = pytest.mark.postgres

END = START + timedelta(days=DAYS)
LAST = END - timedelta(minutes=1)


def history(ran: Ran, **options: Any) -> list[NavHistory]:
    async def read() -> list[NavHistory]:
        async with open_reader(ran.url) as reader:
            return await nav_history(reader, [ran.model_id, "nobody"], **options)

    return asyncio.run(read())


def values(each: NavHistory) -> dict[datetime, Decimal]:
    return dict(each.points())


def expected(begin: int, end: int) -> dict[datetime, Decimal]:
    return {
        START + timedelta(minutes=each): Decimal(cents_of(each)) / 100 for each in range(begin, end)
    }


def test_a_short_range_has_every_minute(ran: Ran) -> None:
    (found,) = history(ran, start=START, end=START + timedelta(minutes=99))
    assert (found.resolution, found.downsampled, found.net) == (Resolution.MINUTE, False, False)
    assert values(found) == expected(0, 100)
    assert found.gaps == ()


@pytest.mark.parametrize("points", [5, 6, 50, 1000])
def test_a_long_range_has_at_most_the_points_asked_for(ran: Ran, points: int) -> None:
    (found,) = history(ran, points=points)
    told = values(found)
    assert found.downsampled
    assert len(told) <= points
    every = expected(0, 1440 * DAYS)
    assert told.items() <= every.items()
    assert {min(told), max(told)} == {START, LAST}
    assert {min(told.values()), max(told.values())} == {min(every.values()), max(every.values())}


def test_where_minutes_are_gone_hours_say_what_they_held(ran: Ran) -> None:
    before = values(history(ran)[0])
    while thin_nav(ran.connection, now=END).intervals:
        pass
    (found,) = history(ran)
    told = values(found)
    assert found.resolution is Resolution.HOUR
    assert {min(told), max(told)} == {START, LAST}
    assert (min(told.values()), max(told.values())) == (min(before.values()), max(before.values()))
    (recent,) = history(ran, start=END - timedelta(days=6))
    assert recent.resolution is Resolution.MINUTE


def test_a_range_beyond_the_rows_of_hours_is_told_in_days(
    ran: Ran, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("autonome.analytics.nav_history.MOST_ROWS", 100)
    (found,) = history(ran)
    assert found.resolution is Resolution.DAY
    days = [range(1440 * day, 1440 * (day + 1)) for day in range(DAYS)]
    edges = {
        number
        for day in days
        for number in (day[0], day[-1], min(day, key=cents_of), max(day, key=cents_of))
    }
    assert set(values(found)) == {START + timedelta(minutes=each) for each in edges}
    assert values(found).items() <= expected(0, 1440 * DAYS).items()


def test_net_takes_off_what_inference_had_cost_at_each_point(ran: Ran) -> None:
    for number, amount in ((0, "-0.5"), (2, "-0.25000001")):
        ran.connection.execute(
            """INSERT INTO "Payments" (id, "modelId", kind, amount, "occurredAt")
               VALUES (%s, %s, 'INFERENCE', %s, %s)""",
            (f"p{number}", ran.model_id, amount, START + timedelta(minutes=number)),
        )
    (found,) = history(ran, net=True, end=START + timedelta(minutes=3))
    # Steps 0, 1, 2, 3 of both saws: 10,000.00, 9,999.91, 9,999.82, 9,999.73.
    assert [text for _, text in found.texts()] == [
        "9999.50000000",
        "9999.41000000",
        "9999.06999999",
        "9998.97999999",
    ]
    assert [nav for _, nav in found.points()] == [Decimal(text) for _, text in found.texts()]
    (gross,) = history(ran, end=START + timedelta(minutes=1))
    assert gross.texts() == [
        ("2025-05-05T00:00:00.000Z", "10000.00"),
        ("2025-05-05T00:01:00.000Z", "9999.91"),
    ]


def test_a_gap_is_told(ran: Ran) -> None:
    ran.connection.execute(
        """DELETE FROM "PortfolioSize"
           WHERE "createdAt" > '2025-05-05 01:00' AND "createdAt" < '2025-05-05 01:30'"""
    )
    (found,) = history(ran, end=START + timedelta(hours=2))
    assert [(each.start, each.end) for each in found.gaps] == [
        (START + timedelta(hours=1), START + timedelta(hours=1, minutes=30))
    ]


def test_a_missed_cycle_is_told(ran: Ran) -> None:
    ran.connection.execute(
        """INSERT INTO "Invocations" (id, "modelId", response, "responsePayload", "createdAt")
           VALUES ('i', %s, '', '{"state": "MISSED"}', '2025-05-05 00:05'),
                  ('j', %s, '', '{"state": "COMPLETED"}', '2025-05-05 00:10')""",
        (ran.model_id, ran.model_id),
    )
    (found,) = history(ran, end=START + timedelta(hours=2))
    assert found.missed == (START + timedelta(minutes=5),)


@pytest.mark.parametrize(
    "options",
    [{"start": END + timedelta(days=1)}, {"end": START - timedelta(days=1)}],
    ids=["after", "before"],
)
def test_a_range_without_points_has_no_history(ran: Ran, options: dict[str, Any]) -> None:
    assert history(ran, **options) == []


def test_fewer_points_than_can_show_anything_are_refused(ran: Ran) -> None:
    with pytest.raises(InvariantBroken, match="at least 5 points, found 4"):
        history(ran, points=4)
