"""Money is conserved: after every event of a random history the books agree with the auditor."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Final

from hypothesis import example, given, settings
from hypothesis import strategies as st

from autonome.arena.account import Account
from autonome.arena.events import Event, Filled, FundingSettled, Leg, Liquidated, Names
from autonome.arena.placing import place
from autonome.arena.step import step
from autonome.audit.walk import Account as Audited
from autonome.domain.choices import IntentPurpose, OrderStatus, Side
from autonome.domain.money import ZERO
from autonome.domain.position import (
    Closure,
    Execution,
    Position,
    apply_execution,
    funding_payment,
)
from autonome.ledger.journal.memory import MemoryJournal
from autonome.ledger.journal.port import BookingStatus
from autonome.testing.bookings import NOW, competitor
from simulation.bookings import AS_WRITTEN
from unit.audit.journals import audit_journal

CAPITAL: Final = Decimal(10_000)
STEPS: Final = {
    "BTC": (Decimal("0.001"), Decimal("0.1")),
    "ODD": (Decimal("0.007"), Decimal("0.03")),
    "FINE": (Decimal("0.00000001"), Decimal(1)),
    "CHEAP": (Decimal(1), Decimal("0.00000001")),
}
"""Lot and tick by symbol; their product is a multiple of 1e-8."""
UNIT: Final = Decimal("0.00000001")
MANY_FILLS: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Traded:
    """A fill; without lots it closes exactly what is held."""

    symbol: str
    side: Side
    lots: int | None
    ticks: int
    fee_units: int
    levels: int = 1
    """Of a book: the lots lie on as many, as far as they reach, each a tick dearer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Funded:
    """A funding settlement."""

    symbol: str
    ticks: int
    rate_ppm: int


SYMBOLS = st.sampled_from(sorted(STEPS))
TICKS = st.integers(1, 10_000_000)
TRADED = st.builds(
    Traded,
    symbol=SYMBOLS,
    side=st.sampled_from(Side),
    lots=st.none() | st.integers(1, 60) | st.integers(1, 60_000),
    ticks=TICKS,
    fee_units=st.integers(-1_000_000, 1_000_000_000),
    levels=st.integers(1, 4),
)
FUNDED = st.builds(Funded, symbol=SYMBOLS, ticks=TICKS, rate_ppm=st.integers(-3_000, 3_000))
MARKS = st.fixed_dictionaries(dict.fromkeys(sorted(STEPS), TICKS))


class Books:
    """The domain's positions on one side, the auditor's account on the other."""

    def __init__(self) -> None:
        self.positions = dict.fromkeys(STEPS, Position())
        self.closures: dict[str, list[Closure]] = {symbol: [] for symbol in STEPS}
        self.realized = ZERO
        self.costs = dict.fromkeys(STEPS, ZERO)
        self.entered = dict.fromkeys(STEPS, ZERO)
        self.audited = Audited(capital=int(CAPITAL.scaleb(16)))
        self.fills = 0

    def book(self, event: Traded | Funded) -> None:
        """Book an event here and there, and compare what it closed or paid."""
        if isinstance(event, Traded):
            self._trade(event)
        else:
            self._fund(event)

    def _trade(self, event: Traded) -> None:
        symbol, held = event.symbol, self.positions[event.symbol]
        lot, tick = STEPS[symbol]
        side, quantity = event.side, (event.lots or 1) * lot
        if event.lots is None and held.side is not None:
            side, quantity = held.side.exit_side, abs(held.size)
        price, fee = event.ticks * tick, event.fee_units * UNIT
        effect = apply_execution(
            held, Execution(side=side, quantity=quantity, price=price, fee=fee)
        )
        closed = self.audited.fill(
            symbol, side.sign * units(quantity), units(price), event.fee_units
        )
        self.fills += 1
        self.positions[symbol] = effect.position
        self.costs[symbol] += fee
        if effect.opened is not None:
            self.entered[symbol] += side.sign * effect.opened.notional
        assert (closed is None) == (effect.closed is None)
        if closed is not None and effect.closed is not None:
            self.closures[symbol].append(effect.closed)
            self.realized += effect.closed.realized_pnl
            assert closed.quantity == units(effect.closed.execution.quantity)
            assert closed.realized == exact_units(effect.closed.realized_pnl)

    def _fund(self, event: Funded) -> None:
        held, (_, tick) = self.positions[event.symbol], STEPS[event.symbol]
        rate = Decimal(event.rate_ppm) / 1_000_000
        paid = funding_payment(size=held.size, mark_price=event.ticks * tick, rate=rate)
        if paid:
            self.positions[event.symbol] = held.with_funding(paid)
            self.costs[event.symbol] -= paid
            self.audited.fund(event.symbol, units(paid))

    def check(self, ticks: dict[str, int]) -> None:
        """Compare NAV from the domain's trades with NAV from the auditor's flows, exactly."""
        marks = {symbol: ticks[symbol] * tick for symbol, (_, tick) in STEPS.items()}
        nav = CAPITAL + self.realized
        for symbol, position in self.positions.items():
            nav += position.open_pnl(mark_price=marks[symbol])
        audited = self.audited
        assert exact_units(nav) == audited.nav({each: units(marks[each]) for each in marks})
        assert audited.cash_from_flows == audited.cash_from_trades
        for symbol, position in self.positions.items():
            walked = audited.positions.get(symbol)
            assert (walked is None) == (position == Position())
            if walked is not None:
                assert walked.size == units(position.size)
                assert walked.cost == exact_units(position.entry_notional)
                assert walked.fees == exact_units(position.entry_fees)
                assert walked.funding == exact_units(position.funding)

    def flatten(self, ticks: dict[str, int]) -> None:
        """Close everything that is held."""
        for symbol, position in self.positions.items():
            if position.size:
                self.book(
                    Traded(
                        symbol=symbol, side=Side.BUY, lots=None, ticks=ticks[symbol], fee_units=1
                    )
                )


