"""How arena time goes by beside a clock that a test moves."""

from __future__ import annotations

import pytest

from autonome.arena.paper.pace import Pace


@pytest.mark.parametrize(
    ("speed", "clock", "now_ms", "wait_s"),
    [
        (1.0, 100.0, 60_000, 60.0),
        (1.0, 130.0, 90_000, 30.0),
        (60.0, 100.5, 90_000, 0.5),
        (60.0, 101.0, 120_000, 0.0),
        (60.0, 900.0, 48_060_000, 0.0),
        (0.5, 100.0, 60_000, 120.0),
    ],
    ids=["begin", "half a minute", "fast", "just there", "long past", "slow"],
)
def test_arena_time_goes_by_at_its_speed(
    speed: float, clock: float, now_ms: int, wait_s: float
) -> None:
    """It began at 60,000 ms, when the clock said 100; the minute ends at 120,000 ms."""
    pace = Pace(begin_ms=60_000, speed=speed, clock=lambda: clock, begun=100.0)
    assert pace.now_ms() == now_ms
    assert pace.seconds_until(120_000) == wait_s
