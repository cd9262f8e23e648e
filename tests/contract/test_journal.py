"""What every journal does, whatever holds its rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from autonome.domain.errors import ArenaNotEmpty, ArenaTaken, InvariantBroken
from autonome.domain.value import changed
from autonome.ledger.journal.port import (
    Booking,
    BookingStatus,
    Counts,
    MarkPoints,
    NavPoints,
    Run,
)
from autonome.ledger.rows import (
    Arm,
    Cycle,
    Fill,
    Intent,
    Invocation,
    Mark,
    Model,
    Order,
    Payment,
    PortfolioSnapshot,
    ToolCall,
)
from autonome.testing.bookings import NOW, closing, competitor, opening
from contract.kept import Kept, entered

BOOKED_KINDS = (Invocation, ToolCall, Order, Intent, Fill, Payment)


def same(rows: list[Any], expected: list[Any]) -> bool:
    def by_text(row: Any) -> str:
        return str(getattr(row, "id", row))

    return sorted(rows, key=by_text) == sorted(expected, key=by_text)


def test_every_row_comes_back_as_it_was_booked(kept: Kept) -> None:
    model, epoch = entered(kept.journal)
    opened = opening(model, epoch=epoch)
    closed = closing(opened)
    assert kept.journal.book(opened) is BookingStatus.BOOKED
    assert kept.journal.book(closed) is BookingStatus.BOOKED

    assert same(kept.read(Invocation), list(opened.invocations))
    assert same(kept.read(ToolCall), list(opened.tool_calls))
    assert same(kept.read(Order), list(closed.orders))
    assert same(kept.read(Intent), [*opened.intents, *closed.intents])
    assert same(kept.read(Fill), [*opened.fills, *closed.fills])
    assert same(kept.read(Payment), list(closed.payments))


def test_a_model_and_its_arm_come_back_with_counters_and_epoch(kept: Kept) -> None:
    model, arm = competitor()
    kept.journal.enter(model, arm)
    epoch = kept.journal.begin_run(model.id, at=NOW)
    kept.journal.book(opening(model, epoch=epoch))

    assert kept.read(Model) == [replace(model, invocation_count=1, total_minutes=5)]
    assert kept.read(Arm) == [replace(arm, epoch=1)]


def test_beginning_a_run_updates_the_arms_own_time(kept: Kept) -> None:
    model, arm = competitor()
    kept.journal.enter(model, arm)
    later = NOW + timedelta(seconds=1)
    kept.journal.begin_run(model.id, at=later)
    (stored,) = kept.read(Arm)
    assert stored.updated_at == later


def test_no_run_begins_after_an_epoch_that_is_over(kept: Kept) -> None:
    model, epoch = entered(kept.journal)
    assert kept.journal.begin_run(model.id, at=NOW, after=epoch) == epoch + 1
    with pytest.raises(ArenaTaken):
        kept.journal.begin_run(model.id, at=NOW, after=epoch)
    assert kept.read(Arm)[0].epoch == epoch + 1


def test_a_booking_under_an_old_epoch_writes_nothing(kept: Kept) -> None:
    model, epoch = entered(kept.journal)
    kept.journal.begin_run(model.id, at=NOW)
    assert kept.journal.book(opening(model, epoch=epoch)) is BookingStatus.STALE_EPOCH
    assert [row for kind in BOOKED_KINDS for row in kept.read(kind)] == []
    assert kept.read(Model)[0].invocation_count == 0


def test_a_halted_arm_says_why_whatever_is_booked_after_it(kept: Kept) -> None:
    model, arm = competitor()
    kept.journal.enter(model, arm)
    epoch = kept.journal.begin_run(model.id, at=NOW)
    opened = opening(model, epoch=epoch)
    assert kept.journal.book(changed(opened, halted_reason="30 % down")) is BookingStatus.BOOKED
    # A booking without a reason changes nothing: only an operator resumes an arm.
    assert kept.journal.book(closing(opened)) is BookingStatus.BOOKED
    assert kept.read(Arm) == [replace(arm, epoch=1, halted_reason="30 % down")]


def test_a_halt_under_an_old_epoch_or_of_another_arm_halts_nothing(kept: Kept) -> None:
    model, epoch = entered(kept.journal)
    other, other_epoch = entered(kept.journal, variant="Sovereign")
    halted = Booking(model_id=other.id, epoch=other_epoch, halted_reason="30 % down")
    assert kept.journal.book(halted) is BookingStatus.BOOKED
    kept.journal.begin_run(model.id, at=NOW)
    late = Booking(model_id=model.id, epoch=epoch, halted_reason="too late")
    assert kept.journal.book(late) is BookingStatus.STALE_EPOCH
    assert {row.model_id: row.halted_reason for row in kept.read(Arm)} == {
        model.id: None,
        other.id: "30 % down",
    }


def test_a_booking_that_is_sent_twice_counts_once(kept: Kept) -> None:
    model, epoch = entered(kept.journal)
    opened = opening(model, epoch=epoch)
    assert kept.journal.book(opened) is BookingStatus.BOOKED
    assert kept.journal.book(opened) is BookingStatus.ALREADY_BOOKED
    assert same(kept.read(Fill), list(opened.fills))
    assert kept.read(Model)[0].invocation_count == 1


def test_a_booking_sent_again_late_does_not_reopen_its_order(kept: Kept) -> None:
    model, epoch = entered(kept.journal)
    opened = opening(model, epoch=epoch)
    closed = closing(opened)
    kept.journal.book(opened)
    kept.journal.book(closed)
    assert kept.journal.book(opened) is BookingStatus.ALREADY_BOOKED
    assert kept.read(Order) == list(closed.orders)


def test_a_payment_that_is_sent_twice_counts_once(kept: Kept) -> None:
    model, epoch = entered(kept.journal)
    opened = opening(model, epoch=epoch)
    kept.journal.book(opened)
    funding = Booking(model_id=model.id, epoch=epoch, payments=closing(opened).payments)
    assert kept.journal.book(funding) is BookingStatus.BOOKED
    assert kept.journal.book(funding) is BookingStatus.ALREADY_BOOKED
    assert kept.read(Payment) == list(funding.payments)


def test_a_second_open_order_of_one_symbol_is_refused_whole(kept: Kept) -> None:
    model, epoch = entered(kept.journal)
    opened = opening(model, epoch=epoch)
    kept.journal.book(opened)
    with pytest.raises(InvariantBroken, match="second OPEN order"):
        kept.journal.book(opening(model, epoch=epoch))
    assert kept.read(Order) == list(opened.orders)
    assert same(kept.read(Fill), list(opened.fills))


def test_another_symbol_or_model_may_have_its_own_open_order(kept: Kept) -> None:
    model, epoch = entered(kept.journal)
    other, other_epoch = entered(kept.journal, variant="Sovereign")
    bookings = [
        opening(model, epoch=epoch),
        opening(model, epoch=epoch, symbol="ETH"),
        opening(other, epoch=other_epoch),
    ]
    assert {kept.journal.book(each) for each in bookings} == {BookingStatus.BOOKED}
    assert len(kept.read(Order)) == len(bookings)


def test_a_flip_closes_one_order_and_opens_another_in_one_booking(kept: Kept) -> None:
    model, epoch = entered(kept.journal)
    opened = opening(model, epoch=epoch)
    kept.journal.book(opened)
    closed, turned = closing(opened), opening(model, epoch=epoch)
    flip = changed(turned, orders=(*turned.orders, *closed.orders))
    assert kept.journal.book(flip) is BookingStatus.BOOKED
    assert same(kept.read(Order), list(flip.orders))


def test_a_decision_alone_can_be_booked(kept: Kept) -> None:
    model, epoch = entered(kept.journal)
    whole = opening(model, epoch=epoch)
    decision = Booking(model_id=model.id, epoch=epoch, invocations=whole.invocations)
    assert kept.journal.book(decision) is BookingStatus.BOOKED
    assert kept.read(Invocation) == list(whole.invocations)


def test_a_row_that_is_booked_again_replaces_the_one_before(kept: Kept) -> None:
    model, epoch = entered(kept.journal)
    whole = opening(model, epoch=epoch)
    kept.journal.book(whole)
    (call,) = whole.tool_calls
    later = changed(
        call, metadata={"filled": [Decimal("0.10")]}, updated_at=NOW + timedelta(seconds=1)
    )
    kept.journal.book(Booking(model_id=model.id, epoch=epoch, tool_calls=(later,)))
    assert kept.read(ToolCall) == [later]


def test_an_instant_has_one_cycle_whoever_is_first(kept: Kept) -> None:
    cycle = Cycle(scheduled_at=NOW, started_at=NOW, recipe={"bars": 12, "x": Decimal("0.1")})
    assert kept.journal.begin_cycle(cycle)
    assert not kept.journal.begin_cycle(Cycle(scheduled_at=NOW, started_at=NOW))
    assert kept.read(Cycle) == [cycle]


def test_a_name_and_variant_compete_once(kept: Kept) -> None:
    kept.journal.enter(*competitor())
    with pytest.raises(ArenaNotEmpty, match="'Ada' of variant Apex"):
        kept.journal.enter(*competitor())
    kept.journal.enter(*competitor(variant="Contrarian"))
    assert len(kept.read(Model)) == 2


def test_nobody_is_entered_behind_a_run_that_is_over(kept: Kept) -> None:
    model, epoch = entered(kept.journal)
    again = kept.journal.begin_run(model.id, at=NOW)
    late, other = competitor("late"), competitor("in time")
    for old in (Run(model.id, epoch), Run("nobody", 1)):
        assert kept.journal.enter(*late, behind=old) is BookingStatus.STALE_EPOCH
    assert kept.journal.enter(*other, behind=Run(model.id, again)) is BookingStatus.BOOKED
    assert {each.name for each in kept.read(Model)} == {"Ada", "in time"}


def test_nav_is_rounded_half_even_to_cents(kept: Kept) -> None:
    """Half to even, as IEEE 754 and the accounting rules say: 0.005 -> 0.00, 0.015 -> 0.02."""
    model, _ = entered(kept.journal)
    units = [0, 500_000, 1_500_000, 500_001, -500_000, -1_500_000, 1_000_000_000_123]
    cents = ["0.00", "0.00", "0.02", "0.01", "0.00", "-0.02", "10000.00"]
    start_ms = 1_746_403_200_000
    at_ms = start_ms + 60_000 * np.arange(len(units), dtype=np.int64)
    kept.journal.value(NavPoints(model_id=model.id, at_ms=at_ms, nav=np.array(units)))

    rows = sorted(kept.read(PortfolioSnapshot), key=lambda row: row.created_at)
    assert [row.net_portfolio for row in rows] == [Decimal(text) for text in cents]
    assert rows[1].created_at == datetime(2025, 5, 5, 0, 1, tzinfo=UTC)
    assert rows[1].updated_at == rows[1].created_at
    assert {row.model_id for row in rows} == {model.id}
    assert len({row.id for row in rows}) == len(rows)


def test_marks_keep_eight_places(kept: Kept) -> None:
    at_ms = np.array([1_746_403_260_000, 1_746_403_320_000])
    price = np.array([5_000_012_345_678, 1])
    kept.journal.mark(MarkPoints(symbol="BTC", at_ms=at_ms, price=price))
    rows = sorted(kept.read(Mark), key=lambda row: row.at)
    assert [(row.symbol, row.price) for row in rows] == [
        ("BTC", Decimal("50000.12345678")),
        ("BTC", Decimal("0.00000001")),
    ]


def test_a_decision_without_a_fill_that_is_sent_twice_counts_once(kept: Kept) -> None:
    model, epoch = entered(kept.journal)
    (invocation,) = opening(model, epoch=epoch).invocations
    counts = Counts(invocations=1, minutes=5)
    begun = Booking(model_id=model.id, epoch=epoch, invocations=(invocation,))
    done = changed(invocation, response="HOLDING", updated_at=NOW + timedelta(seconds=3))
    held = changed(begun, invocations=(done,), counts=counts)
    assert kept.journal.book(begun) is BookingStatus.BOOKED
    assert kept.journal.book(held) is BookingStatus.BOOKED
    assert kept.journal.book(held) is BookingStatus.ALREADY_BOOKED
    assert kept.read(Invocation) == [done]
    assert kept.read(Model) == [replace(model, invocation_count=1, total_minutes=5)]


def test_an_execution_of_the_venue_counts_once_whatever_its_id(kept: Kept) -> None:
    model, epoch = entered(kept.journal)
    opened = opening(model, epoch=epoch)
    kept.journal.book(opened)
    (fill,) = closing(opened).fills
    again = changed(fill, venue_fill_id=opened.fills[0].venue_fill_id)
    repeated = Booking(model_id=model.id, epoch=epoch, fills=(again,))
    assert kept.journal.book(repeated) is BookingStatus.ALREADY_BOOKED
    assert same(kept.read(Fill), list(opened.fills))


def test_a_booking_with_a_row_of_another_model_cannot_be_made() -> None:
    model, other = competitor()[0], competitor()[0]
    with pytest.raises(InvariantBroken, match="row of another model"):
        changed(opening(model, epoch=1), model_id=other.id)


def test_a_booking_with_two_open_orders_of_one_symbol_cannot_be_made() -> None:
    model, _ = competitor()
    first, second = opening(model, epoch=1), opening(model, epoch=1)
    with pytest.raises(InvariantBroken, match="second OPEN order"):
        changed(first, orders=(*first.orders, *second.orders))
