"""Recorded payloads of Lighter, read to the last digit."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from autonome.domain.instrument import Instrument
from autonome.market.book import Level
from autonome.market.feeds.lighter.payloads import (
    BookMessage,
    CandleMessage,
    CandlesAnswer,
    Envelope,
    FundingsAnswer,
    MarketsAnswer,
    read,
)
from autonome.market.feeds.lighter.reading import (
    bar_of,
    instrument_of,
    settlement_of,
    trading_of,
)
from autonome.market.feeds.lighter.series import Series
from autonome.market.feeds.minute import Bar, Settlement
from autonome.market.feeds.port import Mark, Trading

PAYLOADS = Path(__file__).parent / "lighter"


def _raw(name: str) -> bytes:
    return (PAYLOADS / f"{name}.json").read_bytes()


def _eth() -> Instrument:
    (row,) = read(_raw("http_order_book_details"), MarketsAnswer).order_book_details or ()
    return instrument_of(row)


def _series() -> Series:
    return Series(market=0, instrument=_eth(), trading=Trading.OPEN)


def test_the_listing_gives_the_contract() -> None:
    (row,) = read(_raw("http_order_book_details"), MarketsAnswer).order_book_details or ()
    assert row.market_id == 0
    assert trading_of(row) is Trading.OPEN
    assert instrument_of(row) == Instrument(
        symbol="ETH",
        tick=Decimal("0.01"),
        lot=Decimal("0.0001"),
        min_quantity=Decimal("0.0050"),
        min_notional=Decimal("10.000000"),
        max_leverage=Decimal(50),
        maintenance_rate=Decimal("0.012"),
        liquidation_fee_rate=Decimal("0.01"),
    )


def test_candles_are_ticks_and_base_units() -> None:
    rows = read(_raw("http_candles"), CandlesAnswer).c or ()
    assert [bar_of(row, _eth()) for row in rows] == [
        # The payload's instants lie 20 s within their minutes.
        Bar(
            open_ms=1_699_999_980_000,
            open=236_111, high=236_222, low=236_000, close=236_131, volume=1.2345,
        ),
        Bar(
            open_ms=1_700_000_040_000,
            open=236_131, high=236_300, low=236_110, close=236_250, volume=0.5,
        ),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "close", "volume"),
    [
        ("ws_candle_subscribed", 226_397, 13.223699999999997),
        ("ws_candle_update", 226_389, 13.224299999999998),
    ],
)
def test_a_candle_of_the_stream_is_the_bar_as_it_forms(
    name: str, close: int, volume: float
) -> None:
    frame = read(_raw(name), Envelope)
    assert frame.channel == "candle:0:1m"
    (row,) = read(_raw(name), CandleMessage).candles or ()
    assert bar_of(row, _eth()) == Bar(
        open_ms=1_778_821_440_000,
        open=226_420,
        high=226_434,
        low=226_336,
        close=close,
        volume=volume,
    )


def test_no_candles_may_be_null() -> None:
    assert read(_raw("http_candles_null"), CandlesAnswer).c is None


def test_funding_is_percent_of_the_side_that_pays() -> None:
    rows = read(_raw("http_fundings"), FundingsAnswer).fundings or ()
    assert [settlement_of(row) for row in rows] == [
        Settlement(1_778_702_400_000, Decimal("0.000012")),
        Settlement(1_778_706_000_000, Decimal("-0.000002")),
    ]


def test_a_frame_of_prices_gives_mark_and_funding() -> None:
    series = _series()
    series.hear_stats(_raw("ws_market_stats_subscribed_single"), now_ms=1_780_546_209_300)
    assert series.mark == Mark(Decimal("64356.3"), 1_780_546_209_291)
    assert series.mark_age_ms(1_780_546_209_350) == 50
    # The venue's stamp is a millisecond late; -0.0005 % and -0.0028 % for the hour.
    assert series.settled == Settlement(1_780_545_600_000, Decimal("-0.000005"))
    assert series.expected_rate == Decimal("-0.000028")


def test_a_later_frame_replaces_the_prices() -> None:
    series = _series()
    series.hear_stats(_raw("ws_market_stats_update_single"), now_ms=0)
    assert series.mark == Mark(Decimal("2064.47"), 1_774_883_844_933)
    assert series.settled == Settlement(1_774_886_400_000, Decimal("0.00000002"))


def test_a_snapshot_is_a_whole_book_at_its_time() -> None:
    series = _series()
    assert series.hear_book(_raw("ws_order_book_subscribed"), is_first=True, now_ms=0)
    book = series.live_book.book()
    assert book is not None
    assert book.at_ms == 1_778_138_582_602
    assert book.bids == (Level(Decimal("2000.00"), Decimal("0.0200")),)
    assert book.asks == (
        Level(Decimal("2325.00"), Decimal("99.0000")),
        Level(Decimal("2341.25"), Decimal("340.1028")),
    )


def test_an_empty_snapshot_is_whole_but_no_book() -> None:
    series = _series()
    assert series.hear_book(_raw("ws_order_book_subscribed_empty"), is_first=True, now_ms=0)
    assert series.live_book.is_whole
    assert series.live_book.book() is None


def test_an_update_is_taken_only_where_the_book_ended_at_its_beginning() -> None:
    series, update = _series(), _raw("ws_order_book_update")
    assert not series.hear_book(update, is_first=False, now_ms=0)
    snapshot = msgspec.json.decode(_raw("ws_order_book_subscribed"))
    snapshot["order_book"]["nonce"] = read(update, BookMessage).order_book.begin_nonce
    assert series.hear_book(msgspec.json.encode(snapshot), is_first=True, now_ms=0)
    assert series.hear_book(update, is_first=False, now_ms=0)
    book = series.live_book.book()
    assert book is not None
    assert book.asks[0] == (Decimal("2064.54"), Decimal("0.3285"))
    assert not series.hear_book(update, is_first=False, now_ms=0)
