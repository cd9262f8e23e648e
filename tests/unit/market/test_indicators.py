"""Every indicator against a published example or its definition, and each without foresight."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from autonome.market.frame import Floats, Frame, Frames
from autonome.market.indicators import (
    adx,
    atr,
    bollinger,
    crosses_above,
    crosses_below,
    ema,
    highest,
    ichimoku,
    keltner,
    lowest,
    macd,
    previous,
    relative_volume,
    rsi,
    session_vwap,
    sma,
    supertrend,
    vwap_distance,
)
from unit.market import definitions
from unit.market.frames import frame_of, walk, walking_frame

NAN = float("nan")
FRAME = walking_frame(600)
HIGH, LOW, CLOSE = FRAME.high.tolist(), FRAME.low.tolist(), FRAME.close.tolist()
VOLUME = FRAME.volume.tolist()


def same(found: Floats, expected: Sequence[float | None]) -> bool:
    """Say whether a column equals a definition's, to 1e-9 of its size, absences included."""
    column = np.array([NAN if each is None else each for each in expected])
    assert np.isfinite(column).any()
    return np.allclose(found, column, rtol=1e-9, atol=1e-9, equal_nan=True)


def test_ema_is_the_published_example() -> None:
    # StockCharts ChartSchool, "Moving Averages": ten-day EMA, prices and results in cents.
    closes = [22.27, 22.19, 22.08, 22.17, 22.18, 22.13, 22.23, 22.43, 22.24, 22.29, 22.15, 22.39]
    closes += [22.38, 22.61, 23.36, 24.05, 23.75, 23.83, 23.95, 23.63, 23.82, 23.87, 23.65, 23.19]
    published = [22.22, 22.21, 22.24, 22.27, 22.33, 22.52, 22.80, 22.97, 23.13, 23.28, 23.34]
    published += [23.43, 23.51, 23.53, 23.47]
    found = ema(np.array(closes), 10)
    assert np.isnan(found[:9]).all()
    assert np.abs(found[9:] - published).max() < 0.006


def test_rsi_begins_with_the_means_of_gains_and_losses() -> None:
    # Wilder's formula by hand: fourteen changes gain 3.34 and lose 1.40; the next one loses 0.28.
    closes = [44.34, 44.09, 44.15, 43.61, 44.33, 44.83, 45.10, 45.42]
    closes += [45.84, 46.08, 45.89, 46.03, 45.61, 46.28, 46.28, 46.00]
    found = rsi(np.array(closes), 14)
    assert np.isnan(found[:14]).all()
    assert found[14] == pytest.approx(100 * 3.34 / (3.34 + 1.40), abs=1e-9)
    gain, loss = 3.34 * 13, 1.40 * 13 + 0.28 * 14
    assert found[15] == pytest.approx(100 * gain / (gain + loss), abs=1e-9)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (sma(FRAME.close, 30), definitions.mean(CLOSE, 30)),
        (ema(FRAME.close, 20), definitions.ema(CLOSE, 20)),
        (macd(FRAME.close).line, definitions.macd(CLOSE, 12, 26, 9)[0]),
        (macd(FRAME.close).signal, definitions.macd(CLOSE, 12, 26, 9)[1]),
        (rsi(FRAME.close, 7), definitions.rsi(CLOSE, 7)),
        (atr(FRAME, 14), definitions.atr(HIGH, LOW, CLOSE, 14)),
        (adx(FRAME, 14), definitions.adx(HIGH, LOW, CLOSE, 14)),
        (supertrend(FRAME).line, definitions.supertrend(HIGH, LOW, CLOSE, 10, 3)[0]),
        (supertrend(FRAME).direction, definitions.supertrend(HIGH, LOW, CLOSE, 10, 3)[1]),
        (ichimoku(FRAME).conversion, definitions.middle(HIGH, LOW, 9)),
        (ichimoku(FRAME).base, definitions.middle(HIGH, LOW, 26)),
    ],
    ids=[
        *("sma", "ema", "macd line", "macd signal", "rsi", "atr", "adx"),
        *("supertrend line", "supertrend direction", "conversion", "base"),
    ],
)
def test_an_indicator_is_its_definition(found: Floats, expected: Sequence[float | None]) -> None:
    assert same(found, expected)


