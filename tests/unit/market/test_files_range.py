"""A range of the data, what happens to gaps in it, and what funding is charged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from autonome.domain.errors import MarketDataError
from autonome.market.files import read_market
from autonome.market.gaps import Gaps
from unit.market.bars import START, START_MS
from unit.market.written import STYLES, bars, instrument, write_bars, write_rates

STYLE = STYLES["our CSV"]
HOUR_MS = 3_600_000


def minute(number: float) -> datetime:
    return START + timedelta(minutes=number)


def write_minutes(folder: Path, minutes: Sequence[int], symbol: str = "BTC") -> Path:
    """Write bars whose close in ticks is 20 plus their minute."""
    rows = [
        {**bars([("10", str(20 + number), "5", str(10 + number / 2))])[0], "at": minute(number)}
        for number in minutes
    ]
    write_rates(folder, [(START, "0.0001")], STYLE, name=f"{symbol}-funding")
    return write_bars(folder, rows, STYLE, name=f"{symbol}-1m")


@pytest.mark.parametrize(
    ("start", "end", "closes"),
    [
        (None, None, [20, 21, 22, 23]),
        (minute(1), None, [21, 22, 23]),
        (None, minute(3), [20, 21, 22]),
        (minute(1), minute(2), [21]),
        (minute(0.5), minute(2.5), [21, 22]),
        (minute(-60), minute(60), [20, 21, 22, 23]),
    ],
)
def test_bars_open_from_the_start_on_and_before_the_end(
    tmp_path: Path, start: datetime | None, end: datetime | None, closes: list[int]
) -> None:
    write_minutes(tmp_path, range(4))
    market = read_market(tmp_path, [instrument()], start=start, end=end)
    assert market.candles["BTC"].close.tolist() == closes


@pytest.mark.parametrize(
    ("start", "end"),
    [(minute(4), None), (None, minute(0)), (minute(2), minute(2)), (minute(3), minute(1))],
)
def test_a_range_without_bars_is_refused_and_the_data_is_described(
    tmp_path: Path, start: datetime | None, end: datetime | None
) -> None:
    path = write_minutes(tmp_path, range(4))
    with pytest.raises(MarketDataError) as caught:
        read_market(tmp_path, [instrument()], start=start, end=end)
    assert caught.value.problem.startswith(f"{path}: expected bars of BTC from ")
    assert caught.value.problem.endswith(
        "the data covers 2025-05-05 00:00 UTC to 2025-05-05 00:04 UTC."
    )


def test_settlements_outside_of_the_bars_are_left_out(tmp_path: Path) -> None:
    write_minutes(tmp_path, range(4))
    at = [minute(number) for number in (-1, 0, 1, 3, 4, 5)]
    write_rates(tmp_path, [(each, "0.0001") for each in at], STYLE)
    market = read_market(tmp_path, [instrument()], start=minute(1))
    # Minute 4 is the close of the last bar, at which positions are still held.
    assert market.funding["BTC"].at_ms == tuple(START_MS + each * 60_000 for each in (1, 3, 4))


GAP = (0, 1, 4, 5)


@pytest.mark.parametrize("start", [None, minute(1)])
def test_a_gap_is_refused_unless_it_is_dealt_with(tmp_path: Path, start: datetime | None) -> None:
    path = write_minutes(tmp_path, GAP)
    with pytest.raises(MarketDataError) as caught:
        read_market(tmp_path, [instrument()], start=start)
    assert caught.value.problem == (
        f"{path}, data row 3 (from 1, without the header): expected that each row opens one minute"
        " after the row before; a gap of 2 min begins at 2025-05-05 00:02 UTC."
    )
    assert "--gaps fill" in caught.value.remedy
    assert "--gaps split" in caught.value.remedy


def test_a_gap_outside_of_the_range_does_not_matter(tmp_path: Path) -> None:
    write_minutes(tmp_path, GAP)
    market = read_market(tmp_path, [instrument()], start=minute(2))
    assert market.candles["BTC"].close.tolist() == [24, 25]


def test_a_filled_gap_is_flat_at_the_last_close(tmp_path: Path) -> None:
    write_minutes(tmp_path, GAP)
    filled = read_market(tmp_path, [instrument()], gaps=Gaps.FILL).candles["BTC"]
    assert filled.open_ms.tolist() == [START_MS + each * 60_000 for each in range(6)]
    assert filled.open.tolist() == [20, 20, 21, 21, 20, 20]
    assert filled.high.tolist() == [40, 42, 21, 21, 48, 50]
    assert filled.low.tolist() == [10, 10, 21, 21, 10, 10]
    assert filled.close.tolist() == [20, 21, 21, 21, 24, 25]
    assert filled.volume.tolist() == [1.5, 1.5, 0.0, 0.0, 1.5, 1.5]
    assert filled.filled is not None
    assert filled.filled.tolist() == [False, False, True, True, False, False]
    assert not filled.filled.flags.writeable


@pytest.mark.parametrize("gaps", Gaps)
def test_data_without_gaps_is_the_same_whatever_is_said_about_them(
    tmp_path: Path, gaps: Gaps
) -> None:
    write_minutes(tmp_path, range(4))
    market = read_market(tmp_path, [instrument()], gaps=gaps)
    assert market.candles["BTC"].filled is None
    assert market.fingerprint() == read_market(tmp_path, [instrument()]).fingerprint()


@pytest.mark.parametrize(("missing", "is_filled"), [(1_440, True), (1_441, False)])
def test_a_gap_of_more_than_a_day_is_not_filled(
    tmp_path: Path, missing: int, is_filled: bool
) -> None:
    write_minutes(tmp_path, [0, 1, missing + 2])
    if is_filled:
        assert len(read_market(tmp_path, [instrument()], gaps=Gaps.FILL).open_ms) == 1_443
    else:
        with pytest.raises(MarketDataError, match="and at most 1440 are filled"):
            read_market(tmp_path, [instrument()], gaps=Gaps.FILL)
    split = read_market(tmp_path, [instrument()], gaps=Gaps.SPLIT)
    assert split.candles["BTC"].close.tolist() == [20, 21, 22 + missing]


def test_a_split_market_has_the_minutes_that_every_symbol_has(tmp_path: Path) -> None:
    write_minutes(tmp_path, [0, 1, 2, 5, 6, 7])
    write_minutes(tmp_path, [1, 2, 3, 4, 5, 7, 8], symbol="ETH")
    market = read_market(tmp_path, [instrument(), instrument(symbol="ETH")], gaps=Gaps.SPLIT)
    for symbol in ("BTC", "ETH"):
        found = market.candles[symbol]
        assert found.open_ms.tolist() == [START_MS + each * 60_000 for each in (1, 2, 5, 7)]
        assert found.close.tolist() == [21, 22, 25, 27]
        assert found.filled is None


def charged(folder: Path, hours: Sequence[int], rate: str, interval: int | None) -> list[Decimal]:
    """Return the rates of a symbol that settles at these hours."""
    write_minutes(folder, sorted({0, 1, *(60 * hour for hour in hours)}))
    write_rates(folder, [(minute(60 * hour), rate) for hour in hours], STYLE)
    market = read_market(folder, [instrument()], gaps=Gaps.SPLIT, rate_interval_hours=interval)
    return list(market.funding["BTC"].rate)


@pytest.mark.parametrize(
    ("hours", "rate", "interval", "expected"),
    [
        ([0, 8, 16], "0.0001", None, ["0.0001"] * 3),
        ([0, 8, 16], "0.0001", 8, ["0.0001"] * 3),
        # An hourly settlement of a rate for eight hours is an eighth of it.
        ([0, 1, 2], "0.0001", 8, ["0.0000125"] * 3),
        ([0, 1, 3], "0.0008", 8, ["0.0001", "0.0001", "0.0002"]),
        ([0, 8], "0.0001", 1, ["0.0008"] * 2),
        ([5], "0.0001", 8, ["0.0001"]),
        # Thirds are rounded to 1e-12; a half goes to the even digit.
        ([0, 1], "0.0001", 3, ["0.000033333333"] * 2),
        ([0, 1], "0.000000000005", 2, ["0.000000000002"] * 2),
        ([0, 1], "-0.000000000007", 2, ["-0.000000000004"] * 2),
    ],
)
def test_what_is_charged_is_the_rates_share_of_its_interval(
    tmp_path: Path, hours: list[int], rate: str, interval: int | None, expected: list[str]
) -> None:
    assert charged(tmp_path, hours, rate, interval) == [Decimal(each) for each in expected]


def test_the_first_settlement_of_a_range_still_knows_the_one_before(tmp_path: Path) -> None:
    write_minutes(tmp_path, range(4))
    rates = [(minute(-60), "0.0008"), (minute(0), "0.0008"), (minute(4), "0.0008")]
    write_rates(tmp_path, rates, STYLE)
    market = read_market(tmp_path, [instrument()], rate_interval_hours=8)
    # One hour, then four minutes, of eight hours.
    expected = (Decimal("0.0001"), Decimal("0.000006666667"))
    assert market.funding["BTC"].rate == expected


@pytest.mark.parametrize("late_ms", [0, 1, 7, 999])
def test_a_settlement_stamped_late_belongs_to_its_minute(tmp_path: Path, late_ms: int) -> None:
    write_minutes(tmp_path, range(4))
    write_rates(tmp_path, [(minute(1) + timedelta(milliseconds=late_ms), "0.1")], STYLE)
    market = read_market(tmp_path, [instrument()])
    assert market.funding["BTC"].at_ms == (START_MS + 60_000,)
    write_rates(tmp_path, [(minute(1) + timedelta(seconds=1), "0.1")], STYLE)
    with pytest.raises(MarketDataError, match="settles on a whole minute"):
        read_market(tmp_path, [instrument()])
