"""What an arena tells is what its tables hold, also over the death of its process."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any, Final

import pytest

from integration.events.server import EventServer, Heard
from simulation.paper_crash.outcome import rows
from simulation.paper_crash.process import PlayedArena

pytestmark = [pytest.mark.postgres, pytest.mark.kill]

_MOST_EVENTS: Final = 20_000
_ZULU: Final = """'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'"""
STATES: Final = """
SELECT id, coalesce("responsePayload"->>'state', 'COMPLETED') FROM "Invocations"
"""
TICKS: Final = f'SELECT id, to_char("scheduledAt", {_ZULU}) FROM "Cycles"'
NAV: Final = f'SELECT to_char("createdAt", {_ZULU}), "modelId", "netPortfolio" FROM "PortfolioSize"'
MARKS: Final = f'SELECT to_char(at, {_ZULU}), symbol, price FROM "Marks"'


def test_the_events_of_an_arena_that_was_killed_on_its_way_tell_all_its_rows(
    new_arena: Callable[[str], PlayedArena], arms: str
) -> None:
    arena = new_arena(arms)
    arena.kill_after(lines=8, seconds=0.1)
    with EventServer(arena.url) as server, ThreadPoolExecutor() as listening:
        reader = server.reader(f"?arena={arena.name}", last_id=0)
        assert reader.answer.status == 200, reader.answer.read()
        assert reader.opening is None
        hearing = listening.submit(until_stopped, reader.next)
        arena.finish()
        told = hearing.result()
        again = server.reader(f"?arena={arena.name}", last_id=0)
        assert until_stopped(again.next) == told
    assert [each.id for each in told] == list(range(1, len(told) + 1))
    orders, trades = dict[str, str](), set[str]()
    for each in told:
        if each.kind == "position":
            orders[each.data["orderId"]] = each.data["change"]
        if each.kind == "trade":
            trades.add(each.data["orderId"])
    stored = rows(arena.url, arena.name, 'SELECT id, status::text FROM "Orders"')
    assert trades == {row_id for row_id, status in stored if status == "CLOSED"}
    assert len(trades) > 20
    still_open = {order for order, change in orders.items() if change != "CLOSED"}
    assert still_open == {row_id for row_id, status in stored if status == "OPEN"}

    assert last_of(told, "invocation", "invocationId", "state") == found(arena, STATES)
    spoken = {each.data["invocationId"] for each in told if each.kind == "text"}
    assert spoken
    assert spoken <= set(found(arena, STATES))
    calls = {each.data["toolCallId"] for each in told if each.kind == "call"}
    assert calls == {
        row_id for (row_id,) in rows(arena.url, arena.name, 'SELECT id FROM "ToolCalls"')
    }
    cycles = {
        each.data["cycleId"]: instant(each.data["scheduledAt"])
        for each in told
        if each.kind == "cycle"
    }
    assert cycles == found(arena, TICKS)
    assert minutes(told, "nav", "values") == sorted(rows(arena.url, arena.name, NAV))
    assert minutes(told, "prices", "marks") == sorted(rows(arena.url, arena.name, MARKS))


def until_stopped(next_one: Callable[[], Heard]) -> list[Heard]:
    """Return everything that is heard until an arena says that it has stopped."""
    told: list[Heard] = []
    while not (told and told[-1].data.get("change") == "STOPPED"):
        assert len(told) < _MOST_EVENTS
        told.append(next_one())
    return told


def last_of(told: Iterable[Heard], kind: str, whose: str, what: str) -> dict[str, Any]:
    return {each.data[whose]: each.data[what] for each in told if each.kind == kind}


def found(arena: PlayedArena, statement: str) -> dict[str, Any]:
    return dict(rows(arena.url, arena.name, statement))


def minutes(told: Iterable[Heard], kind: str, what: str) -> list[tuple[str, str, Decimal]]:
    return sorted(
        (each.data["at"], whose, Decimal(figure))
        for each in told
        if each.kind == kind
        for whose, figure in each.data[what].items()
    )


def instant(text: str) -> str:
    """Return an instant with six places of a second."""
    return text if "." in text else text.replace("Z", ".000000Z")
