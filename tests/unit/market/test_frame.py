"""Frames: columns of closed bars, joined without foresight."""

from __future__ import annotations

import gc
from decimal import Decimal
from weakref import ref

import numpy as np
import pytest

from autonome.domain.errors import SettingError
from autonome.domain.money import exact
from autonome.market.candles import MINUTE_MS, FundingRates
from autonome.market.frame import Frames
from autonome.market.market import Market
from unit.market.bars import START_MS, candles
from unit.market.frames import walk

NAN = float("nan")
HOUR_MS = 60 * MINUTE_MS


def test_a_price_is_the_number_nearest_to_its_ticks() -> None:
    # Multiplying would give 95012.30000000001: the text of the number is the price itself.
    market = walk(3, tick="0.1")
    bars = candles([(950_123, 950_129, 950_119, 950_127)], tick="0.1")
    market = type(market)(origin="by hand", candles={"BTC": bars}, funding={})
    frame = Frames(market).frame("BTC", minutes=1)
    shown = [repr(each.item(0)) for each in (frame.open, frame.high, frame.low, frame.close)]
    assert shown == ["95012.3", "95012.9", "95011.9", "95012.7"]


@pytest.mark.parametrize(("tick", "price"), [("5", 15.0), ("0.25", 0.75), ("0.03", 0.09)])
def test_ticks_that_no_unit_is_made_of_are_multiplied(tick: str, price: float) -> None:
    bars = candles([(3, 3, 3, 3)], tick=tick)
    market = type(walk(1))(origin="by hand", candles={"BTC": bars}, funding={})
    assert Frames(market).frame("BTC", minutes=1).close.tolist() == pytest.approx([price])


def test_columns_cannot_be_written() -> None:
    frame = Frames(walk(3)).frame("BTC", minutes=1)
    for column in (frame.close_ms, frame.open, frame.high, frame.low, frame.close, frame.volume):
        with pytest.raises(ValueError, match="read-only"):
            column[0] = 1


def test_a_bar_that_is_still_forming_has_no_row() -> None:
    frames = Frames(walk(14))
    assert len(frames.frame("BTC", minutes=1)) == 14
    five = frames.frame("BTC", minutes=5)
    assert ((five.close_ms - START_MS) // MINUTE_MS).tolist() == [5, 10]


def test_a_frame_of_a_length_is_made_once() -> None:
    frames = Frames(walk(600, symbols=("BTC", "ETH")))
    five = frames.frame("BTC", minutes=5)
    assert five.at(60) is five.at(60)
    assert five.at(60).at(5) is five
    assert five.of("ETH").of("BTC") is five
    assert (five.at(60).symbol, five.at(60).minutes) == ("BTC", 60)


def test_a_row_knows_the_last_bar_of_another_frame_that_had_closed() -> None:
    minute = Frames(walk(12)).frame("BTC", minutes=1)
    five = minute.at(5)
    assert len(five) == 2
    joined = minute.latest(five, np.array([7, 8]))
    # The bar of the first five minutes may be seen when it closes, not one row earlier.
    assert np.isnan(joined[:4]).all()
    assert joined[4:].tolist() == [7, 7, 7, 7, 7, 8, 8, 8]
    assert five.latest(minute, np.arange(12)).tolist() == [4, 9]


def test_a_join_needs_one_value_per_bar() -> None:
    minute = Frames(walk(12)).frame("BTC", minutes=1)
    with pytest.raises(ValueError, match=r"one value per bar of BTC 5m \(2\), found 12"):
        minute.latest(minute.at(5), minute.close)


def test_funding_is_known_from_its_settlement_on() -> None:
    rates = FundingRates(
        symbol="BTC",
        at_ms=(START_MS + 2 * MINUTE_MS, START_MS + 4 * MINUTE_MS),
        rate=(Decimal("0.0001"), Decimal("-0.00005")),
    )
    frame = Frames(walk(5, funding=rates)).frame("BTC", minutes=1)
    assert np.isnan(frame.funding_rate[0])
    assert frame.funding_rate[1:].tolist() == [0.0001, 0.0001, -0.00005, -0.00005]
    assert np.isnan(Frames(walk(5)).frame("BTC", minutes=1).funding_rate).all()


def test_a_frame_that_cannot_be_is_refused() -> None:
    frames = Frames(walk(5, symbols=("BTC", "ETH")))
    with pytest.raises(SettingError, match="found 'DOGE'") as refused:
        frames.frame("DOGE", minutes=1)
    assert refused.value.remedy == "Take one of BTC, ETH."
    with pytest.raises(SettingError, match="at least one minute, found 0"):
        frames.frame("BTC", minutes=0)


@pytest.mark.parametrize(("tick", "price"), [("7", 21.0), ("2.5", 7.5)])
@exact
def test_a_tick_that_divides_no_unit_is_multiplied(tick: str, price: float) -> None:
    # 1 / 7 has no end: under the exact context, dividing would fail.
    bars = candles([(1, 3, 1, 2)], tick=tick)
    market = Market(origin="by hand", candles={"BTC": bars}, funding={})
    assert Frames(market).frame("BTC", minutes=1).high.tolist() == [price]


def test_a_frame_that_nobody_uses_any_more_is_gone_at_once_with_all_that_it_asked_for() -> None:
    """A market that grows makes new ones at each tick: they must not wait for a collector."""
    gc.disable()
    try:
        five = Frames(walk(600, symbols=("BTC", "ETH"))).frame("BTC", minutes=5)
        others = [five.at(60), five.of("ETH"), five.at(60).at(5), five.of("ETH").at(60)]
        left = [ref(frame) for frame in (five, *others)]
        assert all(each() is not None for each in left)
        del five, others
        assert [each() for each in left] == [None] * 5
    finally:
        gc.enable()
