"""The policy at work: pure judgements on what an agent asks for."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

from autonome.domain.choices import OrderSide
from autonome.domain.exit_plan import ExitPlan
from autonome.domain.money import ZERO, exact
from autonome.domain.policy import gates
from autonome.domain.policy.case import case_of
from autonome.domain.policy.columns import out_of_range
from autonome.domain.policy.exits import looser_stop, misplaced_exit
from autonome.domain.policy.policies import Policy
from autonome.domain.policy.request import Change, Request, Standing, Verdict
from autonome.domain.refusals import Denied
from autonome.domain.value import changed

__all__ = ["judge", "judge_symbol", "judge_update"]


@exact
def judge(policy: Policy, request: Request, standing: Standing) -> Verdict:
    """Return what ``policy`` makes of an order that would add exposure; it never enlarges."""
    case = case_of(policy.limits, request, standing)
    changes: tuple[Change, ...] = ()
    for rule in policy.rules:
        outcome = rule.check(case)
        if outcome is None:
            continue
        if isinstance(outcome, Denied):
            return Verdict(opening=ZERO, changes=changes, cost=case.cost, denied=outcome)
        changes += (outcome,)
        case = changed(case, opening=outcome.after)
    return Verdict(opening=case.opening, changes=changes, cost=case.cost, denied=None)


def judge_symbol(
    policy: Policy, symbol: str, *, allowed: Collection[str], acted: Collection[str]
) -> Denied | None:
    """Return why an action of any kind may not touch ``symbol``, ``None`` when it may.

    ``allowed`` are the symbols of the arena, ``acted`` those that this invocation acted on before.
    """
    if symbol not in allowed:
        known = ", ".join(sorted(allowed))
        reason = f"expected a symbol of this arena ({known}), found {symbol!r}"
        return Denied(rule="symbol-allowed", reason=reason)
    if symbol in acted and policy.has(gates.one_action_per_symbol):
        return gates.second_action(symbol)
    return None


@exact
def judge_update(
    policy: Policy,
    *,
    side: OrderSide,
    present: ExitPlan,
    stop: Decimal | None,
    target: Decimal | None,
    invalidation_price: Decimal | None = None,
    mark_price: Decimal,
) -> Denied | None:
    """Return why an exit plan may not be changed so, ``None`` when it may.

    ``None`` in place of a price keeps what is there. A stop only tightens, under every policy; new
    triggers stand on their sides of the mark where the policy has ``stop-required``.
    """
    denied = out_of_range({"stop": stop, "target": target, "invalidationPrice": invalidation_price})
    if denied is None:
        denied = looser_stop(side=side, present=present.stop, asked=stop)
    if denied is None and policy.has(gates.stop_required):
        denied = misplaced_exit(side=side, stop=stop, target=target, mark_price=mark_price)
    return denied