def units(amount: Decimal) -> int:
    """Return an amount in 1e-8; it must be whole there."""
    scaled = amount.scaleb(8)
    assert scaled == int(scaled)
    return int(scaled)


def exact_units(amount: Decimal) -> int:
    """Return an amount in 1e-16; it must be whole there."""
    scaled = amount.scaleb(16)
    assert scaled == int(scaled)
    return int(scaled)


@settings(max_examples=120, deadline=None, derandomize=True, database=None)
@given(
    history=st.lists(st.tuples(st.one_of(TRADED, TRADED, FUNDED), MARKS), min_size=1, max_size=20)
)
def test_nav_from_trades_equals_nav_from_flows_after_every_event(
    history: list[tuple[Traded | Funded, dict[str, int]]],
) -> None:
    books = Books()
    for event, marks in history:
        books.book(event)
        books.check(marks)


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(history=st.lists(st.one_of(TRADED, FUNDED), min_size=1, max_size=15), marks=MARKS)
def test_closing_everything_leaves_nothing_but_money(
    history: list[Traded | Funded], marks: dict[str, int]
) -> None:
    books = Books()
    for event in history:
        books.book(event)
    books.flatten(marks)
    books.check(marks)
    assert set(books.positions.values()) == {Position()}
    assert books.audited.positions == {}
    assert exact_units(CAPITAL + books.realized) == books.audited.cash_from_flows


@settings(max_examples=100, deadline=None, derandomize=True, database=None)
@given(
    quantities=st.lists(st.integers(1, 1_000), min_size=1, max_size=8),
    ticks=TICKS,
    fee_units=st.integers(-1_000, 1_000_000_000),
    funding_units=st.integers(-1_000_000_000, 1_000_000_000),
)
def test_partial_closes_to_the_last_release_exactly_what_was_entered(
    quantities: list[int], ticks: int, fee_units: int, funding_units: int
) -> None:
    lot, tick = STEPS["BTC"]
    whole = sum(quantities) * lot
    entry = Execution(side=Side.SELL, quantity=whole, price=ticks * tick, fee=fee_units * UNIT)
    held = apply_execution(Position(), entry).position.with_funding(funding_units * UNIT)
    parts = []
    for lots in quantities:
        close = Execution(side=Side.BUY, quantity=lots * lot, price=tick, fee=UNIT)
        effect = apply_execution(held, close)
        assert effect.closed is not None
        parts.append(effect.closed)
        held = effect.position
    assert held == Position()
    assert sum(part.entry_notional for part in parts) == whole * ticks * tick
    assert sum(part.entry_fees for part in parts) == fee_units * UNIT
    assert sum(part.funding for part in parts) == funding_units * UNIT


@settings(max_examples=3, deadline=None, derandomize=True, database=None)
@example(seed=1)
@given(seed=st.integers(2, 2**32))
def test_thousands_of_fills_lose_nothing(seed: int) -> None:
    dice, books = random.Random(seed), Books()
    marks = dict.fromkeys(STEPS, 77_777)
    while books.fills < MANY_FILLS:
        books.book(_thrown(dice))
        books.check(marks)
    books.flatten(marks)
    assert exact_units(CAPITAL + books.realized) == books.audited.cash_from_flows
    for symbol, closures in books.closures.items():
        assert len(closures) > MANY_FILLS // 20, "a history with many closes"
        released = sum(each.side.sign * each.entry_notional for each in closures)
        assert released == books.entered[symbol]
        shares = sum(each.entry_fees + each.execution.fee - each.funding for each in closures)
        assert shares == books.costs[symbol]


