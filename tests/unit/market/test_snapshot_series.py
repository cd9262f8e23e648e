"""More of the market on demand, and how its figures are written."""

from __future__ import annotations

from decimal import Decimal

import pytest

from autonome.domain.errors import SettingError
from autonome.market.candles import MINUTE_MS
from autonome.market.frame import Frames
from autonome.market.indicators import atr
from autonome.market.observation import observe
from autonome.market.snapshot import read_series
from autonome.market.snapshot.figures import figure, plain
from autonome.market.snapshot.readings import INDICATORS, lines_of
from unit.market.bars import START_MS
from unit.market.frames import walk

MARKET = walk(20 * 1_440)


@pytest.mark.parametrize("minutes", [1, 5, 15, 60, 240, 1_440])
def test_the_last_closed_bars_come_oldest_first_with_their_lines(minutes: int) -> None:
    observation = observe(MARKET, closed_bars=15 * 1_440 + 61)
    answer = read_series(
        observation, symbol="BTC", minutes=minutes, indicators=("atr14",), length=7
    )
    assert answer["columns"] == ["closeMs", "open", "high", "low", "close", "volume", "atr14"]
    rows = answer["rows"]
    assert isinstance(rows, list)
    frame = Frames(MARKET.until(observation.at_ms)).frame("BTC", minutes=minutes)
    assert [row[0] for row in rows] == frame.close_ms[-7:].tolist()
    assert [row[4] for row in rows] == [plain(Decimal(str(c))) for c in frame.close[-7:].tolist()]
    expected = figure(float(atr(frame, 14)[-1]))
    assert rows[-1][6] == (None if expected is None else plain(expected))


def test_a_bar_that_is_still_forming_is_not_in_it() -> None:
    answer = read_series(observe(MARKET, closed_bars=119), symbol="BTC", minutes=60, length=200)
    assert [row[0] for row in answer["rows"]] == [START_MS + 60 * MINUTE_MS]  # type: ignore[attr-defined]


def test_an_unknown_symbol_is_refused() -> None:
    with pytest.raises(SettingError):
        read_series(observe(MARKET, closed_bars=9), symbol="DOGE", minutes=1, length=1)


def test_every_indicator_has_the_lines_that_it_names() -> None:
    frame = Frames(MARKET).frame("BTC", minutes=60)
    lines = lines_of(frame, tuple(INDICATORS))
    assert list(lines) == [line for each in INDICATORS.values() for line in each.lines]
    assert {len(line) for line in lines.values()} == {len(frame)}


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (95_123.456, "95123.5"),
        (0.000012345678, "0.0000123457"),
        (1_234_567.8, "1234570"),
        (-0.0, "0"),
        (100.0, "100"),
        (2.50, "2.5"),
    ],
)
def test_a_figure_has_six_significant_digits_and_no_exponent(number: float, text: str) -> None:
    found = figure(number)
    assert found is not None
    assert plain(found) == text


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_what_is_not_finite_is_absent(number: float) -> None:
    assert figure(number) is None
