"""NAV and marks minute by minute, in whole units of 1e-8; peak and day opening with them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

import pytest

from autonome.arena.account import Account
from autonome.arena.settle import settle_fill
from autonome.arena.valuation import NavBook, mark_points
from autonome.domain.choices import Side
from autonome.domain.errors import InvariantBroken
from autonome.domain.value import changed
from autonome.market.candles import MINUTE_MS, FundingRates
from autonome.market.market import Market, align
from simulation.bookings import AT, CAPITAL, account, filled, ordinals
from unit.market.bars import START_MS, candles

UNIT = 10**8


def market(closes: Sequence[int], *, start_ms: int = START_MS) -> Market:
    bars = candles(
        [(close, close, close, close) for close in closes], tick="0.1", start_ms=start_ms
    )
    return align(
        {"BTC": bars}, {"BTC": FundingRates(symbol="BTC", at_ms=(), rate=())}, origin="test"
    )


def short(quantity: str = "0.3", fee: str = "0.00000003") -> Account:
    return settle_fill(account(), filled(Side.SELL, quantity, "100.0", fee), ordinals()).account


def points(book: NavBook) -> list[int]:
    return list(book.drain().nav.tolist())


def test_nav_is_capital_and_gain_at_each_close() -> None:
    book = NavBook(market([990, 1_000, 1_013]), "Ada", CAPITAL)
    book.cut(1, account())
    book.cut(3, short())
    drained = book.drain()
    assert (drained.model_id, drained.at_ms.tolist()) == (
        "Ada",
        [START_MS + minute * MINUTE_MS for minute in (1, 2, 3)],
    )
    # 10,000; 10,000 - 3e-8; and 0.3 x 1.3 = 0.39 lost at 101.3.
    assert drained.nav.tolist() == [10_000 * UNIT, 999_999_999_997, 999_960_999_997]


def test_a_cut_at_a_bar_that_was_cut_changes_nothing() -> None:
    book = NavBook(market([1_000, 1_010]), "Ada", CAPITAL)
    book.cut(2, account())
    book.cut(1, short())
    book.cut(2, short())
    assert points(book) == [10_000 * UNIT] * 2


def test_each_point_is_drained_once_whether_it_was_folded_or_not() -> None:
    book = NavBook(market([1_000, 1_010, 1_020, 1_030]), "Ada", CAPITAL)
    book.cut(1, short("1", "0"))
    book.fold()
    book.cut(2, short("1", "0"))
    assert points(book) == [10_000 * UNIT, 9_999 * UNIT]
    assert points(book) == []
    book.cut(4, short("2", "0"))
    assert points(book) == [9_996 * UNIT, 9_994 * UNIT]


def test_many_events_between_two_foldings_add_up() -> None:
    """A bar each: flat, short 1 @ 100, flat again 1 richer, short 2 @ 100."""
    richer = changed(account(), cash_flow=CAPITAL + 1)
    book = NavBook(market([1_000, 1_010, 990, 980]), "Ada", CAPITAL)
    for bar, held in enumerate((account(), short("1", "0"), richer, short("2", "0"))):
        book.cut(bar + 1, held)
    assert points(book) == [10_000 * UNIT, 9_999 * UNIT, 10_001 * UNIT, 10_004 * UNIT]


def test_the_peak_is_the_highest_close_folded_and_never_below_the_capital() -> None:
    book = NavBook(market([1_010, 990, 1_005]), "Ada", CAPITAL)
    book.cut(1, short("10", "0"))
    book.fold()
    assert book.peak == CAPITAL  # NAV is 9,990.
    book.cut(3, short("10", "0"))
    book.fold()
    assert book.peak == Decimal(10_010)


@pytest.mark.parametrize(
    ("first_minute", "folds", "expected"),
    [
        # Bars close at 23:58, 23:59, 00:00, 00:01 with a NAV of 10,001 to 10,004.
        (-3, [4], 10_003),
        (-3, [3], 10_003),  # The close at 00:00 opens the day.
        (-3, [2], 10_000),
        (-3, [1, 2, 3, 4], 10_003),
        (-3, [2, 4], 10_003),
        (-4, [4], 10_004),
        (-5, [4], 10_000),
        (0, [4], 10_000),
        (-1, [1, 4], 10_001),
    ],
)
def test_a_day_opens_with_the_nav_of_the_close_at_midnight(
    first_minute: int, folds: list[int], expected: int
) -> None:
    start_ms = START_MS + first_minute * MINUTE_MS
    book = NavBook(market([990, 980, 970, 960], start_ms=start_ms), "Ada", CAPITAL)
    for bar in folds:
        book.cut(bar, short("1", "0"))
        book.fold()
    assert book.day_opening == Decimal(expected)


@pytest.mark.parametrize("folds", [[4], [2, 4], [1, 4], [2, 3, 4], [1, 2, 3]])
def test_a_day_that_begins_in_a_gap_opens_with_the_last_nav_before_it(folds: list[int]) -> None:
    """Whether it was asked for when the gap began, or not."""
    before = candles([(1_000,) * 4, (990,) * 4], tick="0.1", start_ms=START_MS - 10 * MINUTE_MS)
    after = candles([(900,) * 4, (890,) * 4], tick="0.1", start_ms=START_MS + 10 * MINUTE_MS)
    joined = candles([(1_000,) * 4, (990,) * 4, (900,) * 4, (890,) * 4], tick="0.1")
    joined.open_ms[:] = [*before.open_ms, *after.open_ms]
    book = NavBook(align({"BTC": joined}, {}, origin="test"), "Ada", CAPITAL)
    for bar in folds:
        book.cut(bar, short("1", "0"))
        book.fold()
    assert book.day_opening == Decimal(10_001)


def test_marks_are_the_closes() -> None:
    marks = mark_points(market([990, 1_013]).candles["BTC"], first_bar=1, end_bar=2)
    assert marks.at_ms.tolist() == [START_MS + 2 * MINUTE_MS]
    assert marks.price.tolist() == [10_130_000_000]


def test_a_nav_that_does_not_fit_stops_the_arm() -> None:
    rich = account(capital=Decimal(50_000_000_000))
    with pytest.raises(InvariantBroken, match="does not fit 64 bits"):
        NavBook(market([1_000, 1_000]), "Ada", CAPITAL).cut(2, rich)


def test_a_position_that_does_not_fit_stops_the_arm() -> None:
    entry = filled(Side.BUY, "1000000000", "100.0", at=AT + timedelta(minutes=1))
    held = settle_fill(account(), entry, ordinals()).account
    with pytest.raises(InvariantBroken, match="does not fit 64 bits"):
        NavBook(market([1_000, 1_000]), "Ada", CAPITAL).cut(2, held)
