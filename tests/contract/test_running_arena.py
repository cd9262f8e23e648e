"""What every journal does for an arena that runs by itself: memory of arms, minutes, commands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest

from autonome.domain.errors import InvariantBroken
from autonome.domain.value import changed
from autonome.ledger.journal.port import Booking, BookingStatus, Journal, MarkPoints, NavPoints
from autonome.ledger.rows import (
    Arm,
    ArmState,
    Command,
    CommandKind,
    Fill,
    Mark,
    Model,
    PortfolioSnapshot,
)
from autonome.testing.bookings import NOW, opening
from contract.kept import Kept, entered

START_MS = 1_746_403_200_000
"""2025-05-05 00:00 UTC."""


def state_of(model: Model, **facts: object) -> ArmState:
    return ArmState(model_id=model.id, state=facts, updated_at=NOW)


def nav(model: Model, minutes: list[int], cents: list[int], *, epoch: int | None) -> NavPoints:
    units = 1_000_000 * np.array(cents, dtype=np.int64)
    return NavPoints(model_id=model.id, at_ms=times(minutes), nav=units, epoch=epoch)


def mark(symbol: str, minutes: list[int], prices: list[int]) -> MarkPoints:
    units = 100_000_000 * np.array(prices, dtype=np.int64)
    return MarkPoints(symbol=symbol, at_ms=times(minutes), price=units)


def times(minutes: list[int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return START_MS + 60_000 * np.array(minutes, dtype=np.int64)


def navs(kept: Kept) -> list[tuple[str, int, Decimal]]:
    """Return model, minute and NAV of every point."""
    rows: list[PortfolioSnapshot] = kept.read(PortfolioSnapshot)
    return sorted((row.model_id, minute_of(row.created_at), row.net_portfolio) for row in rows)


def marked(kept: Kept) -> list[tuple[str, int, Decimal]]:
    """Return symbol, minute and price of every mark."""
    rows: list[Mark] = kept.read(Mark)
    return sorted((row.symbol, minute_of(row.at), row.price) for row in rows)


def minute_of(at: datetime) -> int:
    return int((at - datetime(2025, 5, 5, tzinfo=UTC)) / timedelta(minutes=1))


def test_what_an_arm_remembers_comes_back_and_the_last_one_counts(kept: Kept) -> None:
    model, epoch = entered(kept.journal)
    first = state_of(model, cooldowns={"BTC": "2025-05-05T13:00Z"})
    last = changed(
        state_of(model, stops={"BTC": Decimal("49000.10")}, works=[]),
        updated_at=NOW + timedelta(seconds=1),
    )
    together = changed(opening(model, epoch=epoch), state=first)
    assert kept.journal.book(together) is BookingStatus.BOOKED
    alone = Booking(model_id=model.id, epoch=epoch, state=last)
    assert kept.journal.book(alone) is BookingStatus.BOOKED
    (stored,) = kept.read(ArmState)
    assert (stored.model_id, dict(stored.state), stored.updated_at) == (
        model.id,
        last.state,
        last.updated_at,
    )
    assert str(stored.state["stops"]["BTC"]) == "49000.10"


def test_a_booking_that_is_refused_changes_no_memory(kept: Kept) -> None:
    model, epoch = entered(kept.journal)
    opened = changed(opening(model, epoch=epoch), state=state_of(model, of="the first"))
    kept.journal.book(opened)
    again = changed(opened, state=state_of(model, of="a copy"))
    assert kept.journal.book(again) is BookingStatus.ALREADY_BOOKED
    kept.journal.begin_run(model.id, at=NOW)
    late = Booking(model_id=model.id, epoch=epoch, state=state_of(model, of="an older run"))
    assert kept.journal.book(late) is BookingStatus.STALE_EPOCH
    assert [row.state for row in kept.read(ArmState)] == [{"of": "the first"}]


def test_memory_of_another_model_cannot_be_booked() -> None:
    with pytest.raises(InvariantBroken, match="row of another model"):
        Booking(model_id="a", epoch=1, state=ArmState(model_id="b", state={}, updated_at=NOW))


def test_a_halt_that_is_taken_back_is_gone(kept: Kept) -> None:
    model, epoch = entered(kept.journal)
    other, other_epoch = entered(kept.journal, variant="Sovereign")
    for each, run in ((model, epoch), (other, other_epoch)):
        kept.journal.book(Booking(model_id=each.id, epoch=run, halted_reason="30 % down"))
    resumed = Booking(model_id=model.id, epoch=epoch, resumed=True)
    assert kept.journal.book(resumed) is BookingStatus.BOOKED
    assert {row.model_id: row.halted_reason for row in kept.read(Arm)} == {
        model.id: None,
        other.id: "30 % down",
    }


def test_an_older_run_resumes_nothing(kept: Kept) -> None:
    model, epoch = entered(kept.journal)
    kept.journal.book(Booking(model_id=model.id, epoch=epoch, halted_reason="by hand"))
    kept.journal.begin_run(model.id, at=NOW)
    late = Booking(model_id=model.id, epoch=epoch, resumed=True)
    assert kept.journal.book(late) is BookingStatus.STALE_EPOCH
    assert [row.halted_reason for row in kept.read(Arm)] == ["by hand"]


def test_a_booking_cannot_halt_and_resume_at_once() -> None:
    with pytest.raises(InvariantBroken, match="both halts and resumes"):
        Booking(model_id="a", epoch=1, halted_reason="why", resumed=True)


def two_arms(journal: Journal) -> tuple[Model, int, Model, int]:
    return (*entered(journal), *entered(journal, variant="Sovereign"))


def test_minutes_are_written_once_however_often_they_are_sent(kept: Kept) -> None:
    a, a_epoch, b, b_epoch = two_arms(kept.journal)
    points = [
        nav(a, [1, 2], [1_000_001, 1_000_002], epoch=a_epoch),
        nav(b, [1, 2], [999_999, 5], epoch=b_epoch),
    ]
    marks = [mark("BTC", [1, 2], [50_000, 50_001]), mark("ETH", [1, 2], [3_000, 3_001])]
    assert kept.journal.minute(points, marks) is BookingStatus.BOOKED
    assert kept.journal.minute(points, marks) is BookingStatus.ALREADY_BOOKED
    assert navs(kept) == sorted(
        [
            (a.id, 1, Decimal("10000.01")),
            (a.id, 2, Decimal("10000.02")),
            (b.id, 1, Decimal("9999.99")),
            (b.id, 2, Decimal("0.05")),
        ]
    )
    assert marked(kept) == [
        ("BTC", 1, Decimal(50_000)),
        ("BTC", 2, Decimal(50_001)),
        ("ETH", 1, Decimal(3_000)),
        ("ETH", 2, Decimal(3_001)),
    ]


def test_of_several_minutes_only_the_new_ones_are_written(kept: Kept) -> None:
    model, epoch = entered(kept.journal)
    kept.journal.minute([nav(model, [1], [100], epoch=epoch)], [mark("BTC", [1], [7])])
    overlapping = nav(model, [1, 2], [999, 200], epoch=epoch)
    again = kept.journal.minute([overlapping], [mark("BTC", [1, 2], [9, 8])])
    assert again is BookingStatus.BOOKED
    assert navs(kept) == [(model.id, 1, Decimal(1)), (model.id, 2, Decimal(2))]
    assert marked(kept) == [("BTC", 1, Decimal(7)), ("BTC", 2, Decimal(8))]


def test_a_minute_of_which_one_mark_is_there_is_left_alone(kept: Kept) -> None:
    model, epoch = entered(kept.journal)
    kept.journal.minute([nav(model, [1], [100], epoch=epoch)], [mark("BTC", [1], [7])])
    wider = [mark("BTC", [1], [7]), mark("ETH", [1], [3])]
    sent = kept.journal.minute([nav(model, [1], [100], epoch=epoch)], wider)
    assert sent is BookingStatus.ALREADY_BOOKED
    assert len(navs(kept)) == 1
    assert marked(kept) == [("BTC", 1, Decimal(7))]


def test_a_minute_of_which_one_arm_runs_anew_is_refused_whole(kept: Kept) -> None:
    a, a_epoch, b, b_epoch = two_arms(kept.journal)
    kept.journal.begin_run(b.id, at=NOW)
    points = [nav(a, [1], [100], epoch=a_epoch), nav(b, [1], [100], epoch=b_epoch)]
    assert kept.journal.minute(points, [mark("BTC", [1], [7])]) is BookingStatus.STALE_EPOCH
    assert (navs(kept), marked(kept)) == ([], [])


def test_a_minute_of_no_stated_run_is_written_whatever_runs(kept: Kept) -> None:
    model, _ = entered(kept.journal)
    points = [nav(model, [1], [100], epoch=None)]
    assert kept.journal.minute(points, [mark("BTC", [1], [7])]) is BookingStatus.BOOKED
    assert len(navs(kept)) == 1


def test_a_minute_without_arms_has_its_marks(kept: Kept) -> None:
    assert kept.journal.minute([], [mark("BTC", [1], [7])]) is BookingStatus.BOOKED
    assert kept.journal.minute([], []) is BookingStatus.ALREADY_BOOKED
    assert marked(kept) == [("BTC", 1, Decimal(7))]


@pytest.mark.parametrize(
    ("minutes", "symbols", "message"),
    [
        ([[1]], [], "expected a mark"),
        ([[1, 2]], ["BTC"], "expected a mark"),
        ([[1], [1]], ["BTC"], "expected one point"),
        ([[1]], ["BTC", "BTC"], "expected one point"),
    ],
    ids=["no mark", "a minute without mark", "a model twice", "a symbol twice"],
)
def test_a_minute_that_could_not_be_told_from_one_before_is_refused(
    kept: Kept, minutes: list[list[int]], symbols: list[str], message: str
) -> None:
    model, epoch = entered(kept.journal)
    points = [nav(model, each, [100] * len(each), epoch=epoch) for each in minutes]
    with pytest.raises(InvariantBroken, match=message):
        kept.journal.minute(points, [mark(symbol, [1], [7]) for symbol in symbols])
    assert (navs(kept), marked(kept)) == ([], [])


def test_a_command_is_kept_until_it_is_done_and_done_once(kept: Kept) -> None:
    model, _ = entered(kept.journal)
    halt = Command(
        kind=CommandKind.HALT, reason="too\0 wild", requested_by="Grace", requested_at=NOW
    )
    flatten = Command(
        kind=CommandKind.FLATTEN,
        model_id=model.id,
        reason="",
        requested_by="page",
        requested_at=NOW + timedelta(seconds=1),
    )
    for command in (halt, flatten):
        kept.journal.request(command)
    later = NOW + timedelta(seconds=2)
    assert kept.journal.finish_command(flatten.id, at=later, outcome="closed 2 positions")
    assert not kept.journal.finish_command(flatten.id, at=NOW, outcome="again")
    with pytest.raises(KeyError):
        kept.journal.finish_command("nobody asked", at=NOW, outcome="")
    rows = sorted(kept.read(Command), key=lambda row: str(row.requested_at))
    assert rows[1] == changed(flatten, done_at=later, outcome="closed 2 positions")
    assert (rows[0].kind, rows[0].model_id, rows[0].done_at) == (CommandKind.HALT, None, None)
    assert rows[0].reason.startswith("too")


def test_bookings_and_minutes_of_one_journal_take_turns(kept: Kept) -> None:
    model, epoch = entered(kept.journal)
    assert kept.journal.book(opening(model, epoch=epoch)) is BookingStatus.BOOKED
    for minute in (1, 2, 3):
        points = [nav(model, [minute], [100 * minute], epoch=epoch)]
        sent = kept.journal.minute(points, [mark("BTC", [minute], [7])])
        assert sent is BookingStatus.BOOKED
    assert [net for *_, net in navs(kept)] == [Decimal(1), Decimal(2), Decimal(3)]
    assert len(kept.read(Fill)) == 1