class Arm:
    """An account that books every event through the core, one second after the other."""

    def __init__(self) -> None:
        ids, indexes = count(1), count(1)
        self.names = Names(new_id=lambda: f"{next(ids)}", next_order_index=lambda: next(indexes))
        self.journal = MemoryJournal()
        model, arm = competitor("Ada")
        self.journal.enter(model, arm)
        self.account = Account(
            model_id=model.id,
            epoch=self.journal.begin_run(model.id, at=NOW),
            starting_capital=arm.starting_capital,
            cash_flow=arm.starting_capital,
        )
        self.at = NOW

    def book(self, event: Traded | Funded) -> None:
        """Book an event, and compare every row so far with the auditor's."""
        self.at += timedelta(seconds=1)
        self._happen(self._fill(event) if isinstance(event, Traded) else self._funding(event))
        audited = audit_journal(self.journal)
        assert audited.failures == {}
        (statement,) = audited.statements.values()
        assert statement.account.cash_from_flows == exact_units(self.account.cash_flow)

    def _fill(self, event: Traded) -> Filled:
        held = self.account.holdings.get(event.symbol)
        lot, tick = STEPS[event.symbol]
        side, quantity = event.side, (event.lots or 1) * lot
        if event.lots is None and held is not None:
            side, quantity = held.order.side.exit_side, held.order.quantity
        closes = held is not None and held.order.side.exit_side is side
        closing = min(quantity, held.order.quantity) if held is not None and closes else ZERO
        order = place(
            self.account,
            event.symbol,
            side,
            IntentPurpose.OPEN if quantity > closing else IntentPurpose.CLOSE,
            at=self.at,
            names=self.names,
            closing=closing,
            opening=quantity - closing,
        )
        shares = [lots * lot for lots in _shared_out(int(quantity / lot), event.levels) if lots]
        executions = tuple(
            Execution(
                side=side,
                quantity=share,
                price=(event.ticks + level) * tick,
                fee=(event.fee_units + level) * UNIT,
            )
            for level, share in enumerate(shares)
        )
        index = order.intent.client_order_index
        return Filled(
            at=self.at,
            order=order,
            executions=executions,
            venue_fill_ids=tuple(f"{index}-{level}" for level in range(len(executions))),
        )

    def _funding(self, event: Funded) -> FundingSettled:
        _, tick = STEPS[event.symbol]
        return FundingSettled(
            at=self.at,
            symbol=event.symbol,
            mark_price=event.ticks * tick,
            rate=Decimal(event.rate_ppm) / 1_000_000,
        )

    def liquidate(self, ticks: dict[str, int], *, fee_bps: int) -> None:
        """Let the venue take over everything."""
        legs = []
        for symbol, held in sorted(self.account.holdings.items()):
            execution = Execution(
                side=held.order.side.exit_side,
                quantity=held.order.quantity,
                price=ticks[symbol] * STEPS[symbol][1],
                fee=ZERO,
            )
            rate = Decimal(fee_bps) / 10_000
            legs.append(Leg(symbol=symbol, execution=execution, fee_rate=rate))
        self._happen(Liquidated(at=self.at + timedelta(seconds=1), legs=tuple(legs)))

    def _happen(self, event: Event) -> None:
        done = step(self.account, event, AS_WRITTEN, self.names)
        if done.booking is not None:
            closed = [each for each in done.booking.orders if each.status is OrderStatus.CLOSED]
            assert len(closed) == len(done.results)
            assert isinstance(event, Liquidated) or len(closed) <= 1
            assert self.journal.book(done.booking) is BookingStatus.BOOKED
        self.account = done.account


def _shared_out(lots: int, levels: int) -> list[int]:
    """Return how many lots lie on each level: about the same on each."""
    return [lots * (level + 1) // levels - lots * level // levels for level in range(levels)]


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(
    history=st.lists(st.one_of(TRADED, TRADED, FUNDED), min_size=1, max_size=15),
    marks=MARKS,
    fee_bps=st.integers(0, 500),
)
def test_the_rows_that_the_core_books_add_up_after_every_event(
    history: list[Traded | Funded], marks: dict[str, int], fee_bps: int
) -> None:
    arm = Arm()
    for event in history:
        arm.book(event)
    held = bool(arm.account.holdings)
    arm.liquidate(marks, fee_bps=fee_bps)
    audited = audit_journal(arm.journal)
    assert audited.failures == {}
    assert arm.account.holdings == {}
    assert arm.account.cash_flow >= 0 or not held, "nobody owes the venue"


def _thrown(dice: random.Random) -> Traded | Funded:
    """Return an event: funding, an order of any size, or the close of all that is held."""
    symbol, ticks = dice.choice(sorted(STEPS)), dice.randint(1, 10_000_000)
    face = dice.random()
    if face < 0.2:
        return Funded(symbol=symbol, ticks=ticks, rate_ppm=dice.randint(-3_000, 3_000))
    return Traded(
        symbol=symbol,
        side=dice.choice(list(Side)),
        lots=None if face < 0.3 else dice.randint(1, 60_000),
        ticks=ticks,
        fee_units=dice.randint(-1_000_000, 1_000_000_000),
    )
