"""The fast search for an exit finds what walking bar by bar finds."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from autonome.domain.choices import OrderSide
from autonome.venue.simulated.exits import Triggers
from property.slow_exits import SlowExit, slow_exit
from unit.market.bars import Bar, candles
from unit.venue.touches import touch_in


@st.composite
def some_bars(draw: st.DrawFn) -> list[Bar]:
    """Draw a few bars around 100, gaps between them included."""
    bars = []
    for _ in range(draw(st.integers(1, 12))):
        opened, close = draw(st.integers(90, 110)), draw(st.integers(90, 110))
        high = max(opened, close) + draw(st.integers(0, 6))
        low = min(opened, close) - draw(st.integers(0, 6))
        bars.append((opened, high, low, close))
    return bars


def many_bars(seed: int, count: int) -> list[Bar]:
    """Return a calm walk that is longer than several blocks of the search."""
    random = np.random.default_rng(seed)
    closes = 1_000 + np.cumsum(random.integers(-3, 4, count))
    opens = np.concatenate(([1_000], closes[:-1])) + random.integers(-2, 3, count)
    highs = np.maximum(opens, closes) + random.integers(0, 4, count)
    lows = np.minimum(opens, closes) - random.integers(0, 4, count)
    return list(zip(*(each.tolist() for each in (opens, highs, lows, closes)), strict=True))


def compare(
    bars: list[Bar], side: OrderSide, stop: int | None, target: int | None, first_bar: int
) -> None:
    triggers = Triggers(side=side, stop=stop, target=target)
    touch = touch_in(candles(bars), triggers, first_bar=first_bar)
    found = touch and SlowExit(touch.bar, touch.trigger.value, touch.price)
    long = side is OrderSide.LONG
    assert found == slow_exit(bars, long=long, stop=stop, target=target, first_bar=first_bar)


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(
    bars=some_bars(),
    side=st.sampled_from(OrderSide),
    near=st.none() | st.integers(85, 99),
    far=st.none() | st.integers(101, 115),
    first_bar=st.integers(0, 4),
)
def test_a_few_wild_bars(
    bars: list[Bar], side: OrderSide, near: int | None, far: int | None, first_bar: int
) -> None:
    stop, target = (near, far) if side is OrderSide.LONG else (far, near)
    compare(bars, side, stop, target, first_bar)


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(
    seed=st.integers(0, 10_000),
    side=st.sampled_from(OrderSide),
    distance=st.integers(1, 150),
    first_bar=st.integers(0, 1_200),
)
def test_a_long_calm_walk(seed: int, side: OrderSide, distance: int, first_bar: int) -> None:
    bars = many_bars(seed, 2_300)
    entry = bars[first_bar][0]
    stop, target = entry - side.sign * distance, entry + side.sign * distance
    compare(bars, side, stop, target, first_bar)
