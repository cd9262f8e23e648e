"""Which trips differ, and the name of each difference, proved from the candle it happened in.

A name is given only to what fits it in every field; all else is a mistake of one of the engines.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from enum import Enum

from simulation.oracle.outcomes import Outcome, Run, key_of, to_cents
from simulation.oracle.trips import Bar, Trip

__all__ = ["Difference", "net_exactly", "sorted_out"]

_FEE_RATE = Decimal("0.0005")
_FEE_STEP = Decimal("0.00000001")


class Difference(Enum):
    """Why two engines may disagree about a trip."""

    NONE = "equal in every digit"
    FEE_TIE = "a fee ends half-way between two steps of 1e-8: ours goes to the even one"
    BOTH_TOUCHED = "a bar touches stop and target: ours stops, the other goes to the high first"
    GAP = "a bar opens beyond a trigger: ours trades at the open, the other at the trigger"
    UNNAMED = "a mistake"


def sorted_out(
    trips: Sequence[Trip], bars: Mapping[str, Sequence[Bar]], ours: Run, theirs: Run
) -> dict[Difference, list[Trip]]:
    """Return the trips by the difference that they show; all trips are in it once."""
    found: dict[Difference, list[Trip]] = {each: [] for each in Difference}
    for trip in trips:
        one, other = (run.outcomes.get(key_of(trip)) for run in (ours, theirs))
        name = Difference.UNNAMED
        if one is not None and other is not None:
            name = _difference(trip, bars[trip.symbol], one, other)
        found[name].append(trip)
    return found


def _difference(trip: Trip, bars: Sequence[Bar], ours: Outcome, theirs: Outcome) -> Difference:
    if ours == theirs:
        return Difference.NONE
    if ours == replace(theirs, fees=ours.fees) and _is_fee_tie(ours, theirs):
        return Difference.FEE_TIE
    entered_alike = (ours.entry_price, ours.quantity) == (theirs.entry_price, theirs.quantity)
    if not (entered_alike and _adds_up(trip, ours) and _adds_up(trip, theirs)):
        return Difference.UNNAMED
    bar = bars[trip.enter_bar + (ours.left_at - trip.enter_at) // timedelta(minutes=1)]
    if _is_both_touched(trip, bar, ours, theirs):
        return Difference.BOTH_TOUCHED
    return Difference.GAP if _is_gap(trip, bar, ours, theirs) else Difference.UNNAMED


def _is_fee_tie(ours: Outcome, theirs: Outcome) -> bool:
    prices = (ours.entry_price, ours.exit_price)
    halves = (ours.quantity * price * _FEE_RATE % _FEE_STEP for price in prices)
    ties = sum(half * 2 == _FEE_STEP for half in halves)
    return 0 < abs(ours.fees - theirs.fees) <= ties * _FEE_STEP


def _adds_up(trip: Trip, each: Outcome) -> bool:
    """Say whether fees and P&L are what the prices give, each fee rounded to 1e-8 somehow."""
    notionals = each.quantity * (each.entry_price + each.exit_price)
    fees_agree = abs(each.fees - notionals * _FEE_RATE) <= _FEE_STEP
    return fees_agree and each.net == to_cents(net_exactly(trip, each))


def net_exactly(trip: Trip, each: Outcome) -> Decimal:
    """Return the P&L (quote) of an outcome before it is rounded, from its own prices and fees."""
    return trip.sign * each.quantity * (each.exit_price - each.entry_price) - each.fees


def _is_both_touched(trip: Trip, bar: Bar, ours: Outcome, theirs: Outcome) -> bool:
    # Only a LONG's target lies above: a SHORT's stop is what the high touches first.
    return (
        trip.sign > 0
        and trip.stop is not None
        and trip.target is not None
        and bar.low <= trip.stop < bar.open < trip.target <= bar.high
        and (ours.trigger, ours.exit_price) == ("STOP", trip.stop)
        and (theirs.trigger, theirs.exit_price) == ("TARGET", trip.target)
        and ours.left_at == theirs.left_at
    )


def _is_gap(trip: Trip, bar: Bar, ours: Outcome, theirs: Outcome) -> bool:
    price = trip.stop if theirs.trigger == "STOP" else trip.target
    if price is None or theirs.trigger is None or theirs.exit_price != price:
        return False
    outwards = trip.sign if theirs.trigger == "TARGET" else -trip.sign
    # What the script closes at that very open is its own decision for us.
    closed_by_script = ours.trigger is None and bar.opens_at == trip.leave_at
    return (
        outwards * (bar.open - price) >= 0
        and ours.exit_price == bar.open
        and ours.left_at == theirs.left_at == bar.opens_at
        and (closed_by_script or ours.trigger == theirs.trigger)
    )
