"""Money is conserved: after every event of a random history the books agree with the flows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from autonome.arena.account import Account
from autonome.arena.events import FundingSettled
from autonome.arena.settle import Settled, settle_fill, settle_funding
from autonome.domain.choices import OrderStatus, Side
from autonome.domain.position import Execution, Position, apply_execution
from autonome.ledger.journal.memory import MemoryJournal
from autonome.ledger.journal.port import BookingStatus
from autonome.ledger.rows import Fill, Order, Payment
from simulation.auditor import Entry, Walk, nav_from_flows
from simulation.bookings import AT, CAPITAL, entered, filled, ordinals

LOT, TICK, UNIT = Decimal("0.001"), Decimal("0.01"), Decimal("0.00000001")
SYMBOLS = ("BTC", "ETH", "SOL")


@dataclass(frozen=True, slots=True, kw_only=True)
class Traded:
    """A fill to book; without lots it closes exactly what is held."""

    symbol: str
    side: Side
    lots: int | None
    ticks: int
    fee_units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Funded:
    """A funding settlement to book."""

    symbol: str
    ticks: int
    rate_ppm: int


TRADED = st.builds(
    Traded,
    symbol=st.sampled_from(SYMBOLS),
    side=st.sampled_from(Side),
    lots=st.none() | st.integers(1, 60) | st.integers(1, 60_000),
    ticks=st.integers(1, 10_000_000),
    fee_units=st.integers(-1_000_000, 1_000_000_000),
)
FUNDED = st.builds(
    Funded,
    symbol=st.sampled_from(SYMBOLS),
    ticks=st.integers(1, 10_000_000),
    rate_ppm=st.integers(-3_000, 3_000),
)
MARKS = st.fixed_dictionaries({each: st.integers(1, 10_000_000) for each in SYMBOLS})


class Books:
    """Our account and journal on one side, the auditor on the other."""

    def __init__(self) -> None:
        self.journal, self.names = MemoryJournal(), ordinals()
        self.account: Account = entered(self.journal)
        self.entries: list[Entry] = []
        self.walks = {symbol: Walk() for symbol in SYMBOLS}
        self.number = 0

    def book(self, event: Traded | Funded) -> None:
        """Book an event here and there."""
        if isinstance(event, Traded):
            self._trade(event)
        else:
            self._fund(event)

    def _trade(self, event: Traded) -> None:
        held = self.account.holdings.get(event.symbol)
        side, quantity = event.side, (event.lots or 1) * LOT
        if event.lots is None and held is not None:
            side, quantity = held.order.side.exit_side, held.order.quantity
        self.number += 1
        price, fee = event.ticks * TICK, event.fee_units * UNIT
        fill = filled(side, quantity, price, fee, number=self.number, symbol=event.symbol)
        self._write(settle_fill(self.account, fill, self.names))
        self._enter(
            Entry(
                symbol=event.symbol,
                quantity=side.sign * Fraction(quantity),
                price=Fraction(price),
                fee=Fraction(fee),
            )
        )

    def _fund(self, event: Funded) -> None:
        mark, rate = event.ticks * TICK, Decimal(event.rate_ppm) / 1_000_000
        settled = settle_funding(
            self.account,
            FundingSettled(at=AT, symbol=event.symbol, mark_price=mark, rate=rate),
            self.names,
        )
        due = round(-self.walks[event.symbol].size * Fraction(mark) * Fraction(rate), 8)
        assert (settled is None) == (due == 0)
        if settled is not None:
            self._write(settled)
            self._enter(Entry(symbol=event.symbol, payment=due))

    def _write(self, settled: Settled) -> None:
        assert self.journal.book(settled.booking) is BookingStatus.BOOKED
        self.account = settled.account

    def _enter(self, entry: Entry) -> None:
        self.entries.append(entry)
        self.walks[entry.symbol].step(entry)

    def check(self, marks: dict[str, int]) -> None:
        """Compare the books with the flows, to the last digit."""
        prices = {symbol: ticks * TICK for symbol, ticks in marks.items()}
        fractions = {symbol: Fraction(price) for symbol, price in prices.items()}
        flows = nav_from_flows(Fraction(CAPITAL), self.entries, fractions)
        assert Fraction(self.account.nav(prices)) == flows
        realized = sum(end.realized for walk in self.walks.values() for end in walk.ended)
        assert Fraction(self.account.realized_pnl) == realized
        self._check_rows()

    def _check_rows(self) -> None:
        orders = list(self.journal.rows(Order))
        held = {order.symbol: order for order in orders if order.status is OrderStatus.OPEN}
        assert Counter(order.symbol for order in orders if order.status is OrderStatus.OPEN) == (
            Counter(symbol for symbol, walk in self.walks.items() if walk.size)
        )
        assert set(self.account.holdings) == set(held)
        for symbol, order in held.items():
            walk, position = self.walks[symbol], self.account.holdings[symbol].position
            assert order.side.sign * Fraction(order.quantity) == walk.size
            assert (Fraction(position.entry_notional), Fraction(position.entry_fees)) == (
                walk.cost,
                walk.fees,
            )
            assert Fraction(position.funding) == walk.funding
            assert self.account.holdings[symbol].order == order

    def check_history(self) -> None:
        """Compare closed rows, fills and payments with what the auditor booked."""
        orders = list(self.journal.rows(Order))
        for symbol, walk in self.walks.items():
            stored = [
                (Fraction(order.quantity), Fraction(order.realized_pnl or 0))
                for order in orders
                if order.symbol == symbol and order.status is OrderStatus.CLOSED
            ]
            assert sorted(stored) == sorted((end.quantity, end.cents) for end in walk.ended)
        by_number: dict[str, list[Fill]] = {}
        for fill in self.journal.rows(Fill):
            by_number.setdefault(fill.venue_fill_id, []).append(fill)
        trades = [entry for entry in self.entries if entry.quantity]
        assert len(by_number) == len(trades)
        for number, entry in enumerate(trades, start=1):
            parts = by_number[str(number)]
            assert [part.part for part in parts] == list(range(len(parts)))
            assert sum(Fraction(part.quantity) for part in parts) == abs(entry.quantity)
            assert sum(Fraction(part.fee) for part in parts) == entry.fee
            assert all(Fraction(part.price) == entry.price for part in parts)
        assert [Fraction(payment.amount) for payment in self.journal.rows(Payment)] == [
            entry.payment for entry in self.entries if not entry.quantity
        ]


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
    books.check_history()


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(history=st.lists(st.one_of(TRADED, FUNDED), min_size=1, max_size=15), marks=MARKS)
def test_closing_everything_leaves_nothing_but_money(
    history: list[Traded | Funded], marks: dict[str, int]
) -> None:
    books = Books()
    for event in history:
        books.book(event)
    for symbol in tuple(books.account.holdings):
        books.book(
            Traded(symbol=symbol, side=Side.BUY, lots=None, ticks=marks[symbol], fee_units=1)
        )
    books.check(marks)
    assert books.account.holdings == {}
    for walk in books.walks.values():
        assert not any((walk.size, walk.cost, walk.fees, walk.funding))
    assert all(order.status is OrderStatus.CLOSED for order in books.journal.rows(Order))


@settings(max_examples=100, deadline=None, derandomize=True, database=None)
@given(
    quantities=st.lists(st.integers(1, 1_000), min_size=1, max_size=8),
    ticks=st.integers(1, 10_000_000),
    fee_units=st.integers(-1_000, 1_000_000_000),
    funding_units=st.integers(-1_000_000_000, 1_000_000_000),
)
def test_partial_closes_to_the_last_release_exactly_what_was_entered(
    quantities: list[int], ticks: int, fee_units: int, funding_units: int
) -> None:
    whole = sum(quantities) * LOT
    entry = Execution(side=Side.SELL, quantity=whole, price=ticks * TICK, fee=fee_units * UNIT)
    held = apply_execution(Position(), entry).position.with_funding(funding_units * UNIT)
    parts = []
    for lots in quantities:
        close = Execution(side=Side.BUY, quantity=lots * LOT, price=TICK, fee=UNIT)
        effect = apply_execution(held, close)
        assert effect.closed is not None
        parts.append(effect.closed)
        held = effect.position
    assert held == Position()
    assert sum(part.entry_notional for part in parts) == whole * ticks * TICK
    assert sum(part.entry_fees for part in parts) == fee_units * UNIT
    assert sum(part.funding for part in parts) == funding_units * UNIT
