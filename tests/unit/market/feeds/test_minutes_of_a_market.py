"""Bars and minutes: exact ticks, gaps that are filled, markets that grow."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from autonome.domain.errors import MarketDataError
from autonome.domain.instrument import Instrument
from autonome.market.candles import MINUTE_MS
from autonome.market.feeds.lighter.reading import ms_of_stamp
from autonome.market.feeds.minute import (
    Bar,
    ClosedMinute,
    Settlement,
    candles_of,
    extended,
    flat_bar,
    ticks_of,
)
from autonome.market.feeds.tape import MOST_KEPT_MINUTES, Tape, without_gaps
from autonome.market.market import Market, align

NOON_MS = 1_778_846_400_000

BTC = Instrument(
    symbol="BTC",
    tick=Decimal("0.1"),
    lot=Decimal("0.00001"),
    min_quantity=Decimal("0.0002"),
    min_notional=Decimal(10),
    max_leverage=Decimal(50),
    maintenance_rate=Decimal("0.012"),
    liquidation_fee_rate=Decimal("0.01"),
)


def _bar(minute: int, close: int, *, filled: bool = False) -> Bar:
    return Bar(
        open_ms=NOON_MS + minute * MINUTE_MS,
        open=close - 1,
        high=close + 2,
        low=close - 2,
        close=close,
        volume=1.5,
        filled=filled,
    )


@pytest.mark.parametrize(
    ("price", "ticks"),
    [
        ("64356.3", 643_563),
        ("0.1", 1),
        ("64356.29999999999", 643_563),
        ("64356.3000001", 643_563),
    ],
)
def test_a_price_is_a_whole_number_of_ticks(price: str, ticks: int) -> None:
    assert ticks_of(Decimal(price), BTC) == ticks


@pytest.mark.parametrize(
    "price", ["64356.35", "64356.300001", "0", "-1", "0.00000001", "NaN", "Infinity", "1e999999"]
)
def test_a_price_off_its_tick_or_out_of_its_range_is_refused(price: str) -> None:
    with pytest.raises(MarketDataError, match=r"BTC in steps of 0\.1"):
        ticks_of(Decimal(price), BTC)


@pytest.mark.parametrize(
    ("stamp", "ms"),
    [
        (1_778_702_400, 1_778_702_400_000),
        (1_778_846_400_123, 1_778_846_400_123),
        (1_777_945_103_092_648, 1_777_945_103_092),
        (99_999_999_999, 99_999_999_999_000),
        (100_000_000_000, 100_000_000_000),
    ],
)
def test_time_stamps_are_told_apart_by_their_size(stamp: int, ms: int) -> None:
    assert ms_of_stamp(stamp) == ms


@pytest.mark.parametrize("stamp", [0, -1, 10**17, 10**30])
def test_what_is_no_time_stamp_is_refused(stamp: int) -> None:
    with pytest.raises(MarketDataError, match="time stamp"):
        ms_of_stamp(stamp)


def test_a_bar_closes_when_a_later_one_is_heard() -> None:
    tape = Tape()
    assert [tape.hear(_bar(*told)) for told in ((0, 10), (0, 11), (1, 12), (1, 13))] == [
        False,
        False,
        True,
        False,
    ]
    assert tape.closed(NOON_MS) == _bar(0, 11)
    assert tape.closed(NOON_MS + MINUTE_MS) is None


def test_a_late_word_on_a_closed_bar_is_taken() -> None:
    tape = Tape()
    for told in ((0, 10), (1, 12), (0, 11)):
        tape.hear(_bar(*told))
    assert tape.closed(NOON_MS) == _bar(0, 11)


def test_a_bar_that_was_forming_when_the_stream_broke_does_not_close() -> None:
    tape = Tape()
    tape.hear(_bar(0, 10))
    tape.interrupt()
    assert not tape.hear(_bar(1, 12))
    assert tape.closed(NOON_MS) is None


def test_bars_that_nobody_fetches_are_kept_up_to_a_limit() -> None:
    tape = Tape()
    for minute in range(MOST_KEPT_MINUTES + 10):
        tape.hear(_bar(minute, 10))
    assert len(tape.known()) == MOST_KEPT_MINUTES
    assert tape.closed(NOON_MS) is not None
    tape.put([_bar(-1, 10)])
    assert tape.closed(NOON_MS - MINUTE_MS) is not None
    tape.forget(NOON_MS + MINUTE_MS)
    assert tape.closed(NOON_MS) is None


def test_missing_minutes_are_flat_at_the_close_before_them() -> None:
    known = {bar.open_ms: bar for bar in (_bar(1, 20), _bar(3, 30))}
    end_ms = NOON_MS + 5 * MINUTE_MS
    assert without_gaps(known, first_ms=NOON_MS, end_ms=end_ms, close=7) == [
        flat_bar(NOON_MS, close=7),
        _bar(1, 20),
        flat_bar(NOON_MS + 2 * MINUTE_MS, close=20),
        _bar(3, 30),
        flat_bar(NOON_MS + 4 * MINUTE_MS, close=30),
    ]
    begun = without_gaps(known, first_ms=NOON_MS, end_ms=end_ms, close=None)
    assert begun[0] == _bar(1, 20)


def _market(*bars: Bar) -> Market:
    return align({"BTC": candles_of(BTC, bars)}, {}, origin="test")


def _minute(bar: Bar, *funding: Settlement) -> ClosedMinute:
    return ClosedMinute(open_ms=bar.open_ms, bars={"BTC": bar}, funding={"BTC": funding})


def test_a_market_grows_by_the_minutes_that_follow_it() -> None:
    settled = Settlement(NOON_MS + 2 * MINUTE_MS, Decimal("0.00001"))
    flat = flat_bar(NOON_MS + 2 * MINUTE_MS, close=11)
    grown = extended(_market(_bar(0, 10)), [_minute(_bar(1, 11), settled), _minute(flat)])
    candles = grown.candles["BTC"]
    assert candles.open_ms.tolist() == [NOON_MS + minute * MINUTE_MS for minute in range(3)]
    assert candles.open.tolist() == [9, 10, 11]
    assert candles.high.tolist() == [12, 13, 11]
    assert candles.low.tolist() == [8, 9, 11]
    assert candles.close.tolist() == [10, 11, 11]
    assert candles.volume.tolist() == [1.5, 1.5, 0.0]
    assert candles.filled is not None
    assert candles.filled.tolist() == [False, False, True]
    assert grown.funding["BTC"].at_ms == (settled.at_ms,)
    assert grown.funding["BTC"].rate == (settled.rate,)
    assert candles.open.dtype == np.int64
    with pytest.raises(ValueError, match="read-only"):
        candles.close[0] = 1


def test_growing_in_one_step_or_in_many_is_the_same() -> None:
    minutes = [_minute(_bar(number, 10 + number)) for number in range(1, 6)]
    at_once = extended(_market(_bar(0, 10)), minutes)
    one_by_one = _market(_bar(0, 10))
    for minute in minutes:
        one_by_one = extended(one_by_one, [minute])
    assert at_once.fingerprint() == one_by_one.fingerprint()


@pytest.mark.parametrize("number", [0, 2], ids=["again", "one left out"])
def test_a_minute_that_does_not_follow_is_refused(number: int) -> None:
    with pytest.raises(MarketDataError, match="expected the minute that opens at"):
        extended(_market(_bar(0, 10)), [_minute(_bar(number, 10))])


def test_a_minute_without_a_symbol_is_refused() -> None:
    empty = ClosedMinute(open_ms=NOON_MS + MINUTE_MS, bars={}, funding={})
    with pytest.raises(MarketDataError, match="of BTC"):
        extended(_market(_bar(0, 10)), [empty])
