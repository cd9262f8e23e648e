"""What operators change of arms is done once and whole, wherever the process dies on the way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

import pytest
from pydantic import SecretStr

from autonome.arena.crash_points import CrashPoint
from autonome.bootstrap.auditing import audit_arena
from autonome.config import Settings
from autonome.domain.variants import VARIANT_IDS
from autonome.ledger.connection import connect
from autonome.ledger.journal.postgres import PostgresJournal
from autonome.ledger.rows import Command, CommandKind
from simulation.paper_crash.outcome import rows
from simulation.paper_crash.plan import CODED
from simulation.paper_crash.process import PlayedArena
from simulation.paper_crash.test_commands import HELD, number

pytestmark = [pytest.mark.postgres, pytest.mark.kill]

BUSY: Final = "SELECT id FROM \"Models\" WHERE name = 'Busy'"
CASH: Final = """
SELECT a."startingCapital" + coalesce((SELECT sum(amount) FROM "Payments" p
                                       WHERE p."modelId" = a."modelId"), 0)
    - coalesce((SELECT sum(CASE side WHEN 'BUY' THEN 1 ELSE -1 END * quantity * price + fee)
                FROM "Fills" f WHERE f."modelId" = a."modelId"), 0) - a."startingCapital"
FROM "Arms" a WHERE a."modelId" = %s
"""
OUTCOMES: Final = """
SELECT kind, outcome FROM "Commands" WHERE "doneAt" IS NOT NULL ORDER BY "requestedAt"
"""
POLICIES: Final = "SELECT version, limits->>'maxLeverage' FROM \"ArmPolicies\" ORDER BY version"
PAID: Final = "SELECT count(*) FROM \"Payments\" WHERE kind IN ('DEPOSIT', 'WITHDRAWAL')"


def ask(
    arena: PlayedArena,
    what: CommandKind,
    model: str | None,
    **payload: object,
) -> str:
    """Write down what an operator asks for, and return its id."""
    command = Command(
        kind=what,
        model_id=model,
        reason="by hand",
        requested_by="a test",
        requested_at=datetime.now(UTC),
        payload=payload or None,
    )
    with connect(arena.url, arena=arena.name, autocommit=True) as connection:
        PostgresJournal(connection).request(command)
    return command.id


def test_changes_of_arms_are_carried_out_once_whatever_dies_on_the_way(
    new_arena: Callable[[str], PlayedArena],
) -> None:
    arena = new_arena(CODED)
    arena.crash(CrashPoint.AFTER_NAV, 60)
    ((busy,),) = rows(arena.url, arena.name, BUSY)
    ask(arena, CommandKind.FLATTEN, None)
    arena.crash(CrashPoint.AFTER_NAV, 30)
    assert number(arena, HELD) == 0
    ask(arena, CommandKind.RESET, busy)
    ask(arena, CommandKind.EDIT_POLICY, busy, limits={"maxLeverage": "2"}, expectedVersion=1)
    added = ask(arena, CommandKind.ADD_ARM, None, kind="RULE", name="Added", variant=VARIANT_IDS[1])
    # Each is carried out, and nobody says so; then the arm is there, and is not begun.
    assert arena.crash(CrashPoint.COMMAND_CARRIED_OUT, 1)
    assert arena.crash(CrashPoint.COMMAND_CARRIED_OUT, 2)
    assert arena.crash(CrashPoint.ARM_ENTERED, 1)
    assert arena.crash(CrashPoint.COMMAND_CARRIED_OUT, 1)
    assert arena.crash(CrashPoint.COMMAND_FINISHED, 1)
    assert rows(arena.url, arena.name, OUTCOMES)[1:] == [
        ("RESET", "reset to 10000.00"),
        ("EDIT_POLICY", "version 2 is in force"),
        ("ADD_ARM", "added"),
    ]
    assert rows(arena.url, arena.name, CASH, busy) == [(0,)]
    assert number(arena, PAID) == 1
    assert rows(arena.url, arena.name, POLICIES) == [(1, "5"), (2, "2")]
    arena.finish()
    assert number(arena, PAID) == 1
    counted = 'SELECT "invocationCount" FROM "Models" WHERE id = %s'
    ((invocations,),) = rows(arena.url, arena.name, counted, added)
    assert invocations > 0
    report = audit_arena(
        Settings(database_url=SecretStr(arena.url)), arena.name, progress=lambda *_: None
    )
    assert report.is_clean, [check for check in report.checks if check.failed]
