"""What a follower sees of its leader in a replay, and when a copy acts on it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from autonome.agents.actions import Action
from autonome.agents.controls.inverted import Inverted
from autonome.domain.choices import OrderSide, PolicyName
from autonome.ledger.rows import Order
from simulation.outcomes import CALM, minute
from simulation.runs import Scripted, by_hand, enter, plain_profile, run
from unit.market.bars import Bar

LONG = OrderSide.LONG

ENDS: dict[str, tuple[Action, Bar, str]] = {
    # 0.1 @ 50,000 (fee 2.50), sold at 49,500: -50 and a fee of 2.475.
    "a stop": (enter(LONG, 5_000, stop="49500"), (50_000, 50_000, 49_000, 50_000), "9945.025"),
    # Sold at 50,500: +50 and a fee of 2.525.
    "a target": (enter(LONG, 5_000, target="50500"), (50_000, 51_000, 50_000, 50_000), "10044.975"),
    # 2 @ 50,000 (fee 50), gone at an open of 40,000, and what it owed with it.
    "a liquidation": (enter(LONG, 100_000, leverage=20), (40_000,) * 4, "0"),
}


@pytest.mark.parametrize(("entry", "bar", "nav"), ENDS.values(), ids=ENDS.keys())
def test_a_follower_sees_at_a_tick_what_ended_in_the_bar_before_it(
    entry: Action, bar: Bar, nav: str
) -> None:
    leader = Scripted(name="Leader", script={1: [entry]})
    follower = Scripted(name="Follower", leader="Leader", script={})
    run(by_hand([CALM, CALM, CALM, bar, CALM, CALM]), leader, follower, profile=plain_profile())
    seen = {
        moment.observation.closed_bars: moment.leader
        for moment in follower.seen
        if moment.leader is not None
    }
    assert [sorted(seen[at].positions) for at in (1, 2, 3, 4, 5)] == [[], ["BTC"], ["BTC"], [], []]
    assert (seen[4].nav, seen[5].nav) == (Decimal(nav), Decimal(nav))


@pytest.mark.parametrize(
    ("hit", "at"), [(8, minute(10)), (9, minute(10)), (10, minute(15)), (11, minute(15))]
)
def test_a_copy_closes_at_the_first_tick_after_the_bar_that_stopped_its_leader(
    hit: int, at: datetime
) -> None:
    bars = [CALM] * 20
    bars[hit] = (50_000, 50_000, 49_000, 50_000)
    leader = Scripted(name="Leader", script={5: [enter(LONG, 5_000, stop="49500")]})
    journal = run(
        by_hand(bars),
        leader,
        Inverted(source="Leader"),
        cadence=5,
        profile=plain_profile(),
        policy=PolicyName.CONTROL,
    )
    copy = next(order for order in journal.rows(Order) if order.model_id != "Leader")
    assert copy.closed_at == at
