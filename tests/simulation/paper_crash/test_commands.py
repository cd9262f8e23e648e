"""What operators ask for is done once, however often the process dies while it obeys."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

import pytest

from autonome.arena.crash_points import CrashPoint
from autonome.ledger.connection import connect
from autonome.ledger.journal.postgres import PostgresJournal
from autonome.ledger.rows import Command, CommandKind
from simulation.paper_crash.outcome import Figures, figures, require_same, require_whole, rows
from simulation.paper_crash.plan import CODED
from simulation.paper_crash.process import PlayedArena

pytestmark = [pytest.mark.postgres, pytest.mark.kill]

DONE: Final = 'SELECT kind, outcome FROM "Commands" WHERE "doneAt" IS NOT NULL'
HELD: Final = "SELECT count(*) FROM \"Orders\" WHERE status = 'OPEN'"
CLOSED: Final = """
SELECT count(*) FROM "Intents" WHERE purpose = 'HALT' AND state = 'FILLED'
"""
HALTED: Final = 'SELECT count(*) FROM "Arms" WHERE "haltedReason" IS NOT NULL'
ARMS: Final = 'SELECT count(*) FROM "Arms"'


def test_a_flatten_and_a_resume_are_carried_out_once_whatever_dies_on_the_way(
    new_arena: Callable[[str], PlayedArena],
) -> None:
    calm, crashed = new_arena(CODED), new_arena(CODED)
    require_same(played(crashed, crashes=True), played(calm, crashes=False))


def played(arena: PlayedArena, *, crashes: bool) -> Figures:
    """Flatten an arena in the middle, let it trade again later, and return its figures."""
    arena.crash(CrashPoint.AFTER_NAV, 60)
    held, arms = number(arena, HELD), number(arena, ARMS)
    assert held > 0
    ask(arena, CommandKind.FLATTEN)
    if crashes:
        assert arena.crash(CrashPoint.COMMAND_CARRIED_OUT, 1)
        assert rows(arena.url, arena.name, DONE) == []
        assert arena.crash(CrashPoint.COMMAND_FINISHED, 1)
    # The orders of the flatten trade at the next open; nothing is entered then.
    arena.crash(CrashPoint.AFTER_NAV, 30)
    assert (number(arena, HELD), number(arena, HALTED)) == (0, arms)
    assert number(arena, CLOSED) == held
    ask(arena, CommandKind.RESUME)
    if crashes:
        assert arena.crash(CrashPoint.COMMAND_CARRIED_OUT, 1)
        assert arena.crash(CrashPoint.COMMAND_FINISHED, 1)
    arena.finish()
    require_whole(arena.url, arena.name)
    assert [kind for kind, _ in rows(arena.url, arena.name, DONE)] == ["FLATTEN", "RESUME"]
    assert number(arena, HALTED) == 0
    # Who flattens again calls back the orders of the first time: new ones close the same.
    return {
        what: each for what, each in figures(arena.url, arena.name).items() if what != "intents"
    }


def ask(arena: PlayedArena, kind: CommandKind) -> None:
    """Write down what an operator asks for."""
    with connect(arena.url, arena=arena.name, autocommit=True) as connection:
        PostgresJournal(connection).request(
            Command(
                kind=kind,
                reason="by hand",
                requested_by="a test",
                requested_at=datetime.now(UTC),
            )
        )


def number(arena: PlayedArena, statement: str) -> int:
    """Return the one number that a statement finds."""
    ((found,),) = rows(arena.url, arena.name, statement)
    return int(found)
