"""Measures of growth equal published figures and what a hand can compute."""

from __future__ import annotations

import math
from decimal import Decimal

import numpy as np
import pytest

from autonome.analytics.comparison import TooLittle
from autonome.analytics.growth import growth_of
from autonome.analytics.linking import linked
from autonome.analytics.measures import (
    Drawdown,
    Ratio,
    calmar,
    current_drawdown,
    max_drawdown,
    sharpe,
    sortino,
)
from autonome.domain.value import changed
from autonome.ledger.queries.hours import HourlyCloses, HourlyPayments
from autonome.ledger.queries.transfers import Transfer

# The series of empyrical's own tests, whose ratios it states for daily returns (252 a year).
MIXED = np.log1p(np.array([1, 10, -4, 2, 3, 2, 1, -10]) / 100)
TIMES = 21
WEEK = np.tile(MIXED, TIMES)
DAILY_TO_HOURLY = math.sqrt(8_760 / 252)


def test_sharpe_is_the_one_that_empyrical_states() -> None:
    found = sharpe(WEEK)
    assert isinstance(found, Ratio)
    # A series that repeats has the same spread but for the one that is taken off its count.
    once, often = len(MIXED), len(WEEK)
    spread = math.sqrt(once / (once - 1)) / math.sqrt(often / (often - 1))
    assert found.value == pytest.approx(1.7238613961706866 * spread * DAILY_TO_HOURLY, rel=1e-12)
    assert found.days == 7


def test_sortino_is_the_one_that_empyrical_states() -> None:
    found = sortino(WEEK)
    assert isinstance(found, Ratio)
    assert found.value == pytest.approx(2.605531251673693 * DAILY_TO_HOURLY, rel=1e-12)


@pytest.mark.parametrize(
    ("ratio", "count", "error"),
    # Lo (2002), table 1: the standard error of a ratio of independent returns.
    [(0.5, 250, 0.067), (1.0, 250, 0.077), (2.0, 250, 0.110), (3.0, 500, 0.105)],
)
def test_the_standard_error_is_that_of_lo(ratio: float, count: int, error: float) -> None:
    noise = np.tile([1.0, -1.0], count // 2)
    returns = 0.001 * (ratio * noise.std(ddof=1) + noise)
    found = sharpe(np.log1p(returns))
    assert isinstance(found, Ratio)
    assert found.standard_error is not None
    assert found.value / math.sqrt(8_760) == pytest.approx(ratio)
    assert round(found.standard_error / math.sqrt(8_760), 3) == error


def test_calmar_by_hand() -> None:
    # Doubled in half a year: fourfold in a year, a return of 3, over a fall by half.
    growth = np.full(4_380, math.log(2) / 4_380)
    found = calmar(growth, deepest=0.5)
    assert isinstance(found, Ratio)
    assert found.value == pytest.approx(6)
    assert found.days == 182.5


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (sharpe(WEEK[:167]), "needs 7 days, has 6"),
        (sortino(WEEK[:5]), "needs 7 days, has 0"),
        (calmar(np.zeros(30 * 24), deepest=0.1), "needs 90 days, has 30"),
        (calmar(np.zeros(90 * 24), deepest=0.0), "needs a drawdown"),
        (sharpe(np.zeros(168)), "needs a NAV that moves"),
        (sortino(np.full(168, 0.01)), "needs an hour with a loss"),
    ],
)
def test_too_little_is_said(found: object, words: str) -> None:
    assert found == TooLittle(words=words)


def test_drawdowns_by_hand() -> None:
    nav = np.array([100.0, 120, 90, 150, 135, 100, 140])
    assert max_drawdown(nav) == Drawdown(depth=1 / 3, peak=3, trough=5)
    assert current_drawdown(nav) == pytest.approx(10 / 150)
    rising = np.array([1.0, 2.0, 3.0])
    assert (max_drawdown(rising).depth, current_drawdown(rising)) == (0, 0)


def closes(hours: list[int], cents: list[int], *, is_whole: bool = True) -> HourlyCloses:
    return HourlyCloses(
        model_id="m", hour=np.array(hours), cents=np.array(cents), is_whole=is_whole
    )


def paid(hours: list[int], inference: list[int]) -> HourlyPayments:
    return HourlyPayments(model_id="m", hour=np.array(hours), inference=np.array(inference))


def moved(hour: int, amount: str, *, before: str | None = None) -> Transfer:
    return Transfer(
        model_id="m",
        at_us=hour * 3_600_000_000 + 1_000,
        amount=Decimal(amount),
        before=None if before is None else Decimal(before),
    )


