"""What comes first at one instant, in markets made by hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from autonome.agents.actions import Action
from autonome.domain.choices import IntentPurpose, IntentState, OrderSide, OrderStatus, Side
from autonome.domain.errors import SettingError
from autonome.ledger.journal.memory import MemoryJournal
from autonome.ledger.rows import Cycle, Fill, Intent, Order, Payment, PortfolioSnapshot
from autonome.market.market import Market
from simulation.bookings import AT
from simulation.runs import Scripted, by_hand, enter, leave, plain_profile, run
from simulation.statements import check
from unit.market.bars import Bar

LONG, SHORT = OrderSide.LONG, OrderSide.SHORT
CALM: Bar = (50_000, 50_010, 49_990, 50_000)


def minute(number: int) -> datetime:
    return AT + timedelta(minutes=number)


def played(market: Market, script: dict[int, list[Action]]) -> MemoryJournal:
    journal = run(market, Scripted(script=script), profile=plain_profile())
    check(journal, market)
    return journal


def closed(journal: MemoryJournal) -> list[tuple[str | None, Decimal | None, datetime | None]]:
    return [
        (order.close_trigger, order.exit_price, order.closed_at)
        for order in journal.rows(Order)
        if order.status is OrderStatus.CLOSED
    ]


def paid(journal: MemoryJournal) -> list[tuple[Decimal, datetime]]:
    return [(payment.amount, payment.occurred_at) for payment in journal.rows(Payment)]


def test_the_last_stop_of_the_worked_example_in_a_replay() -> None:
    # 0.18 @ 51,000 (fee 4.59), funding -0.936 at mark 52,000, a stop at 50,500, a bar that opens
    # at 50,400: realized -118.062, stored -118.06, trigger STOP.
    bars: list[Bar] = [
        (51_000, 51_000, 51_000, 51_000),
        (51_000, 52_000, 51_000, 52_000),
        (52_000, 52_000, 50_600, 50_600),
        (50_400, 50_450, 50_300, 50_300),
    ]
    script: dict[int, list[Action]] = {1: [enter(LONG, 9_180, stop="50500")]}
    journal = played(by_hand(bars, rates={2: "0.0001"}), script)
    assert paid(journal) == [(Decimal("-0.936"), minute(2))]
    (order,) = journal.rows(Order)
    assert (order.quantity, order.entry_price) == (Decimal("0.18"), Decimal(51_000))
    assert closed(journal) == [("STOP", Decimal(50_400), minute(3))]
    assert order.realized_pnl == Decimal("-118.06")
    assert [point.net_portfolio for point in journal.rows(PortfolioSnapshot)] == [
        Decimal("10000.00"),
        Decimal("10174.47"),  # 0.18 x 1,000 - 4.59 - 0.936 = 174.474
        Decimal("9922.47"),  # 0.18 x -400 - 5.526 = -77.526
        Decimal("9881.94"),  # -118.062
    ]


def test_a_flip_in_a_replay_is_one_order_with_two_fills() -> None:
    # "Flip" of the accounting rules: sell 0.5 @ 3,000, buy 0.8 @ 2,900.
    bars: list[Bar] = [
        (3_000, 3_000, 3_000, 3_000),
        (3_000, 3_000, 2_900, 2_900),
        (2_900, 2_900, 2_900, 2_900),
    ]
    journal = played(by_hand(bars), {1: [enter(SHORT, 1_500)], 2: [enter(LONG, 870)]})
    first, second = journal.rows(Order)
    assert (first.status, first.realized_pnl, first.close_trigger) == (
        OrderStatus.CLOSED,
        Decimal("48.52"),
        None,
    )
    assert (second.status, second.side, second.quantity) == (
        OrderStatus.OPEN,
        LONG,
        Decimal("0.3"),
    )
    _, closing, opening = journal.rows(Fill)
    assert closing.venue_fill_id == opening.venue_fill_id
    assert closing.intent_id == opening.intent_id
    assert [(each.part, each.order_id, each.quantity, each.fee) for each in (closing, opening)] == [
        (0, first.id, Decimal("0.5"), Decimal("0.725")),
        (1, second.id, Decimal("0.3"), Decimal("0.435")),
    ]


def test_an_exit_within_the_bar_comes_before_the_funding_at_its_end() -> None:
    bars = [CALM, (50_000, 50_010, 49_000, 50_000), CALM]
    journal = played(by_hand(bars, rates={2: "0.0001"}), {1: [enter(LONG, 5_000, stop="49500")]})
    (trigger, price, _), *rest = closed(journal)
    assert (trigger, price, rest) == ("STOP", Decimal(49_500), [])
    assert paid(journal) == []


def test_funding_comes_before_an_exit_at_the_open_that_follows() -> None:
    bars = [CALM, CALM, (49_000, 49_000, 49_000, 49_000)]
    journal = played(by_hand(bars, rates={2: "0.0001"}), {1: [enter(LONG, 5_000, stop="49500")]})
    assert paid(journal) == [(Decimal("-0.5"), minute(2))]  # 0.1 x 50,000 x 0.0001
    assert closed(journal) == [("STOP", Decimal(49_000), minute(2))]


def test_a_close_decided_before_a_gap_through_the_stop_is_the_models_own() -> None:
    bars = [CALM, CALM, (49_000, 49_000, 49_000, 49_000)]
    journal = played(by_hand(bars), {1: [enter(LONG, 5_000, stop="49500")], 2: [leave()]})
    assert closed(journal) == [(None, Decimal(49_000), minute(2))]


def test_funding_comes_before_an_entry_at_the_same_instant() -> None:
    journal = played(by_hand([CALM] * 3, rates={1: "0.0001"}), {1: [enter(LONG, 5_000)]})
    assert paid(journal) == []


def test_funding_comes_before_a_close_at_the_same_instant() -> None:
    journal = played(
        by_hand([CALM] * 4, rates={2: "-0.0001"}), {1: [enter(LONG, 5_000)], 2: [leave()]}
    )
    assert paid(journal) == [(Decimal("0.5"), minute(2))]
    assert closed(journal) == [(None, Decimal(50_000), minute(2))]


def test_funding_at_the_end_of_the_last_bar_is_paid() -> None:
    journal = played(by_hand([CALM] * 3, rates={3: "0.0001"}), {1: [enter(SHORT, 5_000)]})
    assert paid(journal) == [(Decimal("0.5"), minute(3))]


@pytest.mark.parametrize("settled", [0, 4], ids=["at the first opening", "after the last close"])
def test_funding_outside_of_what_was_held_is_not_paid(settled: int) -> None:
    journal = played(by_hand([CALM] * 3, rates={settled: "0.0001"}), {1: [enter(SHORT, 5_000)]})
    assert paid(journal) == []


def test_the_bar_of_the_fill_can_end_the_position() -> None:
    bars = [CALM, (50_000, 50_010, 49_000, 49_200), CALM]
    journal = played(by_hand(bars), {1: [enter(LONG, 5_000, stop="49500")]})
    (trigger, price, at), *rest = closed(journal)
    assert (trigger, price, rest) == ("STOP", Decimal(49_500), [])
    assert at is not None
    assert minute(1) < at < minute(2)


def test_the_last_bar_can_end_a_position_that_it_filled() -> None:
    bars = [CALM, (50_000, 50_600, 49_990, 50_000)]
    journal = played(by_hand(bars), {1: [enter(LONG, 5_000, target="50500")]})
    (trigger, price, _), *_ = closed(journal)
    assert (trigger, price) == ("TARGET", Decimal(50_500))
    assert list(journal.rows(PortfolioSnapshot))[-1].net_portfolio == Decimal(
        "10044.98"  # 0.1 x 500 - 2.50 - 2.525 = 44.975, a tie to the even cent.
    )


def test_a_model_that_saw_its_position_closed_may_enter_again() -> None:
    bars = [CALM, (50_000, 50_010, 49_000, 50_000), CALM, CALM]
    agent = Scripted(script={1: [enter(LONG, 5_000, stop="49500")], 2: [enter(LONG, 5_000)]})
    journal = run(by_hand(bars), agent, profile=plain_profile())
    assert [len(moment.account.positions) for moment in agent.seen] == [0, 0, 1]
    assert [order.status for order in journal.rows(Order)] == [
        OrderStatus.CLOSED,
        OrderStatus.OPEN,
    ]


def test_an_exit_intent_names_its_trigger_and_only_reduces() -> None:
    bars = [CALM, (50_000, 50_010, 49_000, 50_000), CALM]
    journal = played(by_hand(bars), {1: [enter(LONG, 5_000, stop="49500")]})
    _, stop = journal.rows(Intent)
    assert (stop.purpose, stop.trigger_price, stop.reduce_only, stop.side) == (
        IntentPurpose.STOP,
        Decimal(49_500),
        True,
        Side.SELL,
    )
    assert stop.state is IntentState.FILLED


def test_an_order_that_would_fill_beyond_its_own_stop_is_cancelled() -> None:
    bars = [CALM, (49_400, 49_600, 49_300, 49_400), CALM]
    journal = played(by_hand(bars), {1: [enter(LONG, 5_000, stop="49500")]})
    (intent,) = journal.rows(Intent)
    assert intent.state is IntentState.CANCELLED
    assert (intent.reason or "").startswith("stop-passed")
    assert list(journal.rows(Fill)) == []
    assert list(journal.rows(Order)) == []


def test_a_cadence_that_is_not_positive_is_refused() -> None:
    with pytest.raises(SettingError, match="at least one minute, found 0"):
        run(by_hand([CALM] * 3), Scripted(script={}), cadence=0)


def test_decisions_fall_on_the_clock_and_see_closed_bars_only() -> None:
    agent = Scripted(script={})
    journal = run(by_hand([CALM] * 12), agent, cadence=5)
    assert [cycle.scheduled_at for cycle in journal.rows(Cycle)] == [minute(5), minute(10)]
    assert [len(moment.observation.bars("BTC")) for moment in agent.seen] == [5, 10]
