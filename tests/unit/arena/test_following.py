"""What a follower sees of its leader: what was done at its own tick, else what is held."""

from __future__ import annotations

from decimal import Decimal

from autonome.agents.actions import ClosePosition
from autonome.agents.port import Leader, PositionView
from autonome.arena.clock import NEVER
from autonome.arena.following import LeaderLog
from unit.agents.moments import position

FIRST = (ClosePosition(symbol="BTC", reason="first"),)
SECOND = (ClosePosition(symbol="BTC", reason="second"),)
HELD = {"BTC": position("BTC")}
NOTHING: dict[str, PositionView] = {}


def leader(
    accepted: tuple[ClosePosition, ...], nav: int, positions: dict[str, PositionView]
) -> Leader:
    return Leader(accepted=accepted, nav=Decimal(nav), positions=positions)


def log() -> LeaderLog:
    """Return a log of an entry at tick 10, held until something ended before tick 25."""
    made = LeaderLog(Decimal(10_000))
    made.note(10, FIRST, Decimal(10_000), NOTHING)
    made.note(11, (), Decimal(9_999), HELD)
    made.note(25, (), Decimal(10_050), NOTHING)
    return made


def test_before_the_first_action_a_leader_has_its_capital_and_nothing_else() -> None:
    for tick in (0, 9):
        assert log().at(tick) == leader((), 10_000, NOTHING)


def test_what_was_accepted_is_seen_at_its_tick_only() -> None:
    made = log()
    assert made.at(10) == leader(FIRST, 10_000, NOTHING)
    for tick in (11, 24):
        assert made.at(tick) == leader((), 9_999, HELD)
    for tick in (25, 1_000):
        assert made.at(tick) == leader((), 10_050, NOTHING)


def test_an_action_without_a_later_note_is_not_seen_twice() -> None:
    made = LeaderLog(Decimal(10_000))
    made.note(10, FIRST, Decimal(9_000), HELD)
    assert made.at(11) == leader((), 9_000, HELD)


def test_a_follower_is_woken_at_each_entry_after_its_last_tick() -> None:
    made = log()
    assert [made.next_tick(after) for after in (0, 9, 10, 11, 24, 25)] == [
        10, 10, 11, 25, 25, NEVER,
    ]  # fmt: skip


def test_what_was_accepted_at_a_tick_stays_whatever_is_noted_for_it_later() -> None:
    made = LeaderLog(Decimal(10_000))
    made.note(10, FIRST, Decimal(10_000), NOTHING)
    made.note(10, (), Decimal(9_990), HELD)
    assert made.at(10) == leader(FIRST, 9_990, HELD)
    made.note(10, SECOND, Decimal(9_980), NOTHING)
    assert made.at(10) == leader(SECOND, 9_980, NOTHING)
