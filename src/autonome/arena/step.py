"""One event, one step: the core of the competition, the same for replay, paper and live.

``step`` knows no clock, no I/O and no random source. Whoever feeds it the same events in the same
order, under the same names, gets the same rows.
"""

from __future__ import annotations

from autonome.arena.account import Account
from autonome.arena.decide import decide
from autonome.arena.events import (
    Ended,
    Event,
    ExitDue,
    Filled,
    FundingSettled,
    Halted,
    Names,
    PlanEdited,
    Reset,
    Resumed,
    Step,
    StopMoved,
    WokeUp,
)
from autonome.arena.halting import halt, resume
from autonome.arena.liquidate import settle_liquidation
from autonome.arena.placing import place_exit
from autonome.arena.resetting import reset
from autonome.arena.settle import settle_end, settle_fill, settle_funding, settle_stop
from autonome.arena.updating import edit_plan
from autonome.domain.money import exact
from autonome.domain.policy import Policy

__all__ = ["step"]


@exact
def step(account: Account, event: Event, policy: Policy, names: Names) -> Step:
    """Return what ``event`` makes of an arm under ``policy``."""
    if isinstance(event, Filled):
        return settle_fill(account, event, names)
    if isinstance(event, WokeUp):
        return decide(account, event, policy, names)
    if isinstance(event, ExitDue):
        return place_exit(account, event, names)
    if isinstance(event, FundingSettled):
        return settle_funding(account, event, names)
    if isinstance(event, StopMoved):
        return settle_stop(account, event)
    if isinstance(event, PlanEdited):
        return edit_plan(account, event, policy)
    if isinstance(event, Ended):
        return settle_end(account, event)
    if isinstance(event, Halted):
        return halt(account, event)
    if isinstance(event, Resumed):
        return resume(account)
    if isinstance(event, Reset):
        return reset(account, event)
    return settle_liquidation(account, event, names)
