"""Which minutes of a live market were watched, and what their marks touched."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import pytest

from autonome.arena.live.marks import MarkTape
from autonome.market.candles import MINUTE_MS

NOON_MS = 1_778_846_400_000
MARKS: dict[str, Decimal | None] = {"BTC": Decimal(50_000), "ETH": Decimal(2_000)}


def _sampled(seconds: Iterable[int], *, looks_until: int = 60) -> MarkTape:
    tape = MarkTape()
    for second in seconds:
        tape.sample(MARKS, now_ms=NOON_MS + second * 1_000)
        if second < looks_until:
            tape.looked(now_ms=NOON_MS + second * 1_000)
    return tape


@pytest.mark.parametrize(
    ("seconds", "is_watched"),
    [
        (range(60), True),
        (range(0, 60, 5), True),
        (range(0, 60, 6), False),
        (range(5, 60), True),
        (range(6, 60), False),
        (range(56), True),
        (range(55), False),
        (range(60, 70), False),
    ],
)
def test_a_minute_is_watched_if_no_gap_is_longer_than_five_seconds(
    seconds: range, is_watched: bool
) -> None:
    assert (_sampled(seconds).watched(NOON_MS) is not None) is is_watched


def test_a_minute_that_arms_did_not_look_at_until_its_end_was_not_watched() -> None:
    assert _sampled(range(60), looks_until=55).watched(NOON_MS) is None


def test_a_sample_that_lacks_a_mark_is_a_gap() -> None:
    tape = _sampled(range(20))
    for second in range(20, 26):
        tape.sample(MARKS | {"ETH": None}, now_ms=NOON_MS + second * 1_000)
    for second in range(26, 60):
        tape.sample(MARKS, now_ms=NOON_MS + second * 1_000)
        tape.looked(now_ms=NOON_MS + second * 1_000)
    assert tape.watched(NOON_MS) is None


def test_extremes_are_those_since_the_last_look_across_minutes() -> None:
    tape = MarkTape()
    for price in (5, 3, 9):
        tape.sample({"BTC": Decimal(price)}, now_ms=NOON_MS + MINUTE_MS)
    assert tape.looked(now_ms=NOON_MS + MINUTE_MS) == {"BTC": (Decimal(3), Decimal(9))}
    assert tape.looked(now_ms=NOON_MS + MINUTE_MS) == {}
