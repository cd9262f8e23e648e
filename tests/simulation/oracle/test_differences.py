"""A difference has a name only where every field fits it; this needs no other engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from simulation.oracle.differences import Difference, sorted_out
from simulation.oracle.outcomes import Outcome, Run
from simulation.oracle.trips import MINUTE, Bar, Trip

AT = datetime(2025, 5, 23, 15, 30, tzinfo=UTC)
IN_BAR = AT + 2 * MINUTE - timedelta(milliseconds=1)
CENT = Decimal("0.01")
NONE, FEE_TIE, BOTH_TOUCHED, GAP, UNNAMED = Difference


def bar(minute: int, *prices: str) -> Bar:
    opened, high, low, close = (Decimal(each) for each in prices)
    return Bar(
        opens_at=AT + minute * MINUTE,
        open=opened,
        high=high,
        low=low,
        close=close,
        volume=Decimal(100),
    )


BARS = {
    "BTC": [
        bar(0, "1000.0", "1010.0", "990.0", "1000.0"),
        bar(1, "1000.0", "1010.0", "990.0", "1005.0"),
        bar(2, "980.0", "985.0", "975.0", "980.0"),
        bar(3, "980.0", "985.0", "975.0", "980.0"),
    ]
}
TRIP = Trip(
    symbol="BTC",
    sign=1,
    quantity=Decimal("0.1"),
    stop=Decimal("995.0"),
    target=Decimal("1005.0"),
    enter_bar=0,
    leave_bar=2,
    enter_at=AT,
    leave_at=AT + 2 * MINUTE,
)


def ended(price: str, fees: str, net: str, trigger: str | None, at: datetime = IN_BAR) -> Outcome:
    return Outcome(
        quantity=Decimal("0.1"),
        entry_price=Decimal("1000.0"),
        exit_price=Decimal(price),
        left_at=at,
        trigger=trigger,
        fees=Decimal(fees),
        net=Decimal(net),
    )


# 0.1 x 1,000.0 x 0.0005 = 0.05 to enter; 0.04975 and 0.05025 to leave at 995.0 and 1,005.0.
STOPPED = ended("995.0", "0.09975", "-0.60", "STOP")
REACHED = ended("1005.0", "0.10025", "0.40", "TARGET")
# The bar of minute 2 opens at 980.0: 0.049 to leave, -2 - 0.099 = -2.099.
GAPPED = ended("980.0", "0.099", "-2.10", "STOP", AT + 2 * MINUTE)
AT_TRIGGER = replace(STOPPED, left_at=AT + 2 * MINUTE)


def named(trip: Trip, ours: Outcome | None, theirs: Outcome | None) -> Difference:
    runs = [
        Run(outcomes={} if each is None else {("BTC", AT): each}, nav=Decimal(0))
        for each in (ours, theirs)
    ]
    found = sorted_out([trip], BARS, *runs)
    return next(name for name, trips in found.items() if trips)


@pytest.mark.parametrize(
    ("ours", "theirs", "name"),
    [
        (STOPPED, STOPPED, NONE),
        (STOPPED, REACHED, BOTH_TOUCHED),
        (REACHED, STOPPED, UNNAMED),
        (GAPPED, AT_TRIGGER, GAP),
        (replace(GAPPED, trigger=None), AT_TRIGGER, GAP),
        (AT_TRIGGER, GAPPED, UNNAMED),
        (replace(GAPPED, trigger="TARGET"), AT_TRIGGER, UNNAMED),
        (GAPPED, STOPPED, UNNAMED),
        (None, STOPPED, UNNAMED),
        (STOPPED, None, UNNAMED),
    ],
)
def test_a_difference_is_named_by_what_the_candle_shows(
    ours: Outcome | None, theirs: Outcome | None, name: Difference
) -> None:
    assert named(TRIP, ours, theirs) is name


@pytest.mark.parametrize(
    "change",
    [
        lambda each: replace(each, quantity=each.quantity + Decimal("0.001")),
        lambda each: replace(each, entry_price=each.entry_price + Decimal("0.1")),
        lambda each: replace(each, exit_price=each.exit_price - Decimal("0.1")),
        lambda each: replace(each, left_at=each.left_at + MINUTE),
        lambda each: replace(each, left_at=each.left_at - timedelta(milliseconds=1)),
        lambda each: replace(each, trigger="TIME"),
        lambda each: replace(each, fees=each.fees + Decimal("0.00000002")),
        lambda each: replace(each, net=each.net + CENT),
    ],
)
@pytest.mark.parametrize(
    ("ours", "theirs"), [(STOPPED, STOPPED), (STOPPED, REACHED), (GAPPED, AT_TRIGGER)]
)
def test_the_least_change_of_any_field_takes_the_name_away(
    change: Callable[[Outcome], Outcome], ours: Outcome, theirs: Outcome
) -> None:
    assert named(TRIP, change(ours), theirs) is UNNAMED
    assert named(TRIP, ours, change(theirs)) is UNNAMED


def test_a_short_stops_first_in_both_engines_so_nothing_excuses_it() -> None:
    short = replace(TRIP, sign=-1, stop=TRIP.target, target=TRIP.stop)
    stopped = replace(REACHED, trigger="STOP", net=Decimal("-0.60"))
    reached = replace(STOPPED, trigger="TARGET", net=Decimal("0.40"))
    assert named(short, stopped, reached) is UNNAMED


def test_a_fee_may_differ_by_a_step_only_where_it_ends_half_way_between_two() -> None:
    # 0.001 x 100.01 x 0.0005 = 0.000050005 is half-way; 0.001 x 100.02 x 0.0005 = 0.00005001 not.
    tie = replace(
        STOPPED,
        quantity=Decimal("0.001"),
        entry_price=Decimal("100.01"),
        exit_price=Decimal("100.02"),
        fees=Decimal("0.00010001"),
        net=Decimal("0.00"),
    )
    assert named(TRIP, tie, replace(tie, fees=Decimal("0.00010002"))) is FEE_TIE
    assert named(TRIP, tie, replace(tie, fees=Decimal("0.00010003"))) is UNNAMED
    even = replace(tie, entry_price=Decimal("100.02"), fees=Decimal("0.00010002"))
    assert named(TRIP, even, replace(even, fees=Decimal("0.00010001"))) is UNNAMED
