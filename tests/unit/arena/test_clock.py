"""The clock: instants of a market, its cadence, and minutes that are missing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from autonome.arena.clock import NEVER, Clock
from autonome.domain.instants import ms_of, utc
from autonome.market.candles import MINUTE_MS
from autonome.market.market import Market, align
from unit.market.bars import START, START_MS, candles


def market(*minutes: int) -> Market:
    """Return a market whose bars open so many minutes after midnight."""
    bars = candles([(100, 100, 100, 100)] * len(minutes))
    bars.open_ms[:] = [START_MS + minute * MINUTE_MS for minute in minutes]
    return align({"BTC": bars}, {}, origin="test")


WHOLE = market(*range(12))
SPLIT = market(0, 1, 2, 7, 8, 9, 10, 11, 15)
"""Bars close at minutes 1, 2, 3, then 8, 9, 10, 11, 12, then 16."""


def after(minutes: float) -> int:
    return START_MS + round(minutes * MINUTE_MS)


@pytest.mark.parametrize(
    ("clock", "minutes"),
    [(Clock(WHOLE, 1), range(13)), (Clock(SPLIT, 1), [0, 1, 2, 3, 8, 9, 10, 11, 12, 16])],
    ids=["whole", "split"],
)
def test_an_instant_is_the_close_of_the_bar_before_it(clock: Clock, minutes: list[int]) -> None:
    assert clock.end == len(minutes) - 1
    for instant, minute in enumerate(minutes):
        assert clock.at_ms(instant) == after(minute)
        assert clock.at(instant) == START + timedelta(minutes=minute)
        assert clock.instant_from(after(minute)) == instant


@pytest.mark.parametrize(
    ("minute", "whole", "split"),
    [
        (-5, 0, 0),
        (0, 0, 0),
        (0.01, 1, 1),
        (2.5, 3, 3),
        (3.01, 4, 4),  # In the gap: when the first bar after it has closed.
        (7, 7, 4),
        (8, 8, 4),
        (12, 12, 8),
        (12.5, 13, 9),
        (16, 16, 9),
        (16.5, 17, 10),
    ],
)
def test_the_first_instant_from_a_time_on(minute: float, whole: int, split: int) -> None:
    """Past the end there is none: the number is then beyond the last instant."""
    for clock, expected in ((Clock(WHOLE, 1), whole), (Clock(SPLIT, 1), split)):
        found = clock.instant_from(after(minute))
        assert found == expected or (expected > clock.end and found > clock.end)


def ticks(clock: Clock) -> list[int]:
    """Return every tick, each the first one after the one before."""
    found = []
    tick = clock.tick_from(after(-1_000))
    while tick != NEVER:
        found.append(tick)
        tick = clock.tick_from(clock.at_ms(tick) + 1)
    return found


@pytest.mark.parametrize(
    ("known", "cadence", "expected"),
    [
        # The last close allows no decision: no bar is left in which it could trade.
        (WHOLE, 1, list(range(1, 12))),
        (WHOLE, 5, [5, 10]),
        (WHOLE, 4, [4, 8]),
        (WHOLE, 15, []),
        # Of the ticks at 5, 10 and 15 minutes only 10 is the close of a bar.
        (SPLIT, 5, [6]),
        (SPLIT, 4, [4, 8]),
        (SPLIT, 1, [1, 2, 3, 4, 5, 6, 7, 8]),
    ],
)
def test_ticks_lie_on_the_cadence_at_closes_that_leave_a_bar_to_trade(
    known: Market, cadence: int, expected: list[int]
) -> None:
    clock = Clock(known, cadence)
    assert ticks(clock) == expected
    assert clock.ticks_between(0, clock.end + 1) == len(expected)
    for first in range(clock.end + 1):
        counted = [tick for tick in expected if first <= tick < 7]
        assert clock.ticks_between(first, 7) == len(counted)


def test_the_cadence_is_that_of_the_day_not_of_the_data() -> None:
    clock = Clock(market(*range(3, 14)), 5)
    assert [clock.at(tick).minute for tick in ticks(clock)] == [5, 10]


def test_a_tick_is_at_or_after_the_time_asked() -> None:
    clock = Clock(WHOLE, 5)
    found = [clock.tick_from(after(minute)) for minute in (0, 4.99, 5, 5.01, 10, 10.01)]
    assert found == [5, 5, 5, 10, 10, NEVER]


def test_times_and_milliseconds_are_one_another() -> None:
    assert utc(START_MS) == START
    assert ms_of(START) == START_MS
    assert ms_of(datetime(2025, 5, 5, 0, 0, 0, 1, tzinfo=UTC)) == START_MS + 1, "rounded up"
