"""Longer bars made of minutes: whole, on boundaries of UTC, and only once they have closed."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonome.market.candles import Candles
from autonome.market.resampling import resample
from unit.market.bars import START_MS, Bar, candles

MINUTE = 60_000
DAY = 1_440


def rising(count: int, *, first_minute: int = 0) -> Candles:
    """Return bars whose every price in ticks tells their minute."""
    rows: list[Bar] = [
        (minute, minute + 3, minute - 2, minute + 1)
        for minute in range(100 + first_minute, 100 + first_minute + count)
    ]
    bars = candles(rows, start_ms=START_MS + first_minute * MINUTE, tick="0.1")
    return replace(bars, volume=np.arange(count, dtype=np.float64) + 1)


def test_a_bar_is_made_of_its_minutes() -> None:
    bars = resample(rising(10), 5)
    assert (bars.symbol, bars.tick) == ("BTC", Decimal("0.1"))
    assert len(bars) == 2
    assert bars.open_ms.tolist() == [START_MS, START_MS + 5 * MINUTE]
    assert bars.close_ms.tolist() == [START_MS + 5 * MINUTE, START_MS + 10 * MINUTE]
    assert bars.open.tolist() == [100, 105]
    assert bars.high.tolist() == [107, 112]
    assert bars.low.tolist() == [98, 103]
    assert bars.close.tolist() == [105, 110]
    assert bars.volume.tolist() == [1 + 2 + 3 + 4 + 5, 6 + 7 + 8 + 9 + 10]


@pytest.mark.parametrize(("count", "closed"), [(0, 0), (1, 0), (4, 0), (5, 1), (9, 1), (10, 2)])
def test_a_bar_that_is_still_forming_is_left_out(count: int, closed: int) -> None:
    assert len(resample(rising(count), 5)) == closed


def test_a_bar_that_has_closed_never_changes_when_more_minutes_come() -> None:
    everything = resample(rising(23, first_minute=2), 5)
    for count in range(24):
        seen = resample(rising(count, first_minute=2), 5)
        for name in ("open_ms", "close_ms", "open", "high", "low", "close", "volume"):
            assert getattr(seen, name).tolist() == getattr(everything, name)[: len(seen)].tolist()


@pytest.mark.parametrize(
    ("minutes", "first_minute", "opens"),
    [
        (5, 3, [0, 5]),
        (15, 20, [15]),
        (240, 100, []),
        (7, 0, None),  # Counted from 1970, not from the day: see below.
    ],
)
def test_bars_lie_on_boundaries_counted_from_1970(
    minutes: int, first_minute: int, opens: list[int] | None
) -> None:
    bars = resample(rising(10, first_minute=first_minute), minutes)
    assert not (bars.open_ms % (minutes * MINUTE)).any()
    if opens is not None:
        assert bars.open_ms.tolist() == [START_MS + each * MINUTE for each in opens]


def test_a_bar_is_there_if_one_of_its_minutes_is() -> None:
    # Minutes 4 to 11 are missing; so is the bar from 5 to 10.
    bars = resample(rising(20).only(np.r_[0:4, 12:20]), 5)
    assert ((bars.open_ms - START_MS) // MINUTE).tolist() == [0, 10, 15]
    assert bars.open.tolist() == [100, 112, 115]
    assert bars.close.tolist() == [104, 115, 120]
    assert bars.high.tolist() == [106, 117, 122]
    assert bars.volume.tolist() == [1 + 2 + 3 + 4, 13 + 14 + 15, 16 + 17 + 18 + 19 + 20]


def test_bars_cannot_be_written() -> None:
    bars = resample(rising(10), 5)
    for name in ("open_ms", "close_ms", "open", "high", "low", "close", "volume"):
        assert not getattr(bars, name).flags.writeable


def test_bars_of_one_minute_are_the_candles() -> None:
    candles = rising(3)
    bars = resample(candles, 1)
    for name in ("open_ms", "close_ms", "open", "high", "low", "close", "volume"):
        assert getattr(bars, name).tolist() == getattr(candles, name).tolist()


@pytest.mark.parametrize("minutes", [0, -5])
def test_a_length_below_a_minute_is_refused(minutes: int) -> None:
    with pytest.raises(ValueError, match="at least one minute"):
        resample(rising(3), minutes)


@given(
    minutes=st.sampled_from([2, 5, 15, 60, 240, DAY]),
    opens=st.sets(st.integers(0, 3 * DAY), min_size=1, max_size=60),
)
def test_bars_are_those_of_polars(minutes: int, opens: set[int]) -> None:
    rows = np.array(sorted(opens))
    source = rising(3 * DAY + 1).only(rows)
    every = f"{minutes}m"
    expected = (
        pl.DataFrame(
            {
                "at": source.open_ms,
                **{name: getattr(source, name) for name in ("open", "high", "low", "close")},
            }
        )
        .with_columns(pl.from_epoch("at", time_unit="ms"))
        .group_by_dynamic("at", every=every)
        .agg(
            pl.col("open").first(),
            pl.col("high").max(),
            pl.col("low").min(),
            pl.col("close").last(),
        )
        .filter(pl.col("at").dt.offset_by(every).dt.epoch("ms") <= int(source.close_ms[-1]))
    )
    bars = resample(source, minutes)
    assert bars.open_ms.tolist() == expected["at"].dt.epoch("ms").to_list()
    for name in ("open", "high", "low", "close"):
        assert getattr(bars, name).tolist() == expected[name].to_list()
