"""Stops that trail: a level proposed at a close stands from the next bar on, and only tightens."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from autonome.domain.choices import CloseTrigger, OrderSide
from autonome.market.candles import MINUTE_MS, Ints
from autonome.venue.simulated.exits import Touch, Triggers
from autonome.venue.simulated.trailing import Levels, TrailingStop
from unit.market.bars import START_MS, Bar, candles

LONG, SHORT = OrderSide.LONG, OrderSide.SHORT
STOP, TARGET = CloseTrigger.STOP, CloseTrigger.TARGET
NAN = float("nan")


def rising(count: int) -> list[Bar]:
    """Return calm bars that close at 100, 101, 102, ..., one tick around the close."""
    return [(price, price + 1, price - 1, price) for price in range(100, 100 + count)]


def flat(count: int) -> list[Bar]:
    return [(100, 101, 99, 100)] * count


def levels_of(proposed: Sequence[float]) -> Levels:
    """Return the levels proposed at the close of each bar, in order."""
    known = np.array(proposed, dtype=np.float64)
    return lambda close_ms: known[(close_ms - START_MS) // MINUTE_MS - 1]


def trailing(
    bars: Sequence[Bar],
    proposed: Sequence[float],
    *,
    side: OrderSide = LONG,
    stop: int | None = None,
    target: int | None = None,
    first_bar: int = 0,
    tick: str = "1",
) -> TrailingStop:
    triggers = Triggers(side=side, stop=stop, target=target)
    return TrailingStop(
        candles(bars, tick=tick), triggers, levels_of(proposed), first_bar=first_bar
    )


def stops(found: TrailingStop, count: int) -> list[int | None]:
    assert found.first_touch() is None
    return [found.stop_in(bar) for bar in range(count)]


def mirrored(bar: Bar) -> Bar:
    opened, high, low, close = (200 - price for price in bar)
    return opened, low, high, close


@pytest.mark.parametrize("side", [LONG, SHORT], ids=["long", "short"])
@pytest.mark.parametrize(
    ("present", "proposed", "expected"),
    [
        # Each level stands from the bar after its close; the last one is never used.
        (None, [90, 91, 92, 93, 94], [None, 90, 91, 92, 93]),
        (85, [NAN, 91, NAN, 93, 94], [85, 85, 91, 91, 93]),
        (85, [80, 84, 88, 86, 90], [85, 85, 85, 88, 88]),
        # At the close or on its other side it is no stop, and does not wait for later closes.
        (85, [100, 101, 150, 90, 90], [85, 85, 85, 85, 90]),
        (None, [NAN] * 5, [None] * 5),
        (85, [89.4, 89.6, 90.5, 91.5, 0], [85, 89, 90, 90, 92]),
    ],
)
def test_a_level_tightens_the_stop_from_the_next_bar_on(
    side: OrderSide,
    present: int | None,
    proposed: list[float],
    expected: list[int | None],
) -> None:
    """The closes are 100; a SHORT sees everything mirrored about that."""
    if side is SHORT:
        present = None if present is None else 200 - present
        proposed = [200 - level for level in proposed]
        expected = [None if stop is None else 200 - stop for stop in expected]
    found = trailing(flat(5), proposed, side=side, stop=present)
    assert stops(found, 5) == expected


@pytest.mark.parametrize(("side", "level"), [(LONG, 90), (SHORT, 110)], ids=["long", "short"])
def test_a_level_that_is_no_price_moves_nothing(side: OrderSide, level: int) -> None:
    """The nearest tick of 0.4 is 0."""
    found = trailing(flat(6), [0, -5, 0.4, -np.inf, level, NAN], side=side)
    assert stops(found, 6) == [None] * 5 + [level]


def test_the_bar_of_the_fill_has_the_stop_that_it_was_filled_with() -> None:
    """Proposals at closes before the fill are nobody's."""
    found = trailing(rising(4), [98, 98, 98, 98], stop=90, first_bar=2)
    assert found.first_touch() is None
    assert [found.stop_in(bar) for bar in (1, 2, 3)] == [None, 90, 98]


