"""Liquidation: every position closes at once, for a fee that NAV can pay; nobody owes the venue."""

from __future__ import annotations

from decimal import Decimal

from autonome.agents.port import TradeResult
from autonome.arena.account import Account
from autonome.arena.events import Filled, Leg, Liquidated, Names, Step
from autonome.arena.payments import payment_row
from autonome.arena.placing import place
from autonome.arena.settle import settle_fill
from autonome.domain.choices import CloseTrigger, IntentPurpose, PaymentKind
from autonome.domain.money import ZERO, round_money
from autonome.domain.value import changed
from autonome.ledger.journal.port import Booking
from autonome.ledger.rows import Payment

__all__ = ["settle_liquidation"]


def settle_liquidation(account: Account, event: Liquidated, names: Names) -> Step:
    """Book the take-over of every position, its fee, and what NAV could not pay.

    Fee = min(rate x notional, NAV left), position by position; a negative NAV is set to zero by a
    payment of kind SHORTFALL, so that money is conserved.
    """
    bookings: list[Booking] = []
    results: list[TradeResult] = []
    closed_ids = []
    for leg in event.legs:
        closed_ids.append(account.holdings[leg.symbol].order.id)
        settled = settle_fill(account, _taken_over(account, leg, event, names), names)
        account = settled.account
        assert settled.booking is not None
        bookings.append(settled.booking)
        results += settled.results
    payments: list[Payment] = []

    def pay(order_id: str | None, kind: PaymentKind, amount: Decimal) -> None:
        nonlocal account
        if amount:
            payments.append(payment_row(account, order_id, kind, amount, event.at, names))
            account = changed(account, cash_flow=account.cash_flow + amount)

    for leg, order_id in zip(event.legs, closed_ids, strict=True):
        due = round_money(leg.execution.notional * leg.fee_rate)
        pay(order_id, PaymentKind.LIQUIDATION_FEE, -min(due, max(account.cash_flow, ZERO)))
    pay(None, PaymentKind.SHORTFALL, -min(account.cash_flow, ZERO))
    booking = Booking(
        model_id=account.model_id,
        epoch=account.epoch,
        orders=tuple([row for each in bookings for row in each.orders]),
        intents=tuple([row for each in bookings for row in each.intents]),
        fills=tuple([row for each in bookings for row in each.fills]),
        payments=tuple(payments),
    )
    return Step(account=account, booking=booking, results=tuple(results))


def _taken_over(account: Account, leg: Leg, event: Liquidated, names: Names) -> Filled:
    order = place(
        account,
        leg.symbol,
        leg.execution.side,
        IntentPurpose.LIQUIDATION,
        at=event.at,
        names=names,
        closing=leg.execution.quantity,
        trigger=CloseTrigger.LIQUIDATION,
    )
    return Filled(
        at=event.at,
        order=order,
        executions=(leg.execution,),
        venue_fill_ids=(str(order.intent.client_order_index),),
    )
