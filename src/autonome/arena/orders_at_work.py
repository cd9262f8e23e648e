"""One arm's orders at the venue: when they arrive, how much of them trades, and what works on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from autonome.arena.books import Books
from autonome.arena.clock import NEVER
from autonome.arena.events import Ended, Filled, PlaceOrder, Step
from autonome.arena.matching import Match, Offer, match
from autonome.arena.stage import Stage
from autonome.domain.choices import IntentState
from autonome.domain.instants import utc
from autonome.domain.money import ZERO
from autonome.domain.position import Execution
from autonome.domain.value import changed
from autonome.venue.simulated.candle_venue import Listing

__all__ = ["OrdersAtWork", "Ticket"]


@dataclass(slots=True)
class Ticket:
    """An order at work."""

    order: PlaceOrder
    bar: int
    """At whose open it trades next."""
    sent_ms: int
    """When it was sent, milliseconds since 1970 UTC."""
    fills: int = 0
    traded: Decimal = ZERO
    """Base units, of all its fills."""
    works: bool = False
    """Whether it has reached the venue and goes on closing bar after bar."""


class OrdersAtWork:
    """The orders of one arm that have not ended."""

    def __init__(self, books: Books, stage: Stage) -> None:
        self._books = books
        self._stage = stage
        self._tickets: list[Ticket] = []
        self._taken: dict[str, tuple[int, Decimal]] = {}
        """By symbol: a bar, and what this arm has traded in it."""

    @property
    def next_bar(self) -> int:
        """Return the bar at whose open the next one trades."""
        tickets = self._tickets
        return min([ticket.bar for ticket in tickets]) if tickets else NEVER

    def under_way(self) -> dict[str, Decimal]:
        """Return the symbols of these orders, and what they may still open (base, signed)."""
        opening: dict[str, Decimal] = {}
        for ticket in self._tickets:
            intent = ticket.order.intent
            signed = intent.side.sign * ticket.order.opening
            opening[intent.symbol] = opening.get(intent.symbol, ZERO) + signed
        return opening

    def closes_all_of(self, symbol: str, quantity: Decimal) -> bool:
        """Say whether an order that works bar after bar is closing all of a position.

        It takes all that each bar can give: a trigger could not add to that.
        """
        return bool(self._tickets) and any(
            ticket.works
            and ticket.order.intent.symbol == symbol
            and ticket.order.closing >= quantity
            for ticket in self._tickets
        )

    def send(self, order: PlaceOrder, instant: int) -> None:
        """Put an order on its way to the bar at whose open it trades."""
        bar = self._stage.venue.arrival_bar(instant, order.intent.client_order_index)
        if self._stage.clock.is_open(bar):
            self._tickets.append(Ticket(order, bar, self._stage.clock.at_ms(instant)))
            return
        self._end(order, instant, "no bar opens after the order's arrival")

    def trade_at_open(self, bar: int) -> list[str]:
        """Trade what is at the venue when ``bar`` opens, and return the symbols."""
        due = [ticket for ticket in self._tickets if ticket.bar == bar]
        open_ms = int(self._stage.market.open_ms[bar])
        for ticket in due:
            listing = self._stage.venue.listings[ticket.order.intent.symbol]
            self._execute(ticket, listing, bar, int(listing.candles.open[bar]), open_ms)
        return [ticket.order.intent.symbol for ticket in due]

    def trade_at(self, order: PlaceOrder, bar: int, ticks: int, at_ms: int) -> None:
        """Trade an exit within ``bar``, where its trigger was touched at ``ticks``."""
        ticket = Ticket(order, bar, at_ms)
        self._tickets.append(ticket)
        listing = self._stage.venue.listings[order.intent.symbol]
        self._execute(ticket, listing, bar, ticks, at_ms)

    def cancel_all(self, instant: int, reason: str, *, but: Collection[PlaceOrder] = ()) -> None:
        """End every order that has not ended, ``but`` some."""
        for ticket in self._tickets:
            if ticket.order not in but:
                self._end(ticket.order, instant, reason)
        self._tickets = [ticket for ticket in self._tickets if ticket.order in but]

    @property
    def tickets(self) -> tuple[Ticket, ...]:
        """Return every order at work, oldest first."""
        return tuple(self._tickets)

    @property
    def taken(self) -> Mapping[str, tuple[int, Decimal]]:
        """Return by symbol the last bar in which the arm traded, and what it took (base)."""
        return self._taken

    def is_still_wanted(self, ticket: Ticket) -> bool:
        """Say whether an order still trades that was sent before this process began: here always.

        The bar in which it trades has not come yet, or comes again.
        """
        return True

    def go_on(self, tickets: Iterable[Ticket], taken: Mapping[str, tuple[int, Decimal]]) -> None:
        """Let orders work that were sent before this process began."""
        self._tickets += tickets
        self._taken.update(taken)

    def _end(self, order: PlaceOrder, instant: int, reason: str) -> None:
        at = self._stage.clock.at(instant)
        ended = Ended(at=at, order=order, state=IntentState.CANCELLED, reason=reason)
        self._books.apply(ended)

    def _execute(self, ticket: Ticket, listing: Listing, bar: int, ticks: int, at_ms: int) -> None:
        """Trade as much of an order as the bar allows, at ``ticks`` and what that costs."""
        intent = ticket.order.intent
        taken_bar, taken = self._taken.get(intent.symbol, (bar, ZERO))
        taken = taken if taken_bar == bar else ZERO
        price = listing.price(intent.side, ticks, intent.client_order_index)
        offer = Offer(
            instrument=listing.instrument,
            quoted_price=listing.instrument.tick * ticks,
            price=price,
            capacity=listing.capacity(bar) - taken,
            taker_fee=listing.taker_fee,
            mark_price=lambda symbol: self._stage.mark_price(symbol, bar),
        )
        found = match(self._books.account, ticket.order, offer)
        quantity = found.closing + found.opening
        ticket.bar = bar + 1
        if ticket.bar == self._stage.clock.end and not self._stage.clock.grows:
            ticket.bar = NEVER  # After the last bar nothing trades; the end cancels what works.
        executions: tuple[Execution, ...] = ()
        if quantity:
            executions = (listing.execution(intent.side, quantity, price),)
            self._books.cut_nav(bar)
            self._taken[intent.symbol] = bar, taken + quantity
        self._trade(ticket, found, executions, at_ms, room_of=offer.room_of)

    def _trade(
        self,
        ticket: Ticket,
        found: Match,
        executions: tuple[Execution, ...],
        at_ms: int,
        *,
        room_of: str,
    ) -> None:
        """Book what of an order traded at one moment; what goes on closing stays at work."""
        order, at, numbers = ticket.order, utc(at_ms), _fill_ids(ticket, len(executions))
        ticket.traded += found.closing + found.opening
        if found.working:
            ticket.works, ticket.fills = True, ticket.fills + len(executions)
            ticket.order = changed(order, closing=found.working, opening=ZERO)
        else:
            self._tickets.remove(ticket)
        if executions:
            state, reason = _end_of(ticket, found)
            filled = self._books.apply(
                Filled(
                    at=at,
                    order=order,
                    executions=executions,
                    venue_fill_ids=numbers,
                    state=state,
                    reason=reason,
                )
            )
            if found.working:
                _work_on(ticket, filled)
        elif found.working:
            intent = changed(order.intent, reason=found.reason)
            ticket.order = changed(ticket.order, intent=intent)
        else:
            reason = found.reason or f"volume: the {room_of} had no room"
            self._books.apply(Ended(at=at, order=order, state=found.state, reason=reason))


def _end_of(ticket: Ticket, found: Match) -> tuple[IntentState, str | None]:
    """Return the state of an order that trades: FILLED only when all of it has."""
    intent = ticket.order.intent
    if found.working or ticket.traded == intent.quantity:
        return found.state, found.reason
    return IntentState.CANCELLED, found.reason or intent.reason


def _fill_ids(ticket: Ticket, count: int) -> tuple[str, ...]:
    """Return the names of an order's next fills: its own number, then counted."""
    index = ticket.order.intent.client_order_index
    if count == 1 and not ticket.fills:
        return (str(index),)
    numbers = range(ticket.fills, ticket.fills + count)
    return tuple([f"{index}-{number}" if number else str(index) for number in numbers])


def _work_on(ticket: Ticket, filled: Step) -> None:
    """Let an order that works on have its rows as they are on record now."""
    assert filled.booking is not None
    calls = filled.booking.tool_calls
    ticket.order = changed(
        ticket.order,
        intent=filled.booking.intents[0],
        tool_call=calls[0] if calls else None,
    )
