"""The fast search for the touch of a trailing stop finds what walking bar by bar finds."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from autonome.domain.choices import OrderSide
from autonome.market.candles import MINUTE_MS
from autonome.venue.simulated.exits import Triggers
from autonome.venue.simulated.trailing import TrailingStop
from property.slow_exits import SlowExit
from property.slow_trailing import slow_trailing
from property.test_exits import many_bars, some_bars
from unit.market.bars import START_MS, Bar, candles


def compare(
    bars: list[Bar],
    proposed: list[int | None],
    side: OrderSide,
    stop: int | None,
    target: int | None,
    first_bar: int,
) -> None:
    known = np.array([np.nan if each is None else each for each in proposed])
    trailing = TrailingStop(
        candles(bars),
        Triggers(side=side, stop=stop, target=target),
        lambda close_ms: known[(close_ms - START_MS) // MINUTE_MS - 1],
        first_bar=first_bar,
    )
    touch = trailing.first_touch()
    found = touch and SlowExit(touch.bar, touch.trigger.value, touch.price)
    long = side is OrderSide.LONG
    assert found == slow_trailing(
        bars, proposed, long=long, stop=stop, target=target, first_bar=first_bar
    )


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(
    bars=some_bars(),
    levels=st.lists(st.none() | st.integers(85, 115), min_size=12, max_size=12),
    side=st.sampled_from(OrderSide),
    near=st.none() | st.integers(85, 99),
    far=st.none() | st.integers(101, 115),
    first_bar=st.integers(0, 4),
)
def test_a_few_wild_bars(
    bars: list[Bar],
    levels: list[int | None],
    side: OrderSide,
    near: int | None,
    far: int | None,
    first_bar: int,
) -> None:
    stop, target = (near, far) if side is OrderSide.LONG else (far, near)
    compare(bars, levels[: len(bars)], side, stop, target, first_bar)


@settings(max_examples=25, deadline=None, derandomize=True, database=None)
@given(
    seed=st.integers(0, 10_000),
    side=st.sampled_from(OrderSide),
    distance=st.integers(20, 200),
    first_bar=st.integers(0, 600),
)
def test_a_long_walk_through_several_windows(
    seed: int, side: OrderSide, distance: int, first_bar: int
) -> None:
    bars = many_bars(seed, 1_600)
    levels: list[int | None] = [close - side.sign * distance for *_, close in bars]
    compare(bars, levels, side, None, None, first_bar)
