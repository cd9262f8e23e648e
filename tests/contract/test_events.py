"""What every journal tells that is made to tell: events, with the rows that they are about."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from autonome.domain.errors import InvariantBroken
from autonome.domain.value import changed
from autonome.ledger.arenas import transaction
from autonome.ledger.connection import connect
from autonome.ledger.journal.memory import MemoryJournal
from autonome.ledger.journal.port import Booking, BookingStatus, MarkPoints, NavPoints
from autonome.ledger.journal.postgres import PostgresJournal
from autonome.ledger.migrate import upgrade
from autonome.ledger.rows import (
    ArmState,
    Command,
    CommandKind,
    Cycle,
    Event,
    Model,
    Order,
    ToolCall,
)
from autonome.testing.bookings import NOW, closing, opening
from contract.conftest import stored_rows
from contract.kept import Kept, entered

START_MS = 1_746_403_200_000
"""2025-05-05 00:00 UTC."""


@pytest.fixture(params=["memory", "row by row"])
def telling(request: pytest.FixtureRequest) -> Iterator[Kept]:
    """Yield each journal that an arena may run on, telling."""
    if request.param == "memory":
        memory = MemoryJournal(tells=True)
        yield Kept(memory, lambda kind: list(memory.rows(kind)))
        return
    url: str = request.getfixturevalue("database_url")
    with ExitStack() as stack:
        with transaction(url, "telling") as connection:
            upgrade(connection, "telling")
        raw = stack.enter_context(connect(url, arena="telling", autocommit=True))
        journal = PostgresJournal(raw, tells=True)
        yield Kept(journal, lambda kind: stored_rows(url, "telling", kind))


def told(kept: Kept) -> list[tuple[str, str | None, dict[str, Any]]]:
    """Return kind, model and payload of every event, in their order."""
    rows: list[Event] = sorted(kept.read(Event), key=lambda row: row.id)
    return [(row.kind.value, row.model_id, dict(row.payload)) for row in rows]


def changes(kept: Kept) -> list[tuple[str, Any]]:
    """Return of every event its kind, and the word that says what happened."""
    words = ("change", "outcome", "state")
    return [
        (kind, next((payload[word] for word in words if word in payload), None))
        for kind, _, payload in told(kept)
    ]


def test_an_opening_and_its_close_are_told_with_their_rows(telling: Kept) -> None:
    model, epoch = entered(telling.journal)
    opened = opening(model, epoch=epoch)
    (invocation,), (call,), (order,) = opened.invocations, opened.tool_calls, opened.orders
    telling.journal.book(opened)
    telling.journal.book(closing(opened))
    of_order = {"orderId": order.id, "symbol": "BTC"}
    assert told(telling) == [
        (
            "invocation",
            model.id,
            {
                "invocationId": invocation.id,
                "state": "COMPLETED",
                "cycleAt": "2025-05-05T12:30:15.250000Z",
            },
        ),
        (
            "call",
            model.id,
            {
                "invocationId": invocation.id,
                "toolCallId": call.id,
                "type": "CREATE_POSITION",
                "action": None,
                "outcome": "ALLOWED",
            },
        ),
        ("position", model.id, {**of_order, "change": "OPENED"}),
        ("trade", model.id, of_order),
        ("position", model.id, {**of_order, "change": "CLOSED"}),
    ]
    times = [row.at for row in sorted(telling.read(Event), key=lambda row: row.id)]
    assert times == [NOW, NOW, NOW, NOW + timedelta(hours=1), NOW + timedelta(hours=1)]


def partly(opened: Booking) -> Booking:
    """Return the close of a part of a position, whose rest stays open."""
    closed = closing(opened)
    (trade,), (order,), (fill,) = closed.orders, opened.orders, closed.fills
    part = changed(trade, id="a part")
    rest = changed(order, updated_at=trade.updated_at)
    return changed(closed, orders=(part, rest), fills=(changed(fill, order_id="a part"),))


def tightened(opened: Booking) -> Booking:
    """Return a stop that was moved in the very instant of the opening."""
    return Booking(model_id=opened.model_id, epoch=opened.epoch, orders=opened.orders)


@pytest.mark.parametrize(
    ("follow", "expected"),
    [
        (partly, [("trade", None), ("position", "CHANGED")]),
        (tightened, [("position", "CHANGED")]),
    ],
)
def test_what_leaves_a_position_open_only_changes_it(
    telling: Kept, follow: Any, expected: list[tuple[str, Any]]
) -> None:
    model, epoch = entered(telling.journal)
    opened = opening(model, epoch=epoch)
    telling.journal.book(opened)
    telling.journal.book(follow(opened))
    assert changes(telling)[3:] == expected


@pytest.mark.parametrize(
    ("metadata", "outcome"),
    [
        ({"asked": {"action": "holding"}}, "ALLOWED"),
        ({"denied": {"rule": "max-leverage"}}, "DENIED"),
        ({"unusable": "expected a number"}, "UNUSABLE"),
        ({"filled": [{"quantity": "1"}], "cancelled": ["the rest"]}, "FILLED"),
        ({"cancelled": ["gone"]}, "CANCELLED"),
        ({"rejected": ["by the venue"]}, "REJECTED"),
    ],
)
def test_a_call_is_told_with_what_came_of_it(
    telling: Kept, metadata: dict[str, object], outcome: str
) -> None:
    model, epoch = entered(telling.journal)
    opened = opening(model, epoch=epoch)
    call: ToolCall = changed(opened.tool_calls[0], metadata=metadata)
    telling.journal.book(changed(opened, tool_calls=(call,)))
    (found,) = [payload for kind, _, payload in told(telling) if kind == "call"]
    assert found["outcome"] == outcome


@pytest.mark.parametrize("state", ["RUNNING", "FAILED", "MISSED"])
def test_an_invocation_is_told_with_its_state(telling: Kept, state: str) -> None:
    model, epoch = entered(telling.journal)
    (invocation,) = opening(model, epoch=epoch).invocations
    asked = changed(invocation, response_payload={"state": state})
    telling.journal.book(Booking(model_id=model.id, epoch=epoch, invocations=(asked,)))
    assert changes(telling) == [("invocation", state)]


def test_a_halt_and_its_end_are_told(telling: Kept) -> None:
    model, epoch = entered(telling.journal)
    state = ArmState(model_id=model.id, state={}, updated_at=NOW)
    halted = Booking(model_id=model.id, epoch=epoch, halted_reason="30 % down", state=state)
    telling.journal.book(halted)
    telling.journal.book(changed(halted, halted_reason=None, resumed=True))
    assert told(telling) == [
        ("arena", model.id, {"change": "HALTED", "reason": "30 % down"}),
        ("arena", model.id, {"change": "RESUMED", "reason": None}),
    ]


def test_a_halt_that_nothing_dates_cannot_be_told(telling: Kept) -> None:
    model, epoch = entered(telling.journal)
    with pytest.raises(InvariantBroken, match="nothing says when"):
        telling.journal.book(Booking(model_id=model.id, epoch=epoch, halted_reason="why"))


def test_a_booking_that_is_refused_tells_nothing(telling: Kept) -> None:
    model, epoch = entered(telling.journal)
    opened = opening(model, epoch=epoch)
    telling.journal.book(opened)
    before = told(telling)
    assert telling.journal.book(opened) is BookingStatus.ALREADY_BOOKED
    telling.journal.begin_run(model.id, at=NOW)
    assert telling.journal.book(closing(opened)) is BookingStatus.STALE_EPOCH
    with pytest.raises(InvariantBroken):
        telling.journal.book(opening(model, epoch=epoch + 1))
    assert told(telling) == before


def points(model: Model, minutes: list[int], cents: list[int], epoch: int) -> NavPoints:
    at_ms = START_MS + 60_000 * np.array(minutes, dtype=np.int64)
    return NavPoints(
        model_id=model.id, at_ms=at_ms, nav=1_000_000 * np.array(cents, dtype=np.int64), epoch=epoch
    )


def marks(symbol: str, minutes: list[int], prices: list[int]) -> MarkPoints:
    at_ms = START_MS + 60_000 * np.array(minutes, dtype=np.int64)
    return MarkPoints(
        symbol=symbol, at_ms=at_ms, price=100_000_000 * np.array(prices, dtype=np.int64)
    )


def test_of_minutes_only_the_new_ones_are_told(telling: Kept) -> None:
    a, a_epoch = entered(telling.journal)
    b, b_epoch = entered(telling.journal, variant="Sovereign")
    telling.journal.minute([points(a, [1], [100], a_epoch)], [marks("BTC", [1], [7])])
    before = len(told(telling))
    again = [points(a, [1, 2], [999, 250], a_epoch), points(b, [1, 2], [9, -5], b_epoch)]
    telling.journal.minute(again, [marks("BTC", [1, 2], [9, 8]), marks("ETH", [1, 2], [3, 3])])
    telling.journal.minute(again, [marks("BTC", [1, 2], [9, 8])])
    assert told(telling)[before:] == [
        ("prices", None, {"marks": {"BTC": "8.00000000", "ETH": "3.00000000"}}),
        ("nav", None, {"values": {a.id: "2.50", b.id: "-0.05"}}),
    ]
    stale = points(a, [3], [100], a_epoch - 1)
    telling.journal.minute([stale], [marks("BTC", [3], [7])])
    assert len(told(telling)) == before + 2


def test_a_tick_is_told_once(telling: Kept) -> None:
    cycle = Cycle(scheduled_at=NOW, started_at=NOW)
    assert telling.journal.begin_cycle(cycle)
    assert not telling.journal.begin_cycle(Cycle(scheduled_at=NOW, started_at=NOW))
    expected = {"cycleId": cycle.id, "scheduledAt": "2025-05-05T12:30:15.250000Z"}
    assert told(telling) == [("cycle", None, expected)]


def test_a_command_is_told_when_it_is_done(telling: Kept) -> None:
    model, _ = entered(telling.journal)
    command = Command(
        kind=CommandKind.FLATTEN,
        model_id=model.id,
        reason="too wild",
        requested_by="Grace",
        requested_at=NOW,
    )
    telling.journal.request(command)
    assert told(telling) == []
    assert telling.journal.finish_command(command.id, at=NOW, outcome="1 arm")
    assert not telling.journal.finish_command(command.id, at=NOW, outcome="again")
    with pytest.raises(KeyError):
        telling.journal.finish_command("nobody asked", at=NOW, outcome="")
    expected = {
        "change": "COMMAND",
        "commandId": command.id,
        "command": "FLATTEN",
        "reason": "too wild",
        "outcome": "1 arm",
    }
    assert told(telling) == [("arena", model.id, expected)]


def test_a_journal_tells_nothing_unless_it_is_made_to(kept: Kept) -> None:
    model, epoch = entered(kept.journal)
    opened = opening(model, epoch=epoch)
    kept.journal.book(opened)
    kept.journal.begin_cycle(Cycle(scheduled_at=NOW, started_at=NOW))
    kept.journal.minute([points(model, [1], [100], epoch)], [marks("BTC", [1], [7])])
    orders: list[Order] = kept.read(Order)
    assert (len(orders), kept.read(Event)) == (1, [])
