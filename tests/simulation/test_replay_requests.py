"""Orders do what was asked and never more: two actions at once, and orders that travel long."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from autonome.agents.actions import Action
from autonome.domain.choices import OrderSide, OrderStatus
from autonome.ledger.journal.memory import MemoryJournal
from autonome.ledger.rows import Fill, Order, ToolCall
from simulation.bookings import AT
from simulation.runs import Scripted, by_hand, enter, leave, plain_profile, run
from unit.market.bars import Bar

LONG, SHORT = OrderSide.LONG, OrderSide.SHORT
CALM: Bar = (50_000, 50_010, 49_990, 50_000)


def held(journal: MemoryJournal) -> list[tuple[OrderSide, Decimal]]:
    return [
        (order.side, order.quantity)
        for order in journal.rows(Order)
        if order.status is OrderStatus.OPEN
    ]


@pytest.mark.parametrize(
    ("actions", "expected"),
    [
        ([leave(), leave()], []),
        ([leave(), enter(SHORT, 1_000)], [(SHORT, Decimal("0.02"))]),
        ([enter(SHORT, 1_000), enter(SHORT, 1_000)], [(SHORT, Decimal("0.04"))]),
    ],
    ids=["close twice", "close and turn", "turn and add"],
)
def test_two_actions_on_one_symbol_close_what_is_held_only_once(
    actions: list[Action], expected: list[tuple[OrderSide, Decimal]]
) -> None:
    script: dict[int, list[Action]] = {1: [enter(LONG, 5_000)], 2: actions}
    journal = run(by_hand([CALM] * 4), Scripted(script=script), profile=plain_profile())
    assert held(journal) == expected


def test_a_close_after_a_turn_in_one_decision_never_adds() -> None:
    actions: list[Action] = [enter(SHORT, 1_000), leave()]
    journal = run(
        by_hand([CALM] * 4),
        Scripted(script={1: [enter(LONG, 5_000)], 2: actions}),
        profile=plain_profile(),
    )
    # The second action closes what the first one will have made.
    assert held(journal) == []


@pytest.mark.parametrize("symbol", ["NOPE", "SOL"], ids=["not listed", "not in this market"])
def test_a_request_for_a_symbol_that_cannot_be_traded_is_denied(symbol: str) -> None:
    # A bad argument is an outcome, stored and returned to the agent: the others trade on.
    script: dict[int, list[Action]] = {1: [enter(LONG, 5_000, symbol=symbol)]}
    journal = run(by_hand([CALM] * 4), Scripted(script=script), profile=plain_profile())
    (call,) = journal.rows(ToolCall)
    assert "denied" in call.metadata
    assert held(journal) == []


STEPS: list[Bar] = [(price, price, price, price) for price in (50_000, 50_100, 50_200, 50_300)]


def test_an_order_that_travels_longer_than_a_second_is_dated_when_it_trades() -> None:
    # Decided when the first bar closes, it arrives 1.5 s into the second and trades when the third
    # opens, at 50,200: until then nothing is held.
    journal = run(
        by_hand(STEPS),
        Scripted(script={1: [enter(LONG, 5_000)]}),
        profile=plain_profile("latency_ms=1500"),
    )
    (fill,) = journal.rows(Fill)
    assert fill.price == Decimal(50_200)
    assert fill.filled_at == AT + timedelta(minutes=2)


def test_an_order_that_arrives_after_the_last_bar_does_not_trade() -> None:
    journal = run(
        by_hand(STEPS),
        Scripted(script={3: [enter(LONG, 5_000)]}),
        profile=plain_profile("latency_ms=1500"),
    )
    assert list(journal.rows(Fill)) == []


def test_a_turn_that_arrives_after_the_stop_opens_no_more_than_was_asked() -> None:
    """LONG 0.1 with a stop at 49,900; the turn to SHORT 0.02 travels while the stop is hit."""
    bars: list[Bar] = [CALM, CALM, CALM, (50_000, 50_000, 49_800, 50_000), CALM, CALM]
    script: dict[int, list[Action]] = {
        1: [enter(LONG, 5_000, stop="49900")],
        3: [enter(SHORT, 1_000)],
    }
    journal = run(by_hand(bars), Scripted(script=script), profile=plain_profile("latency_ms=1500"))
    assert held(journal) == [(SHORT, Decimal("0.02"))]
