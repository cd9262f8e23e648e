"""Settle what walked the levels of a book at one moment: one row, and a fill for each level."""

from __future__ import annotations

from decimal import Decimal

from autonome.arena.events import Filled
from autonome.arena.settle import settle_fill
from autonome.domain.choices import IntentState, OrderStatus, Side
from autonome.domain.position import Execution
from autonome.domain.value import changed
from simulation.bookings import AT, account, filled, ordinals

LEVELS = (("0.1", "50100", "2.505"), ("0.1", "50090", "2.5045"), ("0.1", "50050", "2.5025"))


def walked(side: Side, quantity: str, *levels: tuple[str, str, str], number: int = 2) -> Filled:
    """Return what an order took from the levels of a book: quantity, price, fee of each."""
    event = filled(side, quantity, "1", number=number, at=AT)
    executions = tuple(
        Execution(side=side, quantity=Decimal(size), price=Decimal(price), fee=Decimal(fee))
        for size, price, fee in levels
    )
    names = tuple(f"{number}-{level}" for level in range(len(levels)))
    return changed(event, executions=executions, venue_fill_ids=names)


def test_a_close_over_three_levels_is_one_trade_with_three_fills() -> None:
    names = ordinals()
    start = settle_fill(account(), filled(Side.BUY, "0.3", "50000", "7.5"), names).account
    result = settle_fill(start, walked(Side.SELL, "0.3", *LEVELS), names)
    (closed,) = result.booking.orders
    assert (closed.id, closed.status) == (start.holdings["BTC"].order.id, OrderStatus.CLOSED)
    # 5010 + 5009 + 5005 = 15024 for 0.3; 15024 - 15000 - 7.5 - 7.512 = 8.988.
    assert (closed.quantity, closed.exit_price) == (Decimal("0.3"), Decimal(50_080))
    assert closed.realized_pnl == Decimal("8.99")
    assert [each.realized_pnl for each in result.results] == [Decimal("8.988")]
    assert [each.entry_notional for each in result.results] == [Decimal(15_000)]
    assert [
        (each.venue_fill_id, each.part, each.order_id, each.quantity, each.price, each.fee)
        for each in result.booking.fills
    ] == [
        (f"2-{level}", 0, closed.id, Decimal(size), Decimal(price), Decimal(fee))
        for level, (size, price, fee) in enumerate(LEVELS)
    ]
    assert result.account.holdings == {}
    assert result.account.cash_flow == Decimal("10008.988")


def test_a_part_that_closes_over_three_levels_gives_birth_to_one_row() -> None:
    names = ordinals()
    start = settle_fill(account(), filled(Side.BUY, "0.6", "50000", "15"), names).account
    result = settle_fill(start, walked(Side.SELL, "0.3", *LEVELS), names)
    closed, left = result.booking.orders
    assert (closed.status, closed.quantity) == (OrderStatus.CLOSED, Decimal("0.3"))
    assert closed.realized_pnl == Decimal("8.99")
    assert (left.id, left.quantity) == (start.holdings["BTC"].order.id, Decimal("0.3"))
    assert {each.order_id for each in result.booking.fills} == {closed.id} != {left.id}
    position = result.account.holdings["BTC"].position
    assert (position.entry_notional, position.entry_fees) == (Decimal(15_000), Decimal("7.5"))


def test_a_turn_over_three_levels_closes_first_and_opens_at_the_average_of_its_own() -> None:
    names = ordinals()
    start = settle_fill(account(), filled(Side.BUY, "0.15", "50000", "3.75"), names).account
    result = settle_fill(start, walked(Side.SELL, "0.3", *LEVELS), names)
    closed, opened = result.booking.orders
    # 0.1 x 50100 + 0.05 x 50090 = 7514.5 for 0.15, half of the second fee.
    assert (closed.quantity, closed.exit_price) == (Decimal("0.15"), Decimal("50096.66666667"))
    # 7514.5 - 7500 - 3.75 - 2.505 - 1.25225 = 6.99275.
    assert closed.realized_pnl == Decimal("6.99")
    # 0.05 x 50090 + 0.1 x 50050 = 7509.5 for 0.15.
    assert (opened.quantity, opened.entry_price) == (Decimal("0.15"), Decimal("50063.33333333"))
    position = result.account.holdings["BTC"].position
    assert position.entry_notional == Decimal("-7509.5")
    assert position.entry_fees == Decimal("3.75475")
    assert [
        (each.venue_fill_id, each.part, each.order_id, each.quantity)
        for each in result.booking.fills
    ] == [
        ("2-0", 0, closed.id, Decimal("0.1")),
        ("2-1", 0, closed.id, Decimal("0.05")),
        ("2-1", 1, opened.id, Decimal("0.05")),
        ("2-2", 0, opened.id, Decimal("0.1")),
    ]


def test_what_opens_over_three_levels_stands_at_their_average() -> None:
    result = settle_fill(account(), walked(Side.BUY, "0.3", *LEVELS, number=1), ordinals())
    (opened,) = result.booking.orders
    assert (opened.quantity, opened.entry_price) == (Decimal("0.3"), Decimal(50_080))
    (intent,) = result.booking.intents
    assert (intent.order_id, intent.state) == (opened.id, IntentState.FILLED)
    assert len(result.booking.fills) == 3
