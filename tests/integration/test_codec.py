"""Figures that a column cannot hold: PostgreSQL would round them without a word."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from autonome.domain.errors import InvariantBroken
from autonome.domain.value import changed
from autonome.ledger.codec import copy_line, encoder, instant_text
from autonome.ledger.connection import connect
from autonome.ledger.tables import fills, invocations, orders
from autonome.ledger.types import json_loads
from autonome.testing.bookings import competitor, opening

MODEL, _ = competitor()
BOOKING = opening(MODEL, epoch=1)


@pytest.mark.parametrize(
    ("price", "reason"),
    [
        (Decimal("50000.123456789"), "nine places in a column of eight"),
        (Decimal("12345678901.5"), "eleven digits before the point in a column of ten"),
        (Decimal("NaN"), "no number"),
    ],
)
def test_a_figure_that_its_column_would_round_or_not_hold_is_refused(
    price: Decimal, reason: str
) -> None:
    (fill,) = BOOKING.fills
    with pytest.raises(InvariantBroken, match=r"expected price to fit NUMERIC\(18, 8\)"):
        encoder(fills)(changed(fill, price=price))


def test_a_figure_that_fits_gets_all_places_of_its_column() -> None:
    (order,) = BOOKING.orders
    values = dict(zip(orders.c.keys(), encoder(orders)(order), strict=True))
    assert values["quantity"] == "0.10000000"
    assert values["leverage"] == "2.50"
    assert values["exit_price"] is None


def test_an_instant_is_stored_in_utc(database_url: str) -> None:
    east = timezone(timedelta(hours=2))
    text = instant_text(datetime(2025, 5, 5, 14, 30, tzinfo=east))
    assert text == instant_text(datetime(2025, 5, 5, 12, 30, tzinfo=UTC))
    with connect(database_url) as connection:
        row = connection.execute("SELECT %s::timestamp", [text]).fetchone()
    assert row == (datetime(2025, 5, 5, 12, 30),)  # noqa: DTZ001


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="expected an instant with a time zone"):
        instant_text(datetime(2025, 5, 5))  # noqa: DTZ001


def test_copy_text_escapes_what_its_format_reserves() -> None:
    """PostgreSQL's documentation of COPY: backslash, tab, newline and return; \\N is null."""
    assert copy_line(["a\tb", "c\nd", "e\\f", "g\rh", None, "7"]) == (
        "a\\tb\tc\\nd\te\\\\f\tg\\rh\t\\N\t7\n"
    )


def test_a_nul_in_words_is_shown_as_what_cannot_be_shown() -> None:
    """PostgreSQL's text and jsonb cannot hold it; a decision must not be lost for it."""
    (invocation,) = BOOKING.invocations
    payload = {"said": "a\0b", "path": "c:\\u0000"}
    texts = encoder(invocations)(changed(invocation, response="one\0two", response_payload=payload))
    assert texts[2] == "one\ufffdtwo"
    assert json_loads(texts[3] or "") == {"said": "a\ufffdb", "path": "c:\\u0000"}
