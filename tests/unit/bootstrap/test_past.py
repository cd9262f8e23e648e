"""What a process has read of a live market is told, kept, and read anew only where it must be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from autonome.bootstrap.paper.past import Past
from autonome.domain.instrument import Instrument
from autonome.market.candles import MINUTE_MS
from autonome.market.market import Market
from simulation.paper.hand_fed import BEGIN_MS, HISTORY, HandFed
from simulation.runs import by_hand

pytestmark = pytest.mark.anyio

STILL = (50_000, 50_000, 50_000, 50_000)


@pytest.fixture
def anyio_backend() -> str:
    """Return the event loop that the feeds are written for."""
    return "asyncio"


class Watch:
    """Seconds that go by as a venue answers."""

    time_s = 0.0

    def __call__(self) -> float:
        return self.time_s


class Venue(HandFed):
    """A feed whose past is asked for; each tenth of it takes 2 s."""

    def __init__(self, watch: Watch) -> None:
        super().__init__()
        self.watch = watch
        self.asked: list[int] = []
        self.gone_on_after: list[Market] = []
        self.tick = Decimal("0.1")

    def instruments(self) -> dict[str, Instrument]:
        return {"BTC": replace(super().instruments()["BTC"], tick=self.tick)}

    async def history(
        self, minutes: int, *, read: Callable[[float], None] = lambda _: None
    ) -> Market:
        self.asked.append(minutes)
        for tenth in range(1, 11):
            self.watch.time_s += 2
            read(tenth / 10)
        return by_hand([STILL] * (HISTORY + (self.time_ms - BEGIN_MS) // MINUTE_MS))

    def go_on_after(self, market: Market) -> None:
        self.gone_on_after.append(market)


async def test_the_reading_of_the_past_is_told_at_most_each_five_seconds() -> None:
    watch, told = Watch(), list[str]()
    past, venue = Past(warned=told.append, seconds=watch), Venue(watch)
    await past.read(venue, venue, minutes=HISTORY, wanted_ms=None)
    assert told == [
        "Reading 10 minutes of BTC from the venue.",
        "Read 30% of it.",
        "Read 60% of it.",
        "Read 90% of it.",
    ]


async def test_what_was_kept_is_not_read_again() -> None:
    watch = Watch()
    past, venue = Past(warned=lambda _: None, seconds=watch), Venue(watch)
    read = await past.read(venue, venue, minutes=HISTORY, wanted_ms=None)
    later = by_hand([STILL] * (HISTORY + 3))
    past.keep(later)
    again = await past.read(venue, venue, minutes=HISTORY + 3, wanted_ms=BEGIN_MS + MINUTE_MS)
    assert (venue.asked, venue.gone_on_after) == ([HISTORY], [later])
    assert (len(read.open_ms), len(again.open_ms)) == (HISTORY, HISTORY + 3)


@pytest.mark.parametrize(
    ("tick", "passed_minutes"), [("0.01", 1), ("0.1", 121)], ids=["other terms", "two hours"]
)
async def test_the_past_is_read_anew_after(tick: str, passed_minutes: int) -> None:
    watch = Watch()
    past, venue = Past(warned=lambda _: None, seconds=watch), Venue(watch)
    past.keep(by_hand([STILL] * HISTORY))
    venue.tick, venue.time_ms = Decimal(tick), BEGIN_MS + passed_minutes * MINUTE_MS
    await past.read(venue, venue, minutes=200, wanted_ms=venue.time_ms)
    assert (venue.asked, venue.gone_on_after) == ([200], [])
