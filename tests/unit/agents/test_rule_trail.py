"""Stops that follow a position: the trail of its side and the ratchet, by hand."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from autonome.agents.port import PositionView
from autonome.agents.rules import Entries, Ratchet, RatchetStep, Signals
from autonome.domain.choices import OrderSide
from autonome.domain.value import changed
from unit.agents.moments import after, market_of, position
from unit.agents.rules_by_hand import ByHand, conditions, prices

LONG, SHORT = OrderSide.LONG, OrderSide.SHORT
STEPS = (
    RatchetStep(profit=Decimal("0.15"), locked=Decimal(0)),
    RatchetStep(profit=Decimal("0.30"), locked=Decimal("0.15")),
)


def held(side: OrderSide = LONG, *, opened: int = 0, leverage: int = 10) -> PositionView:
    return changed(position(side=side), opened_ms=after(opened), leverage=Decimal(leverage))


def levels(agent: ByHand, closes: list[int], position: PositionView) -> list[float | None]:
    """Return the level at each minute; ``None`` where none is proposed."""
    trail = agent.begin(market_of({"BTC": closes}), cadence_minutes=1, seed=1).trail(position)
    assert trail is not None
    found = trail.levels(np.array([after(row + 1) for row in range(len(closes))]))
    return [None if np.isnan(level) else round(level, 6) for level in found.tolist()]


def test_without_trail_and_ratchet_nothing_follows() -> None:
    market = market_of({"BTC": [1_000] * 4})
    signals = Signals(long=Entries(enter=conditions(1, of=4), trail=prices(1, 2, 3, 4)))
    decider = ByHand({"BTC": signals}).begin(market, cadence_minutes=1, seed=1)
    assert decider.trail(held(SHORT)) is None
    assert decider.trail(held(LONG)) is not None


def test_a_trail_is_proposed_by_bars_that_close_after_the_entry() -> None:
    signals = Signals(long=Entries(enter=conditions(1, of=5), trail=prices(1, 2, None, 4, 5)))
    agent = ByHand({"BTC": signals})
    assert levels(agent, [1_000] * 5, held(opened=2)) == [None, None, None, 4, 5]
    assert levels(agent, [1_000] * 5, held(opened=1)) == [None, 2, None, 4, 5]


def test_between_two_closes_of_its_bars_the_last_one_stands() -> None:
    signals = Signals(long=Entries(enter=conditions(0, of=3), trail=prices(7, 8, 9)))
    agent = ByHand({"BTC": signals}, timeframe_minutes=2)
    # Bars close at minutes 2, 4 and 6; the position opened at minute 2.
    expected = [None, None, None, 8, 8, 9]
    assert levels(agent, [1_000] * 6, held(opened=2)) == expected


RATCHETS = [
    # side, close, level of a position entered at 1,000 with leverage 10
    (LONG, 1_015, None),  # 15 % of margin: not over it
    (LONG, 1_016, 1_000),
    (LONG, 1_030, 1_000),
    (LONG, 1_031, 1_016),  # 31 % less 15 %
    (LONG, 1_050, 1_035),
    (LONG, 990, None),
    (SHORT, 985, None),
    (SHORT, 984, 1_000),
    (SHORT, 969, 984),
    (SHORT, 950, 965),
    (SHORT, 1_016, None),
]


@pytest.mark.parametrize(("side", "close", "level"), RATCHETS)
def test_a_ratchet_locks_profits_by_steps_and_then_trails(
    side: OrderSide, close: int, level: int | None
) -> None:
    agent = ByHand(ratchet=Ratchet(steps=STEPS))
    assert levels(agent, [close], held(side)) == [level]


def test_a_ratchet_that_does_not_trail_stays_at_its_last_step() -> None:
    agent = ByHand(ratchet=Ratchet(steps=STEPS, trails=False))
    assert levels(agent, [1_016, 1_031, 1_080], held()) == [1_000, 1_015, 1_015]


def test_a_ratchet_counts_in_the_margin_of_the_position() -> None:
    agent = ByHand(ratchet=Ratchet(steps=STEPS), leverage=Decimal(5))
    # 3.1 % of the price is 15.5 % of the margin at 5x, and 31 % at 10x.
    assert levels(agent, [1_031], held(leverage=5)) == [1_000]
    assert levels(agent, [1_031], changed(held(), leverage=None)) == [1_000]
    assert levels(agent, [1_031], held(leverage=10)) == [1_016]


def test_the_tighter_of_trail_and_ratchet_is_proposed() -> None:
    column = prices(1_010, 1_020, None)
    agent = ByHand(
        {"BTC": Signals(long=Entries(enter=conditions(0, of=3), trail=column))},
        ratchet=Ratchet(steps=STEPS),
    )
    assert levels(agent, [1_005, 1_031, 1_031], held()) == [1_010, 1_020, 1_016]
    short = ByHand(
        {"BTC": Signals(short=Entries(enter=conditions(0, of=2), trail=prices(990, 980)))},
        ratchet=Ratchet(steps=STEPS),
    )
    assert levels(short, [995, 969], held(SHORT)) == [990, 980]


def test_instants_before_the_first_bar_have_no_level() -> None:
    agent = ByHand(ratchet=Ratchet(steps=STEPS))
    trail = agent.begin(market_of({"BTC": [1_050]}), cadence_minutes=1, seed=1).trail(held())
    assert trail is not None
    assert np.isnan(trail.levels(np.array([after(0)]))).all()
    assert len(trail.levels(np.empty(0, np.int64))) == 0
