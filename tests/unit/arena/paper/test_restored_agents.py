"""What an agent keeps goes on in a new process, as if there had been one alone."""

from __future__ import annotations

from collections.abc import Set
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autonome.agents.actions import Action
from autonome.agents.controls.always_holding import AlwaysHolding
from autonome.agents.controls.inverted import Inverted
from autonome.agents.controls.random_entries import RandomEntries
from autonome.agents.port import Agent
from autonome.domain.choices import OrderSide
from autonome.ledger.rows import Fill, Intent, Invocation, Model, ToolCall
from simulation.paper.memory_restoring import restored_arms
from simulation.runs import enter, leave
from unit.arena.paper.small_arena import HISTORY, SmallArena, player

_MINUTES = 120
_STEP = 5
Row = tuple[object, ...]


def _source() -> Agent:
    """Return an arm that enters and leaves, at every other tick or so."""
    dice, script = Random(3), dict[int, list[Action]]()
    for tick in range(HISTORY + _STEP, HISTORY + _MINUTES, _STEP):
        face = dice.random()
        if face < 0.4:
            script[tick] = [enter(dice.choice(list(OrderSide)), dice.randint(1_000, 5_000))]
        elif face < 0.7:
            script[tick] = [leave()]
    return player(script, name="Source")


def _told(deaths: Set[int], *, minutes_back: int = 0) -> list[Row]:
    """Return what arms asked and traded whose process died after these minutes."""
    watched = [RandomEntries(source="Source", replica=number) for number in (1, 2)]
    followers = [*watched, Inverted(source="Source")]
    small = SmallArena(_source(), *followers, AlwaysHolding(), bars=HISTORY + _MINUTES)
    for minute in range(1, _MINUTES):
        small.minutes(1)
        if minute in deaths:
            records = restored_arms(small.journal, at=small.now)
            small.arena = small.again(records, minutes_back=minutes_back)
            small.minutes(minutes_back)
    return _rows(small)


def _rows(small: SmallArena) -> list[Row]:
    journal = small.journal
    whose = {each.id: each.model_id for each in journal.rows(Invocation)}
    asked: list[Row] = [
        (whose[each.invocation_id], each.created_at, str(each.metadata["asked"]))
        for each in journal.rows(ToolCall)
    ]
    sent: list[Row] = [
        (each.model_id, each.created_at, each.purpose.value, each.state.value, each.quantity)
        for each in journal.rows(Intent)
    ]
    traded: list[Row] = [
        (each.model_id, each.filled_at, each.side.value, each.quantity, each.price)
        for each in journal.rows(Fill)
    ]
    counted: list[Row] = [(each.id, each.invocation_count) for each in journal.rows(Model)]
    return [*asked, *sent, *traded, *counted]


UNDISTURBED = _told(frozenset())


def test_the_arms_of_this_test_do_something() -> None:
    entries = [row for row in UNDISTURBED if row[0] == "Random entries 1" and len(row) == 5]
    assert len(entries) > 5
    assert Decimal(0) not in [row[3] for row in entries]


@settings(max_examples=30, deadline=None)
@given(
    deaths=st.sets(st.integers(1, _MINUTES - 1), max_size=12), minutes_back=st.sampled_from([0, 1])
)
def test_arms_that_die_after_any_minutes_do_what_they_would_have_done(
    deaths: set[int], minutes_back: int
) -> None:
    assert sorted(map(str, _told(deaths, minutes_back=minutes_back))) == sorted(
        map(str, UNDISTURBED)
    )


@pytest.mark.parametrize("death", [1, 5, 6, 63])
def test_who_always_holds_says_so_once(death: int) -> None:
    small = SmallArena(AlwaysHolding(), bars=HISTORY + 70)
    small.minutes(death)
    small.arena = small.again(restored_arms(small.journal, at=small.now))
    small.minutes(69 - death)
    assert len(list(small.journal.rows(Invocation))) == 1
