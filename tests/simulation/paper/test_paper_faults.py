"""A paper arena with faults at every port: no invariant breaks, whatever the seed.

Each seed has its own market, models, operators and failures, and lives a day of the arena. Twenty
run in every suite, ``--soak-seeds`` runs more of them.
"""

from __future__ import annotations

from collections import Counter

import pytest

from autonome.domain.choices import CloseTrigger, IntentPurpose, IntentState, PaymentKind
from autonome.ledger.rows import Command, CommandKind, Intent, Invocation, Order, Payment, ToolCall
from simulation.paper.invariants import Watchman, check_ledger
from simulation.paper.memory_restoring import stage_of
from simulation.paper.wild_arena import Lived, live

_SEEDS = 20
_HOURS = 24
_ODDS = 0.01
"""Of a lost connection at each write."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Take twenty seeds, or as many as the soak was asked for."""
    if "seed" in metafunc.fixturenames:
        soak = int(metafunc.config.getoption("--soak-seeds", default=0))
        metafunc.parametrize("seed", range(soak or _SEEDS))


def survived(seed: int) -> Lived:
    """Let an arena live through a day, with every invariant looked at, and return it."""
    watchman = Watchman()
    lived = live(seed, hours=_HOURS, odds=_ODDS, told=watchman.look)
    check_ledger(lived)
    return lived


def test_no_invariant_breaks_whatever_fails(seed: int) -> None:
    lived = survived(seed)
    assert lived.lives > 1, "nothing has failed"


def test_the_faults_reach_what_they_are_meant_for() -> None:
    """Over a few seeds everything that can go wrong has gone wrong."""
    found: Counter[object] = Counter()
    for seed in range(3):
        lived = survived(seed)
        found["zombies"] += lived.zombies
        rows = lived.journal.rows
        found.update(stage_of(each) for each in rows(Invocation))
        found.update((each.purpose, each.state) for each in rows(Intent))
        found.update(each.close_trigger for each in rows(Order))
        found.update(each.kind for each in rows(Payment))
        found.update(each.kind for each in rows(Command) if each.done_at is not None)
        for call in rows(ToolCall):
            denied = call.metadata.get("denied")
            found[denied["rule"] if isinstance(denied, dict) else None] += 1
            found["unusable"] += "unusable" in call.metadata
    expected = [
        *("zombies", "unusable", "COMPLETED", "FAILED", "MISSED"),
        *("halted", "order-under-way", "turn-completed", "cooldown"),
        *(CommandKind.HALT, CommandKind.RESUME, CommandKind.FLATTEN),
        *(CloseTrigger.STOP.value, CloseTrigger.TARGET.value, CloseTrigger.HALT.value),
        *(CloseTrigger.LIQUIDATION.value, CloseTrigger.INVALIDATION.value),
        *(PaymentKind.FUNDING, PaymentKind.INFERENCE, PaymentKind.LIQUIDATION_FEE),
        PaymentKind.SHORTFALL,
        (IntentPurpose.OPEN, IntentState.CANCELLED),
        (IntentPurpose.CLOSE, IntentState.FILLED),
    ]
    assert [each for each in expected if not found[each]] == []