def test_the_supertrend_of_the_walk_turns_both_ways() -> None:
    direction = supertrend(FRAME).direction
    assert {-1.0, 1.0} == set(direction[~np.isnan(direction)])


def test_the_histogram_is_the_line_less_its_signal() -> None:
    found = macd(FRAME.close)
    assert np.allclose(found.histogram, found.line - found.signal, equal_nan=True)


def test_bollinger_is_two_population_deviations_around_the_mean() -> None:
    band = bollinger(FRAME.close)
    means, deviations = definitions.mean(CLOSE, 20), definitions.deviation(CLOSE, 20)
    pairs = [(m, d) for m, d in zip(means, deviations, strict=True) if m is not None and d]
    assert np.allclose(band.upper[19:], [m + 2 * d for m, d in pairs], rtol=1e-8)
    assert np.allclose(band.lower[19:], [m - 2 * d for m, d in pairs], rtol=1e-8)
    assert np.allclose(band.bandwidth[19:], [4 * d / m for m, d in pairs], rtol=1e-6)


def test_keltner_is_the_average_and_one_and_a_half_true_ranges() -> None:
    channel = keltner(FRAME)
    averages, ranges = definitions.ema(CLOSE, 20), definitions.atr(HIGH, LOW, CLOSE, 20)
    pairs = [(a, r) for a, r in zip(averages, ranges, strict=True) if a and r]
    assert np.allclose(channel.upper[20:], [a + 1.5 * r for a, r in pairs], rtol=1e-9)
    assert np.allclose(channel.lower[20:], [a - 1.5 * r for a, r in pairs], rtol=1e-9)


def test_the_cloud_of_a_bar_was_computed_26_bars_before() -> None:
    cloud = ichimoku(FRAME)
    for row in (77, 300, 599):
        fast, slow, span = (
            definitions.middle(HIGH, LOW, bars)[row - 26] or NAN for bars in (9, 26, 52)
        )
        edges = sorted([(fast + slow) / 2, span])
        assert [cloud.cloud_bottom[row], cloud.cloud_top[row]] == pytest.approx(edges)
    assert np.isnan(cloud.cloud_top[:77]).all()


