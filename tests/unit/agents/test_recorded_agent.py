"""When the recorded arm asks again, and for what: instants by hand."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from autonome.agents.actions import Action, ClosePosition, Holding
from autonome.agents.port import Agent, Decider
from autonome.agents.recorded.agent import Recorded, RecordedTurn
from autonome.agents.rules.variants import variant_agents
from autonome.domain.choices import ArmKind, PolicyName
from autonome.domain.errors import SettingError
from unit.agents.moments import account, after, market_of, moment, position

MARKET = market_of({"BTC": [1_000] * 40, "ETH": [100] * 40})
"""From 2025-05-05 00:00 UTC, forty minutes."""
CLOSES = ClosePosition(symbol="BTC", reason="closes")
OTHER = ClosePosition(symbol="ETH", reason="other")
HOLDS = Holding(reason="holds")


def recorded(*turns: tuple[int, Sequence[Action]], stops: Agent | None = None) -> Recorded:
    return Recorded(
        name="Ada",
        kind=ArmKind.LLM,
        variant=None,
        policy=PolicyName.STANDARD,
        settings={},
        turns=tuple(
            [RecordedTurn(at_ms=after(at), actions=tuple(actions)) for at, actions in turns]
        ),
        stops=stops,
    )


def begun(agent: Agent) -> Decider:
    return agent.begin(MARKET, cadence_minutes=5, seed=1)


def test_it_wakes_at_each_recorded_instant_and_never_after_the_last() -> None:
    decider = begun(recorded((5, [CLOSES]), (7, [OTHER]), (20, [HOLDS])))
    wakes = [decider.next_wake(after(at), account()) for at in (0, 4, 5, 7, 19, 20, 30)]
    assert wakes == [after(5), after(5), after(7), after(20), after(20), None, None]


def test_each_turn_is_asked_once_at_the_first_tick_that_is_not_before_it() -> None:
    decider = begun(recorded((5, [CLOSES]), (7, [OTHER]), (20, [HOLDS])))
    asked = [list(decider.decide(moment(MARKET, at))) for at in (5, 5, 10, 15, 20, 25)]
    assert asked == [[CLOSES], [], [OTHER], [], [HOLDS], []]


def test_turns_that_come_to_one_tick_are_asked_in_their_order_and_holding_ends_them() -> None:
    decider = begun(recorded((6, [OTHER, HOLDS]), (9, [CLOSES])))
    assert decider.decide(moment(MARKET, 10)) == [OTHER, CLOSES, HOLDS]


def test_two_replays_of_one_record_do_not_disturb_each_other() -> None:
    agent = recorded((5, [CLOSES]))
    assert [begun(agent).decide(moment(MARKET, 5)) for _ in range(2)] == [[CLOSES], [CLOSES]]


def test_a_symbol_that_is_not_traded_is_named_before_anything_begins() -> None:
    agent = recorded((5, [HOLDS, ClosePosition(symbol="XRP", reason="")]))
    with pytest.raises(SettingError, match=r"Ada: .*BTC, ETH alone, found 'XRP'") as refused:
        begun(agent)
    assert "--symbols" in refused.value.remedy


def test_stops_stay_where_they_were_put_unless_rules_are_known_to_move_them() -> None:
    rules = variant_agents()[0]
    held = position(stop="990")
    without, moved = begun(recorded()), begun(recorded(stops=rules))
    assert (without.trails, without.trail(held)) == (False, None)
    assert (moved.trails, begun(rules).trails) == (True, True)
    assert moved.trail(held) is not None
