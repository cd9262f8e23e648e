"""One event, one step: the core of the competition, the same for replay, paper and live.

``step`` knows no clock, no I/O and no random source. Whoever feeds it the same events in the same
order, under the same names, gets the same rows.
"""

from __future__ import annotations

from typing import NamedTuple

from autonome.agents.actions import Action
from autonome.agents.port import TradeResult
from autonome.arena.account import Account
from autonome.arena.decide import decide
from autonome.arena.events import (
    Ended,
    Event,
    ExitDue,
    Filled,
    FundingSettled,
    Names,
    PlaceOrder,
    StopMoved,
    WokeUp,
)
from autonome.arena.liquidate import settle_liquidation
from autonome.arena.placing import place_exit
from autonome.arena.settle import settle_end, settle_fill, settle_funding, settle_stop
from autonome.domain.policy import Policy
from autonome.domain.refusals import Denied
from autonome.ledger.journal.port import Booking

__all__ = ["Step", "step"]


class Step(NamedTuple):
    """What one event makes of an arm."""

    account: Account
    booking: Booking | None
    """``None`` when nothing is to be written."""
    orders: tuple[PlaceOrder, ...] = ()
    """Commands: what to send to the venue, once the booking is written."""
    accepted: tuple[Action, ...] = ()
    """Of an answer: the actions as the policy let them through."""
    denials: tuple[Denied, ...] = ()
    """Of an answer: what the policy refused."""
    results: tuple[TradeResult, ...] = ()
    """Trades, or parts of them, that ended."""


def step(account: Account, event: Event, policy: Policy, names: Names) -> Step:
    """Return what ``event`` makes of an arm under ``policy``."""
    if isinstance(event, Filled):
        filled = settle_fill(account, event, names)
        results = () if filled.result is None else (filled.result,)
        return Step(filled.account, filled.booking, results=results)
    if isinstance(event, WokeUp):
        decided = decide(account, event, policy, names)
        return Step(
            decided.account,
            decided.booking,
            orders=decided.orders,
            accepted=decided.accepted,
            denials=decided.denials,
        )
    if isinstance(event, ExitDue):
        order, booking = place_exit(account, event, names)
        return Step(account, booking, orders=(order,))
    if isinstance(event, FundingSettled):
        return Step(*settle_funding(account, event, names))
    if isinstance(event, StopMoved):
        return Step(*settle_stop(account, event))
    if isinstance(event, Ended):
        return Step(*settle_end(account, event))
    liquidated = settle_liquidation(account, event, names)
    return Step(liquidated.account, liquidated.booking, results=liquidated.results)
