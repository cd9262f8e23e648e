"""Changes of an exit plan, whoever asks for them: a model in its turn, or an operator."""

from __future__ import annotations

from autonome.agents.actions import UpdateExitPlan
from autonome.arena.account import Account, Holding
from autonome.arena.arguments import unusable_update
from autonome.arena.events import PlanEdited, Quote, Step
from autonome.arena.orders import with_plan
from autonome.domain.exit_plan import ExitPlan
from autonome.domain.instrument import Instrument
from autonome.domain.policy import Policy, judge_update
from autonome.domain.refusals import Denied
from autonome.domain.value import changed
from autonome.ledger.journal.port import Booking

__all__ = ["edit_plan", "on_grid", "updated_plan"]


def updated_plan(
    policy: Policy, holding: Holding | None, action: UpdateExitPlan, quote: Quote
) -> ExitPlan | Denied:
    """Return the plan that an update leads to, or why it may not be."""
    unusable = unusable_update(action)
    if unusable is not None:
        return unusable
    if holding is None:
        reason = f"expected an open position of {action.symbol}; there is none"
        return Denied(rule="position-open", reason=reason)
    order = holding.order
    present = order.exit_plan or ExitPlan()
    plan = on_grid(_merged(present, action), quote.instrument)
    denied = judge_update(
        policy,
        side=order.side,
        present=present,
        stop=None if action.stop is None else plan.stop,
        target=None if action.target is None else plan.target,
        invalidation_price=action.invalidation_price,
        mark_price=quote.mark_price,
    )
    return plan if denied is None else denied


def edit_plan(account: Account, event: PlanEdited, policy: Policy) -> Step:
    """Book the plan that an operator asked for, unless the policy refuses it."""
    update = event.update
    holding = account.holdings.get(update.symbol)
    plan = updated_plan(policy, holding, update, event.quote)
    if isinstance(plan, Denied):
        return Step(account=account, booking=None, denials=(plan,))
    assert holding is not None
    row = with_plan(holding.order, plan, event.at)
    holdings = {**account.holdings, update.symbol: changed(holding, order=row)}
    booking = Booking(model_id=account.model_id, epoch=account.epoch, orders=(row,))
    return Step(account=changed(account, holdings=holdings), booking=booking)


def on_grid(plan: ExitPlan, instrument: Instrument) -> ExitPlan:
    """Return the plan with its triggers on the tick, as they stand at the venue."""
    if plan.stop is None and plan.target is None:
        return plan
    stop = None if plan.stop is None else instrument.trigger_price(plan.stop)
    target = None if plan.target is None else instrument.trigger_price(plan.target)
    return changed(plan, stop=stop, target=target)


def _merged(present: ExitPlan, action: UpdateExitPlan) -> ExitPlan:
    """Return the plan that the update asks for; what it does not name stays."""
    named = {
        name: getattr(action, name)
        for name in ("stop", "target", "invalidation", "invalidation_price", "time_exit")
        if getattr(action, name) is not None
    }
    return changed(present, **named)
