"""Halting: an arm takes no new risk until an operator lets it go on."""

from __future__ import annotations

from autonome.arena.account import Account
from autonome.arena.events import Halted, Step
from autonome.domain.value import changed
from autonome.ledger.journal.port import Booking

__all__ = ["halt", "resume"]


def halt(account: Account, event: Halted) -> Step:
    """Book a halt; a second one only replaces the reason."""
    booking = Booking(
        model_id=account.model_id,
        epoch=account.epoch,
        halted_reason=event.reason,
        halt_was_asked=event.was_asked,
    )
    return Step(account=changed(account, halted_reason=event.reason), booking=booking)


def resume(account: Account) -> Step:
    """Book the end of a halt; nothing where there is none."""
    if account.halted_reason is None:
        return Step(account=account, booking=None)
    booking = Booking(model_id=account.model_id, epoch=account.epoch, resumed=True)
    return Step(account=changed(account, halted_reason=None), booking=booking)
