"""Matching: what of an order trades in a bar, what works on, and why the rest never trades."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pytest

from autonome.arena.account import Account
from autonome.arena.matching import Match, Offer, match
from autonome.arena.settle import settle_fill
from autonome.domain.choices import IntentState, Side
from autonome.domain.exit_plan import ExitPlan
from autonome.domain.money import ZERO
from autonome.venue.profile import load_profile
from simulation.bookings import account, filled, order, ordinals

BTC = load_profile("binance-perp").instrument("BTC")
BUY, SELL = Side.BUY, Side.SELL
FILLED, CANCELLED = IntentState.FILLED, IntentState.CANCELLED
REJECTED, ACKNOWLEDGED = IntentState.REJECTED, IntentState.ACKNOWLEDGED
PRICE = Decimal(10_000)


def holding(size: str, *, stop: str | None = None, leverage: str = "1") -> Account:
    """Return an account of 10,000 that holds ``size`` (signed) of BTC, entered at 10,000."""
    quantity = Decimal(size)
    if not quantity:
        return account()
    plan = None if stop is None else ExitPlan(stop=Decimal(stop))
    side = BUY if quantity > 0 else SELL
    entry = filled(side, abs(quantity), PRICE, plan=plan, leverage=leverage)
    return settle_fill(account(), entry, ordinals()).account


def offer(
    capacity: str = "100",
    *,
    price: Decimal = PRICE,
    quoted: Decimal | None = None,
    marks: dict[str, Decimal] | None = None,
) -> Offer:
    return Offer(
        instrument=BTC,
        quoted_price=price if quoted is None else quoted,
        price=price,
        capacity=Decimal(capacity),
        taker_fee=Decimal("0.0005"),
        mark_price=(marks or {}).__getitem__,
    )


def trading(*, closing: Decimal = ZERO, opening: Decimal = ZERO) -> Match:
    """Return how an order trades at once, all that was asked for."""
    return Match(closing=closing, opening=opening, working=ZERO, state=FILLED, reason=None)


def parts(found: Match) -> tuple[Decimal, Decimal, Decimal, IntentState]:
    """Return what closes and opens now, what works on, and the state."""
    return found.closing, found.opening, found.working, found.state


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A SELL that meets a bar, in base units, and what becomes of it."""

    held: str = "0"
    closing: str = "0"
    opening: str = "0"
    capacity: str
    trades: tuple[str, str, str]
    """Closing and opening now, working on."""
    state: IntentState
    reason: str | None = None
    """How it begins."""