@pytest.mark.parametrize("side", [LONG, SHORT], ids=["long", "short"])
def test_a_proposal_does_not_touch_the_bar_at_whose_close_it_was_made(side: OrderSide) -> None:
    bars: list[Bar] = [(100, 101, 99, 100), (100, 101, 90, 100), (100, 101, 96, 100)]
    proposed = [80.0, 95.0, 95.0]
    last: Bar = (97, 98, 94, 97)
    bars.append(last)
    proposed.append(NAN)
    if side is SHORT:
        bars = [mirrored(bar) for bar in bars]
        proposed = [200 - level for level in proposed]
    touch = trailing(bars, proposed, side=side).first_touch()
    price = 95 if side is LONG else 105
    assert touch == Touch(bar=3, trigger=STOP, price=price, at_open=False)


def test_a_gap_through_a_trailing_stop_fills_at_the_open() -> None:
    bars: list[Bar] = [(100, 101, 99, 100), (94, 96, 93, 95)]
    assert trailing(bars, [95, NAN]).first_touch() == Touch(
        bar=1, trigger=STOP, price=94, at_open=True
    )


def test_a_target_ends_a_position_whose_stop_trails() -> None:
    found = trailing(rising(20), [NAN] * 20, target=110)
    # The bar that closes at 109 reaches 110.
    assert found.first_touch() == Touch(bar=9, trigger=TARGET, price=110, at_open=False)


def test_of_a_stop_and_a_target_in_one_bar_the_stop_comes_first() -> None:
    bars: list[Bar] = [(100, 101, 99, 100), (100, 120, 90, 100)]
    found = trailing(bars, [95, NAN], target=110)
    assert found.first_touch() == Touch(bar=1, trigger=STOP, price=95, at_open=False)


def test_levels_are_prices_and_stops_are_ticks() -> None:
    # Tick 0.5: 100 ticks are a price of 50; a level of 47.3 is 94.6 ticks, the nearest is 95.
    found = trailing(flat(2), [47.3, NAN], tick="0.5")
    assert stops(found, 2) == [None, 95]


@pytest.mark.parametrize("at", [1, 510, 511, 512, 513, 1_023, 1_024, 1_025, 1_299])
@pytest.mark.parametrize("first_bar", [0, 1])
def test_windows_join_without_a_seam(at: int, first_bar: int) -> None:
    """One level, proposed at the close before ``at``, is what the low of bar ``at`` meets."""
    bars = flat(1_300)
    bars[at] = (100, 101, 95, 100)
    proposed = [NAN] * 1_300
    proposed[at - 1] = 95
    touch = trailing(bars, proposed, first_bar=first_bar).first_touch()
    if at - 1 < first_bar:
        assert touch is None
    else:
        assert touch == Touch(bar=at, trigger=STOP, price=95, at_open=False)


def test_a_stop_of_one_window_stands_in_the_next() -> None:
    proposed = [NAN] * 1_200
    proposed[10] = 95
    bars = flat(1_200)
    bars[1_100] = (100, 101, 94, 100)
    found = trailing(bars, proposed)
    assert found.first_touch() == Touch(bar=1_100, trigger=STOP, price=95, at_open=False)
    assert [found.stop_in(bar) for bar in (10, 11, 511, 512, 1_100)] == [None, 95, 95, 95, 95]


def test_levels_are_asked_for_closes_since_the_fill_only() -> None:
    asked: list[int] = []

    def levels(close_ms: Ints) -> np.ndarray:
        asked.extend(((close_ms - START_MS) // MINUTE_MS).tolist())
        return np.full(len(close_ms), NAN)

    triggers = Triggers(side=LONG, stop=None, target=None)
    TrailingStop(candles(flat(1_100)), triggers, levels, first_bar=7).first_touch()
    # The close of bar 7 is minute 8; the last bar's close can stop nothing.
    assert asked == list(range(8, 1_100))