def test_vwap_begins_anew_at_midnight_utc() -> None:
    # The first bar opens at 22:00: the bar that closes at midnight still belongs to the old day.
    frame = walking_frame(600, start_ms=FRAME.close_ms[0].item() - 60_000 - 2 * 3_600_000)
    days = [(each - 60_000) // 86_400_000 for each in frame.close_ms.tolist()]
    assert days[119] != days[120]
    columns = (each.tolist() for each in (frame.high, frame.low, frame.close, frame.volume))
    assert same(session_vwap(frame), definitions.vwap(*columns, days))


def test_vwap_by_hand() -> None:
    # Prices (12+9+9)/3 = 10 and (24+18+18)/3 = 20; (10 x 1 + 20 x 3) / 4 = 17.5.
    frame = frame_of([(9, 9, 9, 0), (12, 9, 9, 1), (24, 18, 18, 3), (21, 21, 21, 0)])
    found = session_vwap(frame)
    assert np.isnan(found[0])
    assert found[1:].tolist() == [10, 17.5, 17.5]
    assert vwap_distance(frame)[3] == pytest.approx((21 - 17.5) / 17.5)


def test_volume_is_measured_against_its_mean() -> None:
    # Mean of 1, 2 and 6: 3; of 2, 6 and 1: 3; nothing at all gives no figure.
    frame = frame_of([(9, 9, 9, volume) for volume in (1, 2, 6, 1)])
    assert relative_volume(frame, 3)[2:].tolist() == pytest.approx([2, 1 / 3])
    assert np.isnan(relative_volume(frame_of([(9, 9, 9, 0)] * 4), 3)).all()


def test_extremes_count_the_row_itself_until_they_are_moved_by_one() -> None:
    values = np.array([3.0, 1.0, 2.0, 5.0])
    assert highest(values, 2)[1:].tolist() == [3, 2, 5]
    assert lowest(values, 2)[1:].tolist() == [1, 1, 2]
    assert previous(values)[1:].tolist() == [3, 1, 2]
    assert np.isnan(previous(values)[0])


CROSSINGS = [
    ("above after below", [1, 3], [2, 2], True, False),
    ("above after level", [2, 3], [2, 2], True, False),
    ("level after below", [1, 2], [2, 2], False, False),
    ("below after level", [2, 1], [2, 2], False, True),
    ("above as before", [3, 4], [2, 2], False, False),
    ("unknown before", [NAN, 3], [2, 2], False, False),
    ("unknown level before", [1, 3], [NAN, 2], False, False),
    ("unknown now", [1, NAN], [2, 2], False, False),
]


@pytest.mark.parametrize(("values", "level", "above", "below"), [c[1:] for c in CROSSINGS])
def test_a_crossing_is_on_the_one_side_after_it_was_not(
    values: list[float], level: list[float], above: bool, below: bool
) -> None:
    found, against = np.array(values), np.array(level)
    assert crosses_above(found, against).tolist() == [False, above]
    assert crosses_below(found, against).tolist() == [False, below]


def test_a_level_may_be_one_number() -> None:
    assert crosses_above(np.array([1.0, 3.0]), 2).tolist() == [False, True]
    assert crosses_below(np.array([3.0, 1.0]), 2).tolist() == [False, True]


SERIES: dict[str, Callable[[Floats], Floats]] = {
    "sma": lambda values: sma(values, 5),
    "ema": lambda values: ema(values, 5),
    "rsi": lambda values: rsi(values, 5),
    "macd": lambda values: macd(values, fast=2, slow=4, signal=2).signal,
    "bollinger": lambda values: bollinger(values, 5).upper,
    "highest": lambda values: highest(values, 5),
    "lowest": lambda values: lowest(values, 5),
}


@pytest.mark.parametrize("name", SERIES)
def test_missing_values_do_not_spread(name: str) -> None:
    values = FRAME.close[:60].copy()
    whole = SERIES[name](values)
    leading = np.concatenate((np.full(3, NAN), values))
    assert np.array_equal(SERIES[name](leading)[3:], whole, equal_nan=True)
    # A gap in the middle stands at the value before it.
    gap, bridged = values.copy(), values.copy()
    gap[30:33], bridged[30:33] = NAN, values[29]
    assert np.array_equal(SERIES[name](gap), SERIES[name](bridged), equal_nan=True)
    assert np.isfinite(SERIES[name](gap)[59])


FRAMES: dict[str, Callable[[Frame], tuple[Floats, ...]]] = {
    "atr": lambda frame: (atr(frame),),
    "adx": lambda frame: (adx(frame),),
    "bollinger": lambda frame: bollinger(frame.close),
    "keltner": lambda frame: keltner(frame),
    "supertrend": lambda frame: supertrend(frame),
    "ichimoku": lambda frame: ichimoku(frame),
    "macd": lambda frame: macd(frame.close),
    "vwap": lambda frame: (session_vwap(frame), vwap_distance(frame)),
    "volume": lambda frame: (relative_volume(frame),),
    "averages": lambda frame: (sma(frame.close, 20), ema(frame.close, 20), rsi(frame.close)),
    "extremes": lambda frame: (highest(frame.high, 20), lowest(frame.low, 20)),
}


@pytest.mark.parametrize("name", FRAMES)
def test_later_bars_change_no_row_bit_for_bit(name: str) -> None:
    market = walk(2_000)
    whole = FRAMES[name](Frames(market).frame("BTC", minutes=1))
    for bars in (30, 77, 500, 1_441, 1_999):
        candles = {"BTC": market.candles["BTC"].until(bars)}
        part = type(market)(origin="a part", candles=candles, funding={})
        found = FRAMES[name](Frames(part).frame("BTC", minutes=1))
        for row, expected in zip(found, whole, strict=True):
            assert np.array_equal(row, expected[:bars], equal_nan=True)


@pytest.mark.parametrize("name", FRAMES)
@pytest.mark.parametrize("bars", [0, 1, 2])
def test_a_frame_too_short_for_an_indicator_has_no_values(name: str, bars: int) -> None:
    market = walk(3)
    part = type(market)(
        origin="a part", candles={"BTC": market.candles["BTC"].until(bars)}, funding={}
    )
    for column in FRAMES[name](Frames(part).frame("BTC", minutes=1)):
        assert len(column) == bars
        assert name == "vwap" or np.isnan(column).all()