CASES = {
    "an opening order that fits": Case(
        opening="0.5", capacity="0.5", trades=("0", "0.5", "0"), state=FILLED
    ),
    "an opening order is cut at the cap, the rest cancelled": Case(
        opening="0.5",
        capacity="0.2",
        trades=("0", "0.2", "0"),
        state=CANCELLED,
        reason="volume: the bar had room for 0.2 of 0.5",
    ),
    "an opening order in a bar without room": Case(
        opening="0.5", capacity="0", trades=("0", "0", "0"), state=CANCELLED, reason="volume"
    ),
    "a closing order that fits": Case(
        held="0.5", closing="0.5", capacity="0.5", trades=("0.5", "0", "0"), state=FILLED
    ),
    "a closing order is cut at the cap and works on": Case(
        held="0.5", closing="0.5", capacity="0.2", trades=("0.2", "0", "0.3"), state=ACKNOWLEDGED
    ),
    "a closing order in a bar without room works on": Case(
        held="0.5", closing="0.5", capacity="0", trades=("0", "0", "0.5"), state=ACKNOWLEDGED
    ),
    "a flip closes first, then opens": Case(
        held="0.5",
        closing="0.5",
        opening="0.3",
        capacity="1",
        trades=("0.5", "0.3", "0"),
        state=FILLED,
    ),
    "a flip opens with what the bar has left": Case(
        held="0.5",
        closing="0.5",
        opening="0.3",
        capacity="0.6",
        trades=("0.5", "0.1", "0"),
        state=CANCELLED,
        reason="volume: the bar had room for 0.6 of 0.8",
    ),
    "a flip that closes the last lot of room opens nothing": Case(
        held="0.5",
        closing="0.5",
        opening="0.3",
        capacity="0.5",
        trades=("0.5", "0", "0"),
        state=CANCELLED,
        reason="volume",
    ),
    "a flip that cannot close at once only closes, bar after bar": Case(
        held="0.5",
        closing="0.5",
        opening="0.3",
        capacity="0.2",
        trades=("0.2", "0", "0.3"),
        state=ACKNOWLEDGED,
        reason="volume",
    ),
    "a close of a position that is gone": Case(
        closing="0.5",
        capacity="1",
        trades=("0", "0", "0"),
        state=CANCELLED,
        reason="reduce-only",
    ),
    "a close of a position that has turned": Case(
        held="-0.5",
        closing="0.5",
        capacity="1",
        trades=("0", "0", "0"),
        state=CANCELLED,
        reason="reduce-only",
    ),
    "a flip of a position that is gone opens what was asked": Case(
        closing="0.5", opening="0.3", capacity="1", trades=("0", "0.3", "0"), state=FILLED
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_each_rule_of_the_volume_cap(case: Case) -> None:
    asked = order(SELL, opening=case.opening, closing=case.closing, leverage="5")
    found = match(holding(case.held), asked, offer(case.capacity))
    assert (found.closing, found.opening, found.working) == tuple(map(Decimal, case.trades))
    assert found.state is case.state
    if case.reason is not None:
        assert (found.reason or "").startswith(case.reason)


@pytest.mark.parametrize(
    ("closing", "opening"), [("0.5", "0"), ("0.5", "0.3")], ids=["a close", "a flip"]
)
def test_what_something_else_closed_is_told_as_the_reason(closing: str, opening: str) -> None:
    """Of a LONG of 0.5 another exit has left 0.2: the order closes that, never more.

    Less than asked is filled, for which the intent owes a reason.
    """
    asked = order(SELL, closing=closing, opening=opening, leverage="5")
    found = match(holding("0.2"), asked, offer())
    assert (found.closing, found.opening, found.working) == (
        Decimal("0.2"),
        Decimal(opening),
        ZERO,
    )
    assert (found.reason or "").startswith("reduce-only")


@pytest.mark.parametrize(
    ("side", "price", "stop", "trades"),
    [
        (BUY, "10000", "9900", True),
        (BUY, "9900", "9900", True),  # At the stop is not beyond it.
        (BUY, "9899.9", "9900", False),
        (SELL, "10000", "10100", True),
        (SELL, "10100", "10100", True),
        (SELL, "10100.1", "10100", False),
        (BUY, "9800", None, True),
    ],
)
def test_a_fill_beyond_its_own_stop_is_cancelled(
    side: Side, price: str, stop: str | None, trades: bool
) -> None:
    plan = ExitPlan(stop=None if stop is None else Decimal(stop))
    asked = order(side, opening="0.1", plan=plan, leverage="1")
    found = match(account(), asked, offer(price=Decimal(price)))
    if trades:
        assert found == trading(opening=Decimal("0.1"))
        return
    assert parts(found) == (ZERO, ZERO, ZERO, CANCELLED)
    assert found.reason == f"stop-passed: would fill at {price}, beyond the stop {stop}"


def test_of_a_flip_beyond_its_own_stop_only_the_closing_part_trades() -> None:
    plan = ExitPlan(stop=Decimal(10_100))
    asked = order(BUY, closing="0.5", opening="0.3", plan=plan, leverage="1")
    found = match(holding("-0.5"), asked, offer())
    assert parts(found) == (Decimal("0.5"), ZERO, ZERO, CANCELLED)
    assert (found.reason or "").startswith("stop-passed")


def test_the_stop_of_the_position_that_a_flip_closes_is_not_its_own() -> None:
    # The SHORT's stop of 10,500 lies above a fill at 10,000; the new LONG has none.
    asked = order(BUY, closing="0.5", opening="0.3", leverage="1")
    found = match(holding("-0.5", stop="10500"), asked, offer())
    assert found == trading(closing=Decimal("0.5"), opening=Decimal("0.3"))


def test_a_scale_in_beyond_the_stop_that_will_stand_is_cancelled() -> None:
    # The new plan's stop of 8,500 is looser, so that the present one, 9,000, goes on.
    held = holding("0.1", stop="9000")
    asked = order(BUY, opening="0.1", plan=ExitPlan(stop=Decimal(8_500)), leverage="1")
    found = match(held, asked, offer(price=Decimal(8_800)))
    assert parts(found) == (ZERO, ZERO, ZERO, CANCELLED)
    assert (found.reason or "").startswith("stop-passed")


@pytest.mark.parametrize(
    ("held", "opening", "leverage", "trades"),
    [
        # Capital 10,000, price 10,000, fee 5 bps. Leverage 1: 0.999 needs 9,990 of the
        # 10,000 - 4.995 that are left; 1.000 needs 10,000 of 9,995.
        ("0", "0.999", "1", True),
        ("0", "1.000", "1", False),
        # Leverage 5: 4.987 needs 9,974 of 9,975.065; 4.988 needs 9,976 of 9,975.06.
        ("0", "4.987", "5", True),
        ("0", "4.988", "5", False),
        # 0.5 is held at leverage 1, which an addition cannot raise: 0.499 more needs 9,990.
        ("0.5", "0.499", "5", True),
        ("0.5", "0.500", "5", False),
    ],
)
def test_the_venue_rejects_what_the_account_cannot_carry(
    held: str, opening: str, leverage: str, trades: bool
) -> None:
    asked = order(BUY, opening=opening, leverage=leverage)
    found = match(holding(held), asked, offer())
    if trades:
        assert found == trading(opening=Decimal(opening))
        return
    assert parts(found) == (ZERO, ZERO, ZERO, REJECTED)
    assert (found.reason or "").startswith("margin:")


def test_spread_and_slippage_count_in_the_margin() -> None:
    # 0.999 bought at 10,010 while the market quotes 10,000 costs 9.99 and a fee of 4.999995:
    # 9,985.01 are left for a margin of 9,990. At the quote it would fit.
    asked = order(BUY, opening="0.999", leverage="1")
    dear = match(account(), asked, offer(price=Decimal(10_010), quoted=PRICE))
    assert dear.state is REJECTED
    assert match(account(), asked, offer()).state is FILLED


def test_other_positions_take_their_part_of_the_margin() -> None:
    # ETH 2 @ 2,500 at leverage 1 ties up 2 x mark: at 3,000 NAV is 11,000, of which 5,000 are free,
    # at 1,000 it is 7,000 and 5,000 again; BTC 0.5 at leverage 1 needs 5,000 and a fee of 2.5.
    entry = filled(BUY, "2", "2500", symbol="ETH", leverage="1")
    held = settle_fill(account(), entry, ordinals()).account
    for mark in (Decimal(3_000), Decimal(1_000)):
        offered = offer(marks={"ETH": mark})
        assert match(held, order(BUY, opening="0.499", leverage="1"), offered).state is FILLED
        assert match(held, order(BUY, opening="0.5", leverage="1"), offered).state is REJECTED


def test_a_flip_that_the_account_cannot_carry_still_closes() -> None:
    asked = order(BUY, closing="0.5", opening="2", leverage="1")
    found = match(holding("-0.5"), asked, offer())
    assert parts(found) == (Decimal("0.5"), ZERO, ZERO, REJECTED)
    assert (found.reason or "").startswith("margin:")


def test_an_order_that_reduces_is_never_blocked() -> None:
    # LONG 1 @ 10,000, leverage 1, marked at 1,000: whatever is left, it closes.
    found = match(holding("1"), order(SELL, closing="1"), offer(price=Decimal(1_000)))
    assert found == trading(closing=Decimal(1))


def test_an_order_that_was_large_enough_when_it_was_decided_trades_at_a_lower_price() -> None:
    # 0.010 was worth 100, BTC's least notional, at 10,000; at 9,000 it is worth 90.
    found = match(account(), order(BUY, opening="0.010"), offer(price=Decimal(9_000)))
    assert found == trading(opening=Decimal("0.010"))
