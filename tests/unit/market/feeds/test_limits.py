"""The shared rate limit: a rolling minute, first come first served."""

from __future__ import annotations

import asyncio

import pytest

from autonome.market.feeds.clock import growing_delays
from autonome.market.feeds.limits import RateLimit
from autonome.testing.lighter.clock import ManualClock

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    """Return the event loop that the feeds are written for."""
    return "asyncio"


async def _passed(
    limit: RateLimit, clock: ManualClock, weights: list[int], *, for_ms: int
) -> list[tuple[int, int]]:
    """Return when each call went through, and its weight, in the order in which they did."""
    passed = []

    async def call(weight: int) -> None:
        await limit.acquire(weight)
        passed.append((clock.now_ms(), weight))

    calls = [asyncio.create_task(call(weight)) for weight in weights]
    await asyncio.sleep(0)
    await clock.advance(for_ms)
    for waiting in calls:
        waiting.cancel()
    return passed


async def test_calls_go_through_at_once_up_to_the_number_of_a_minute() -> None:
    clock = ManualClock(0)
    limit = RateLimit(calls=2, weight=100, clock=clock)
    assert await _passed(limit, clock, [1] * 5, for_ms=125_000) == [
        (0, 1),
        (0, 1),
        (60_000, 1),
        (60_000, 1),
        (120_000, 1),
    ]


async def test_a_heavy_call_waits_for_its_weight_and_the_light_one_behind_it_as_well() -> None:
    clock = ManualClock(0)
    limit = RateLimit(calls=100, weight=600, clock=clock)
    assert await _passed(limit, clock, [300, 600, 6], for_ms=125_000) == [
        (0, 300),
        (60_000, 600),
        (120_000, 6),
    ]


async def test_the_window_rolls() -> None:
    clock = ManualClock(0)
    limit = RateLimit(calls=2, weight=100, clock=clock)
    await limit.acquire()
    await clock.advance(30_000)
    await limit.acquire()
    assert await _passed(limit, clock, [1, 1], for_ms=60_000) == [(60_000, 1), (90_000, 1)]


async def test_a_hold_stops_everything_until_it_ends() -> None:
    clock = ManualClock(0)
    limit = RateLimit(calls=10, weight=100, clock=clock)
    limit.hold(5_000)
    limit.hold(1_000)
    assert await _passed(limit, clock, [1, 1], for_ms=10_000) == [(5_000, 1), (5_000, 1)]


async def test_a_call_that_could_not_wait_is_counted() -> None:
    clock = ManualClock(0)
    limit = RateLimit(calls=1, weight=100, clock=clock)
    limit.count()
    assert await _passed(limit, clock, [1], for_ms=60_000) == [(60_000, 1)]


async def test_a_call_heavier_than_a_whole_minute_is_refused() -> None:
    with pytest.raises(ValueError, match="weight of at most 600"):
        await RateLimit(calls=1, weight=600, clock=ManualClock(0)).acquire(601)


def test_delays_double_up_to_the_most() -> None:
    delays = growing_delays(first_ms=1_000, most_ms=6_000)
    assert [next(delays) for _ in range(5)] == [1_000, 2_000, 4_000, 6_000, 6_000]