def test_growth_begins_at_the_capital_and_fills_hours_that_are_missing() -> None:
    found = growth_of(closes([7, 9], [11_000, 9_900]), None, capital=Decimal(100), net=True)
    assert np.expm1(found.logarithms) == pytest.approx([0.1, 0, -0.1])
    assert (found.first_hour, found.whole_hours) == (7, 3)
    assert found.total() == pytest.approx(-0.01)
    assert found.total(nav=Decimal("198")) == pytest.approx(0.98)


def test_growth_net_takes_off_what_inference_cost_so_far() -> None:
    payments = paid([6, 8], [-(10**9), -20 * 10**8])
    every = closes([7, 8], [11_000, 12_000])
    net = growth_of(every, payments, capital=Decimal(100), net=True)
    assert net.total() == pytest.approx((120 - 10 - 20) / 100 - 1)
    gross = growth_of(every, payments, capital=Decimal(100), net=False)
    assert gross.total() == pytest.approx(0.2)


def test_a_newer_nav_is_net_of_what_inference_cost_before_and_since() -> None:
    """10 paid, then 20 in the last hour: 120 - 30 = 90. Later 130, 5 more paid: 130 - 35 = 95."""
    payments = paid([6, 8], [-(10**9), -20 * 10**8])
    every = closes([7, 8], [11_000, 12_000])
    net = growth_of(every, payments, capital=Decimal(100), net=True)
    assert (net.last_hour, net.inference, net.last_nav) == (8, -10, 90)
    assert net.total(nav=Decimal(130), inference=Decimal(-25)) == pytest.approx(-0.05)
    assert net.total(nav=Decimal(120), inference=Decimal(-20)) == pytest.approx(net.total())


def test_a_deposit_is_no_return() -> None:
    every = closes([7, 8], [10_000, 15_000], is_whole=False)
    found = growth_of(every, None, [moved(8, "50")], capital=Decimal(100), net=False)
    assert found.total() == pytest.approx(0)
    assert found.whole_hours == 1


def test_a_reset_is_linked_and_no_return() -> None:
    """100 fell to 70, 30 came in, and 100 rose to 105: 0.7 x 1.05 = 0.735.

    In the next hour 105 became 84, which is 0.8 of it: 0.588 in all.
    """
    reset = moved(8, "30", before="70")
    every = closes([7, 8, 9], [10_000, 10_500, 8_400])
    found = growth_of(every, None, [reset], capital=Decimal(100), net=False)
    assert np.exp(found.logarithms) == pytest.approx([1, 0.735, 0.8])
    assert found.total() == pytest.approx(0.588 - 1)
    assert found.total(nav=Decimal(42), transferred=Decimal(30)) == pytest.approx(0.294 - 1)


def test_a_reset_after_the_last_point_of_an_hour_counts_in_the_next() -> None:
    """90 became 80, 20 came in at 12:59:00.001, and 100 stayed: -10 %, -11.1 %, 0 %."""
    reset = moved(12, "20", before="80")
    late = changed(reset, at_us=reset.at_us + 59 * 60_000_000)
    every = closes([11, 12, 13], [9_000, 8_000, 10_000])
    found = growth_of(every, None, [late], capital=Decimal(100), net=False)
    assert np.exp(found.logarithms) == pytest.approx([0.9, 8 / 9, 1])


def test_what_is_withdrawn_is_no_loss_net_of_inference_either() -> None:
    """150, of which 10 went for answers: 140 of 100. 50 taken out, and 90 became 99: x 1.1."""
    reset = moved(8, "-50", before="150")
    every = closes([7, 8], [15_000, 10_900])
    found = growth_of(every, paid([7], [-(10**9)]), [reset], capital=Decimal(100), net=True)
    assert found.total() == pytest.approx(1.4 * 1.1 - 1)


def test_a_transfer_since_the_last_measure_lets_no_return_jump() -> None:
    measured = growth_of(closes([7], [7_000]), None, capital=Decimal(100), net=False)
    after = measured.total(nav=Decimal(100), transferred=Decimal(30))
    assert after == pytest.approx(measured.total()) == pytest.approx(-0.3)


def test_a_withdrawal_is_no_drawdown() -> None:
    nav = np.array([100.0, 150.0, 100.0, 90.0])
    index = linked(nav, np.arange(4) * 3_600_000_000, [moved(1, "-50", before="150")])
    assert index == pytest.approx([100, 150, 150, 135])


def test_an_account_that_lost_everything_has_lost_nearly_all() -> None:
    found = growth_of(closes([1, 2], [10_000, 0]), None, capital=Decimal(100), net=False)
    assert found.total() == pytest.approx(-0.9999)
