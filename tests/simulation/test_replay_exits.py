"""Exits by time, by invalidation and by a changed or trailing plan, in markets made by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

import numpy as np
import pytest
from numpy.typing import NDArray

from autonome.agents.actions import Action, UpdateExitPlan
from autonome.domain.choices import OrderSide
from autonome.domain.value import changed
from autonome.ledger.journal.memory import MemoryJournal
from autonome.ledger.rows import Intent, Order
from autonome.market.candles import MINUTE_MS, Ints
from simulation.outcomes import CALM, closed, intents, minute, open_orders
from simulation.runs import Scripted, by_hand, enter, leave, plain_profile, run
from simulation.statements import check
from unit.market.bars import START_MS, Bar

LONG, SHORT = OrderSide.LONG, OrderSide.SHORT


class Level:
    """A trail that proposes levels by the minute of the close."""

    def __init__(self, levels: Mapping[int, float]) -> None:
        self.by_minute = levels

    def levels(self, close_ms: Ints) -> NDArray[np.float64]:
        minutes = (close_ms - START_MS) // MINUTE_MS
        return np.array([self.by_minute.get(at, np.nan) for at in minutes.tolist()])


def played(
    bars: Sequence[Bar],
    script: Mapping[int, Sequence[Action]],
    *overrides: str,
    levels: Mapping[int, float] | None = None,
    cadence: int = 1,
) -> MemoryJournal:
    market = by_hand(bars)
    trailing = {} if levels is None else {"BTC": Level(levels)}
    agent = Scripted(script=script, trailing=trailing)
    journal = run(market, agent, profile=plain_profile(*overrides), cadence=cadence)
    check(journal, market)
    return journal


@pytest.mark.parametrize(
    ("time_exit", "at"),
    [
        ("2025-05-05T00:04:00Z", 4),
        ("2025-05-05T00:03:00.001Z", 4),  # Within a bar: when it has closed.
        ("2025-05-05T00:03:30", 4),  # No zone means UTC.
        ("2025-05-05T02:04:00+02:00", 4),
        ("2025-05-05", 2),  # Past when it filled: as soon as a bar has closed.
        ("2025-05-05T00:06:00Z", 6),
    ],
)
def test_a_time_exit_trades_at_the_first_open_at_or_after_it(time_exit: str, at: int) -> None:
    bars: list[Bar] = [(50_000 + n, 50_010, 49_990, 50_000) for n in range(8)]
    journal = played(bars, {1: [enter(LONG, 5_000, time_exit=time_exit)]})
    assert [each[0::3] for each in closed(journal)] == [("TIME", minute(at))]
    assert closed(journal)[0][2] == f"{50_000 + at}.0"
    assert intents(journal)[1] == ("TIME", "FILLED", "")


def test_a_bare_date_is_its_beginning_in_utc() -> None:
    journal = played([CALM] * 1_445, {1: [enter(LONG, 5_000, time_exit="2025-05-06")]})
    assert [each[0::3] for each in closed(journal)] == [("TIME", minute(1_440))]


def test_a_time_exit_at_the_very_end_cannot_trade() -> None:
    journal = played([CALM] * 5, {1: [enter(LONG, 5_000, time_exit="2025-05-05T00:05:00Z")]})
    assert closed(journal) == []
    assert len(open_orders(journal)) == 1


def test_a_stop_within_the_bar_comes_before_a_time_exit_at_its_end() -> None:
    fall: Bar = (50_000, 50_010, 49_000, 50_000)
    plan = enter(LONG, 5_000, stop="49500", time_exit="2025-05-05T00:03:00Z")
    journal = played([CALM, CALM, fall, CALM, CALM], {1: [plan]})
    assert [each[0] for each in closed(journal)] == ["STOP"]


@pytest.mark.parametrize(
    ("side", "price", "closes"),
    [(LONG, "49900", (49_900, 49_899)), (SHORT, "50100", (50_100, 50_101))],
)
def test_a_close_beyond_the_price_of_invalidation_ends_the_position_at_the_next_open(
    side: OrderSide, price: str, closes: tuple[int, int]
) -> None:
    """Lows and highs do not matter, and a close at the price itself is not beyond it."""
    at, beyond = closes
    bars: list[Bar] = [
        CALM,
        (50_000, 50_500, 49_500, 50_000),
        (50_000, 50_500, 49_500, at),
        (at, 50_500, 49_500, beyond),
        (50_020, 50_030, 49_990, 50_000),
        CALM,
    ]
    journal = played(bars, {1: [enter(side, 5_000, invalidation=price)]})
    assert closed(journal) == [("INVALIDATION", "0.100", "50020.0", minute(4))]
    assert intents(journal)[1] == ("INVALIDATION", "FILLED", "")


def test_an_invalidation_by_the_last_close_cannot_trade() -> None:
    bars: list[Bar] = [CALM, CALM, (50_000, 50_010, 49_000, 49_000)]
    journal = played(bars, {1: [enter(LONG, 5_000, invalidation="49900")]})
    assert closed(journal) == []


def test_an_updated_stop_holds_from_the_next_bar_on() -> None:
    dip: Bar = (50_000, 50_010, 49_700, 50_000)
    update = UpdateExitPlan(symbol="BTC", stop=Decimal(49_800), reason="tighter")
    script: dict[int, list[Action]] = {1: [enter(LONG, 5_000, stop="49000")], 3: [update]}
    journal = played([CALM, CALM, dip, dip, CALM], script)
    # The dip of minute 2 lies before the update, that of minute 3 after it.
    ((trigger, _, price, at),) = closed(journal)
    assert (trigger, price) == ("STOP", "49800.0")
    assert at is not None
    assert minute(3) < at < minute(4)


def test_a_target_and_a_time_can_be_added_and_the_rest_of_the_plan_stays() -> None:
    rise: Bar = (50_000, 50_400, 49_990, 50_000)
    update = UpdateExitPlan(
        symbol="BTC", target=Decimal(50_300), time_exit="2025-05-05T00:05:00Z", reason="enough"
    )
    journal = played([CALM, CALM, rise, CALM], {1: [enter(LONG, 5_000, stop="49000")], 2: [update]})
    assert [each[0] for each in closed(journal)] == ["TARGET"]
    (order,) = journal.rows(Order)
    assert order.exit_plan is not None
    assert (order.exit_plan.stop, order.exit_plan.target, order.exit_plan.time_exit) == (
        Decimal(49_000),
        Decimal(50_300),
        "2025-05-05T00:05:00Z",
    )


def test_a_trailing_stop_ends_the_position_where_it_stood() -> None:
    """Proposed at the closes of minutes 3 and 4; the low of the bar from minute 4 meets it."""
    dip: Bar = (50_000, 50_010, 49_850, 50_000)
    journal = played(
        [CALM, CALM, CALM, CALM, dip, CALM],
        {1: [enter(LONG, 5_000, stop="49000")]},
        levels={3: 49_800.0, 4: 49_900.0, 5: 49_990.0},
    )
    ((trigger, _, price, _),) = closed(journal)
    assert (trigger, price) == ("STOP", "49900.0")
    (order,) = journal.rows(Order)
    assert order.sl_trigger_price == Decimal(49_900)
    assert order.exit_plan is not None
    assert order.exit_plan.stop == Decimal(49_900)
    _, stop = journal.rows(Intent)
    assert stop.trigger_price == Decimal(49_900)


def test_a_position_that_is_left_open_shows_where_its_stop_stands() -> None:
    journal = played(
        [CALM] * 6, {1: [enter(SHORT, 5_000, stop="51000")]}, levels={3: 50_400.0, 4: 50_600.0}
    )
    (order,) = open_orders(journal)
    assert order.sl_trigger_price == Decimal(50_400)


def test_the_agent_sees_where_its_stop_stands() -> None:
    market = by_hand([CALM] * 6)
    script: dict[int, list[Action]] = {1: [enter(LONG, 5_000, stop="49000")]}
    agent = Scripted(script=script, trailing={"BTC": Level({3: 49_800.0})})
    run(market, agent, profile=plain_profile())
    seen = [moment.account.positions.get("BTC") for moment in agent.seen]
    assert [view and (view.stop, view.first_stop) for view in seen] == [
        None,
        (Decimal(49_000), Decimal(49_000)),
        (Decimal(49_800), Decimal(49_000)),
        (Decimal(49_800), Decimal(49_000)),
        (Decimal(49_800), Decimal(49_000)),
    ]


def test_a_trailing_stop_does_not_fall_back_when_an_order_of_the_position_trades() -> None:
    """Decided at minute 10, a close of the half arrives in the bar that opens at minute 12.

    By then the stop stands at 49,900, proposed at the closes of minutes 11 and 12: the low of that
    very bar meets it.
    """
    dip: Bar = (50_000, 50_010, 49_850, 50_000)
    journal = played(
        [CALM] * 12 + [dip] + [CALM] * 3,
        {5: [enter(LONG, 5_000, stop="49000")], 10: [leave(fraction="0.5")]},
        "latency_ms=61000",
        levels={11: 49_900.0, 12: 49_900.0},
        cadence=5,
    )
    triggers = [(trigger, price) for trigger, _, price, _ in closed(journal)]
    assert triggers == [(None, "50000.0"), ("STOP", "49900.0")]


def test_of_the_time_exits_that_updates_call_for_only_the_first_trades() -> None:
    """Each new plan asks for its end again; what comes after the first finds nothing to close."""
    update = UpdateExitPlan(symbol="BTC", stop=Decimal(49_100), reason="tighter")
    script: dict[int, list[Action]] = {
        1: [enter(LONG, 5_000, stop="49000", time_exit="2025-05-05T00:06:00Z")],
        6: [update],
        7: [changed(update, stop=Decimal(49_200))],
    }
    journal = played([CALM] * 12, script, "latency_ms=150000")
    # Sent at minute 6, it arrives within the bar that opens at minute 8.
    assert closed(journal) == [("TIME", "0.100", "50000.0", minute(9))]
    opened, first, *others = intents(journal)
    assert (opened, first) == (("OPEN", "FILLED", ""), ("TIME", "FILLED", ""))
    assert others
    assert set(others) == {("TIME", "CANCELLED", "reduce-only")}


@pytest.mark.parametrize(
    ("time_exit", "later"),
    [(None, []), ("2025-05-05T00:24:00Z", [("TIME", minute(34))])],
    ids=["the next has none", "the next has its own"],
)
def test_a_late_time_exit_closes_only_its_own_position(
    time_exit: str | None, later: list[tuple[str, datetime]]
) -> None:
    """Sent at minute 16, it arrives at 26; the stop comes at 18, the next entry trades at 22."""
    dip: Bar = (50_000, 50_000, 49_000, 50_000)
    script: dict[int, list[Action]] = {
        1: [enter(LONG, 3_000, stop="49500", time_exit="2025-05-05T00:16:00Z")],
        12: [enter(LONG, 4_000, stop="49500", time_exit=time_exit)],
    }
    journal = played([*[CALM] * 18, dip, *[CALM] * 20], script, "latency_ms=600000")
    first, *rest = [(trigger, at) for trigger, _, _, at in closed(journal)]
    assert (first[0], rest) == ("STOP", later)
    assert intents(journal)[2] == ("TIME", "CANCELLED", "reduce-only")
