"""A reset: an arm that holds nothing begins anew with its starting capital."""

from __future__ import annotations

from autonome.arena.account import Account
from autonome.arena.events import Reset, Step
from autonome.domain.choices import PaymentKind
from autonome.domain.errors import InvariantBroken
from autonome.domain.money import ZERO
from autonome.domain.policy import was_drawdown
from autonome.domain.value import changed
from autonome.ledger.journal.port import Booking
from autonome.ledger.rows import Payment

__all__ = ["reset"]


def reset(account: Account, event: Reset) -> Step:
    """Book the deposit or withdrawal that brings NAV to the starting capital.

    A halt that a drawdown brought about is taken back; one that somebody asked for is not.
    """
    if account.holdings:
        raise InvariantBroken(f"{account.model_id} was to be reset while it held a position")
    amount = account.starting_capital - account.cash_flow
    payment = Payment(
        id=event.payment_id,
        model_id=account.model_id,
        order_id=None,
        kind=PaymentKind.DEPOSIT if amount > ZERO else PaymentKind.WITHDRAWAL,
        amount=amount,
        occurred_at=event.at,
        recorded_at=event.at,
    )
    resumes = was_drawdown(account.halted_reason)
    booking = Booking(
        model_id=account.model_id,
        epoch=account.epoch,
        payments=(payment,) if amount else (),
        resumed=resumes,
    )
    after = changed(
        account,
        cash_flow=account.starting_capital,
        halted_reason=None if resumes else account.halted_reason,
    )
    return Step(account=after, booking=booking)
