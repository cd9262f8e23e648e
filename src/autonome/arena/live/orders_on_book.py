"""One arm's orders on a live market: they walk the levels of the real book, and change nothing.

A market order is at the venue its latency after it was sent; a triggered exit lies there already.
What opens trades at once or never; what closes works on with each newer book until it is done.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final, NamedTuple

from autonome.arena.books import Books
from autonome.arena.clock import NEVER
from autonome.arena.events import Ended, PlaceOrder
from autonome.arena.live.present import Present
from autonome.arena.matching import Offer, match
from autonome.arena.orders_at_work import OrdersAtWork, Ticket
from autonome.arena.stage import Stage
from autonome.domain.choices import IntentState, OrderType, Side
from autonome.domain.instants import utc
from autonome.domain.instrument import Instrument
from autonome.domain.money import ZERO, round_down
from autonome.domain.value import changed
from autonome.market.book import Book

__all__ = ["OrdersOnBook"]

_LONGEST_WAIT_MS: Final = 30_000
"""For a book, of an order that opens."""
_LONGEST_LOST_MS: Final = 60_000
"""Since it was sent, of an order that opens and whose process ended."""


class _Take(NamedTuple):
    """What an order takes at one price."""

    price: Decimal
    quantity: Decimal
    """Base, whole lots."""


class OrdersOnBook(OrdersAtWork):
    """The orders of one arm that have not ended, on a live market."""

    def __init__(self, books: Books, stage: Stage, present: Present) -> None:
        super().__init__(books, stage)
        self._present = present
        self._walked: dict[str, int] = {}
        """By symbol: when the book was told that this arm took from last."""

    @property
    def next_bar(self) -> int:
        """Return ``NEVER``: they trade between the bars."""
        return NEVER

    def closes_all_of(self, symbol: str, quantity: Decimal) -> bool:
        """Say whether an order on its way closes all of a position: a second one would be none."""
        return any(
            ticket.order.intent.symbol == symbol and ticket.order.closing >= quantity
            for ticket in self._tickets
        )

    def send(self, order: PlaceOrder, instant: int) -> None:
        """Put an order on its way, now."""
        self._tickets.append(Ticket(order, NEVER, self._present.now_ms()))

    def trade_at(self, order: PlaceOrder, bar: int, ticks: int, at_ms: int) -> None:
        """Trade an exit in a bar that nobody watched, as on candles; the rest works on the book."""
        super().trade_at(order, bar, ticks, at_ms)
        for ticket in self._tickets:
            ticket.bar = NEVER

    def is_still_wanted(self, ticket: Ticket) -> bool:
        """Say whether an order still trades: what it opens does so only if it is young."""
        if self._present.now_ms() - ticket.sent_ms > _LONGEST_LOST_MS:
            ticket.order = changed(ticket.order, opening=ZERO)
        return bool(ticket.order.closing or ticket.order.opening)

    def trade_on_books(self, now_ms: int) -> list[str]:
        """Trade what is at the venue by now; return the symbols of what traded or ended."""
        return [
            ticket.order.intent.symbol
            for ticket in self.tickets
            if self._due_ms(ticket) <= now_ms and self._meet_book(ticket, now_ms)
        ]

    def _due_ms(self, ticket: Ticket) -> int:
        """Return when an order is at the venue."""
        intent = ticket.order.intent
        if ticket.works or intent.order_type is not OrderType.MARKET:
            return ticket.sent_ms
        return ticket.sent_ms + self._stage.venue.latency_ms(intent.client_order_index)

    def _meet_book(self, ticket: Ticket, now_ms: int) -> bool:
        """Trade an order on a book newer than the last one; say whether anything came of it."""
        symbol = ticket.order.intent.symbol
        book = self._present.book(symbol)
        if book is not None and book.at_ms > self._walked.get(symbol, 0):
            self._walked[symbol] = book.at_ms
            self._walk(ticket, book, now_ms)
            return True
        if not ticket.order.opening or now_ms - self._due_ms(ticket) <= _LONGEST_WAIT_MS:
            return False
        reason = f"no book: none of {symbol} came within {_LONGEST_WAIT_MS // 1000} s"
        self._open_nothing(ticket, now_ms, reason)
        return True

    def _open_nothing(self, ticket: Ticket, now_ms: int, reason: str) -> None:
        """End what an order opens; what it closes goes on."""
        order = ticket.order
        if order.closing:
            intent = changed(order.intent, reason=reason)
            ticket.order = changed(order, opening=ZERO, intent=intent)
        else:
            self._tickets.remove(ticket)
            state = IntentState.CANCELLED
            self._books.apply(Ended(at=utc(now_ms), order=order, state=state, reason=reason))

    def _walk(self, ticket: Ticket, book: Book, now_ms: int) -> None:
        """Take from a book what an order may have of it."""
        order, side = ticket.order, ticket.order.intent.side
        symbol = order.intent.symbol
        stage, listing = self._stage, self._stage.venue.listings[symbol]
        instrument = listing.instrument
        offered = list(_takes(book, side, instrument, order.closing + order.opening))
        best = (book.asks if side is Side.BUY else book.bids)[0].price
        worst = offered[-1].price if offered else instrument.price_against_trader(best, side)
        offer = Offer(
            instrument=instrument,
            quoted_price=stage.mark_price(symbol, stage.clock.end),
            price=worst,
            capacity=sum([each.quantity for each in offered], ZERO),
            taker_fee=listing.taker_fee,
            mark_price=lambda other: stage.mark_price(other, stage.clock.end),
            room_of="book",
            closed_to_risk=self._present.closed_to_risk(symbol),
        )
        found = match(self._books.account, order, offer)
        executions = tuple(
            [
                listing.execution(side, take.quantity, take.price)
                for take in _takes(book, side, instrument, found.closing + found.opening)
            ]
        )
        if executions:
            self._books.cut_nav(stage.clock.end)
        self._trade(ticket, found, executions, now_ms, room_of=offer.room_of)

    def _end(self, order: PlaceOrder, instant: int, reason: str) -> None:
        at = self._stage.now
        self._books.apply(Ended(at=at, order=order, state=IntentState.CANCELLED, reason=reason))


def _takes(book: Book, side: Side, instrument: Instrument, wanted: Decimal) -> Iterator[_Take]:
    """Yield what a market order for ``wanted`` (base) takes, best price first, in whole lots."""
    for price, size in book.asks if side is Side.BUY else book.bids:
        quantity = min(round_down(size, step=instrument.lot), wanted)
        if quantity:
            yield _Take(instrument.price_against_trader(price, side), quantity)
            wanted -= quantity
        if not wanted:
            return
