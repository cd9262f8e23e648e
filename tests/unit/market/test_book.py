"""Walking a book: what a market order would take, by hand."""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction

import pytest

from autonome.domain.choices import Side
from autonome.domain.errors import MarketDataError
from autonome.market.book import Book, Level, Walked

NOW_MS = 1_778_846_400_000


def _levels(text: str) -> tuple[Level, ...]:
    pairs = (pair.split("x") for pair in text.split())
    return tuple(Level(Decimal(price), Decimal(size)) for price, size in pairs)


def _book(bids: str, asks: str) -> Book:
    return Book(symbol="ETH", bids=_levels(bids), asks=_levels(asks), at_ms=NOW_MS)


BOOK = _book("99.9x2 99.5x1.5 98x10", "100.1x0.5 100.3x1 101x4")


@pytest.mark.parametrize(
    ("side", "quantity", "taken", "notional", "worst", "levels"),
    [
        (Side.BUY, "0.2", "0.2", "20.02", "100.1", 1),
        (Side.BUY, "0.5", "0.5", "50.05", "100.1", 1),
        (Side.BUY, "0.5001", "0.5001", "50.06003", "100.3", 2),
        # 0.5 x 100.1 + 1 x 100.3 + 0.5 x 101
        (Side.BUY, "2", "2", "200.85", "101", 3),
        # Too thin: 0.5 x 100.1 + 1 x 100.3 + 4 x 101, and no more.
        (Side.BUY, "100", "5.5", "554.35", "101", 3),
        # 2 x 99.9 + 1 x 99.5
        (Side.SELL, "3", "3", "299.3", "99.5", 2),
        (Side.SELL, "1000", "13.5", "1329.05", "98", 3),
    ],
)
def test_a_market_order_takes_the_best_levels_first(
    side: Side, quantity: str, taken: str, notional: str, worst: str, levels: int
) -> None:
    assert BOOK.walk(side, Decimal(quantity)) == Walked(
        quantity=Decimal(taken),
        notional=Decimal(notional),
        worst_price=Decimal(worst),
        levels=levels,
    )


def test_no_digit_is_lost_whatever_the_callers_context() -> None:
    book = _book("1x1", "12345678.12345678x0.00000001 12345679.87654321x1234567.12345678")
    with localcontext() as context:
        context.prec = 3
        walked = book.walk(Side.BUY, Decimal("1234567.12345679"))
    # By hand: 0.00000001 x 12345678.12345678 + 1234567.12345678 x 12345679.87654321
    whole = 1_234_567_812_345_678 + 123_456_712_345_678 * 1_234_567_987_654_321
    assert Fraction(walked.notional) == Fraction(whole, 10**16)
    assert walked.quantity == Decimal("1234567.12345679")


@pytest.mark.parametrize(
    ("bids", "asks", "flaw"),
    [
        ("", "", "has no bids and no asks"),
        ("", "100x1", "has no bids"),
        ("100x1", "", "has no asks"),
        ("100x1", "100x1", "is crossed: 100 is bid, 100 is asked"),
        ("101x1 90x1", "100x1", "is crossed: 101 is bid, 100 is asked"),
    ],
)
def test_an_empty_or_crossed_book_says_so_and_trades_nothing(
    bids: str, asks: str, flaw: str
) -> None:
    book = _book(bids, asks)
    assert book.flaw == flaw
    for side in Side:
        with pytest.raises(MarketDataError, match=flaw):
            book.walk(side, Decimal(1))
    with pytest.raises(MarketDataError, match=flaw):
        book.mid_price()


@pytest.mark.parametrize("quantity", ["0", "-1"])
def test_a_quantity_must_be_above_zero(quantity: str) -> None:
    with pytest.raises(ValueError, match="quantity > 0"):
        BOOK.walk(Side.BUY, Decimal(quantity))


def test_a_sound_book_has_a_middle_and_an_age() -> None:
    assert BOOK.flaw is None
    assert BOOK.mid_price() == 100
    assert BOOK.age_ms(NOW_MS + 250) == 250
