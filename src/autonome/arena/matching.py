"""What of an order may trade when it reaches the venue, and what becomes of the rest."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Final

from autonome.arena.account import Account, Holding
from autonome.arena.events import PlaceOrder
from autonome.arena.orders import no_looser
from autonome.domain.choices import IntentState
from autonome.domain.instrument import Instrument
from autonome.domain.margin import initial_margin, most_opening, unit_cost
from autonome.domain.money import ZERO
from autonome.domain.value import value

__all__ = ["Match", "Offer", "match"]

_UNLEVERAGED: Final = Decimal(1)


@value
class Offer:
    """What the venue offers to an order at one moment."""

    instrument: Instrument
    quoted_price: Decimal
    """Quote, before spread and slippage: the mark of that moment."""
    price: Decimal
    """Quote; what the order would get."""
    capacity: Decimal
    """Base units that may trade."""
    taker_fee: Decimal
    """Fraction of the notional."""
    mark_price: Callable[[str], Decimal]
    """Of the other symbols."""
    room_of: str = "bar"
    """What bounds ``capacity``, in a word."""
    closed_to_risk: str | None = None
    """Why nothing may open now, ``None`` where it may."""


@value
class Match:
    """How an order trades."""

    closing: Decimal
    """Base units that close an opposite position now."""
    opening: Decimal
    """Base units that open or add now."""
    working: Decimal
    """Base units that go on closing in the following bars."""
    state: IntentState
    reason: str | None
    """Why something of it never trades."""


def match(account: Account, order: PlaceOrder, offer: Offer) -> Match:
    """Return how an order trades.

    What closes an opposite position always trades, bar after bar until it is done. Beyond that,
    only what was asked to open does, at once or never, and only after the close is complete: not
    beyond its own stop, not without the margin, not more than the capacity.
    """
    held = account.holdings.get(order.intent.symbol)
    side = order.intent.side
    closes = held is not None and held.order.side.exit_side is side
    if order.trigger is not None and held is not None:
        # The exit of one position is none of the next one's.
        closes = closes and held.order.id == order.intent.order_id
    closable = min(order.closing, held.order.quantity) if held is not None and closes else ZERO
    opening, state, reason = order.opening, IntentState.FILLED, None
    if not closable and not opening:
        gone = "reduce-only: the position that it was to close is gone"
        return Match(
            closing=ZERO, opening=ZERO, working=ZERO, state=IntentState.CANCELLED, reason=gone
        )
    if opening:
        state, reason = _refusal(account, order, offer, None if closes else held)
        opening = ZERO if reason else opening
    closing = min(closable, offer.capacity)
    working = closable - closing
    room = ZERO if working else offer.capacity - closing
    if opening > room:
        state, opening = IntentState.CANCELLED, room
        wanted = order.closing + order.opening
        reason = f"volume: the {offer.room_of} had room for {offer.capacity} of {wanted}"
    if working:
        state = IntentState.ACKNOWLEDGED
    elif closable < order.closing and reason is None:
        reason = "reduce-only: the position that it was to close is smaller, or gone"
    return Match(closing=closing, opening=opening, working=working, state=state, reason=reason)


def _refusal(
    account: Account, order: PlaceOrder, offer: Offer, added_to: Holding | None
) -> tuple[IntentState, str | None]:
    """Return why nothing may open, ``None`` when it may."""
    reason = offer.closed_to_risk or _stop_passed(order, offer.price, added_to)
    if reason is not None:
        return IntentState.CANCELLED, reason
    most = _most_that_margin_allows(account, order, offer)
    if order.opening <= most:
        return IntentState.FILLED, None
    asked = f"{order.opening} of {order.intent.symbol} at leverage {order.leverage or 1}"
    return IntentState.REJECTED, f"margin: the account can carry {most}, not {asked}"


def _most_that_margin_allows(account: Account, order: PlaceOrder, offer: Offer) -> Decimal:
    """Return how much (base, whole lots) may open: NAV after costs covers the initial margins.

    Prices may have moved since the policy judged the same: a venue looks when an order arrives.
    """
    symbol, sign = order.intent.symbol, order.intent.side.sign
    nav, margins, held = account.cash_flow, ZERO, ZERO
    leverage = order.leverage or _UNLEVERAGED
    cost = unit_cost(
        sign=sign,
        entry_price=offer.price,
        mark_price=offer.quoted_price,
        fee_rate=offer.taker_fee,
    )
    for each, holding in account.holdings.items():
        size = holding.position.size
        mark_price = offer.quoted_price if each == symbol else offer.mark_price(each)
        nav += size * mark_price
        present = holding.order.leverage or _UNLEVERAGED
        if each != symbol:
            margins += initial_margin(size=size, mark_price=mark_price, leverage=present)
        elif size * sign < 0:
            nav -= abs(size) * cost
        else:
            held, leverage = abs(size), min(leverage, present)
    return most_opening(
        nav=nav,
        other_margins=margins,
        held=held,
        mark_price=offer.quoted_price,
        cost=cost,
        leverage=leverage,
        lot=offer.instrument.lot,
    )


def _stop_passed(order: PlaceOrder, price: Decimal, added_to: Holding | None) -> str | None:
    plan = order.exit_plan
    if added_to is not None:
        plan = no_looser(added_to.order, plan)
    if plan is None or plan.stop is None:
        return None
    if order.intent.side.sign * (price - plan.stop) >= 0:
        return None
    return f"stop-passed: would fill at {price}, beyond the stop {plan.stop}"
