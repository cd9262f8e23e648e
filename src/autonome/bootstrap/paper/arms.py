"""Who competes in a paper arena: the plan's arms, those of the ledger under their own rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from autonome.agents.llm.agent import LlmAgent
from autonome.agents.port import Agent
from autonome.arena.competitor import Entrant
from autonome.bootstrap.arena_file.places import Place
from autonome.bootstrap.arena_file.plan import (
    AgentPlan,
    ArenaPlan,
    ControlsPlan,
    LlmPlan,
    RulesPlan,
)
from autonome.bootstrap.paper.stored_arms import is_set_by_operators, stored_agent
from autonome.domain.choices import ArmKind, PolicyName
from autonome.domain.errors import SettingError
from autonome.domain.variants import VARIANT_IDS
from autonome.ledger.policies import policy_in_force
from autonome.ledger.queries.restoring import RestoredArm
from autonome.ledger.rows import Arm, Model
from autonome.ledger.rows.ids import new_id
from autonome.market.market import Market

if TYPE_CHECKING:
    from autonome.agents.rules.agent import RuleAgent

__all__ = ["entrants_of"]


def entrants_of(
    plan: ArenaPlan,
    market: Market,
    known: Sequence[RestoredArm],
    *,
    at: datetime,
    only: str | None = None,
    told: Callable[[str], None] = lambda _: None,
) -> list[Entrant]:
    """Return the arms of a plan, leaders before followers, then those that operators added.

    Those that the ledger knows by name and variant go on with their rows; a plan that leaves an
    arm out lets it rest. Of what operators set, the ledger wins: ``told`` is told where it does.
    ``only`` names the one arm that is wanted.

    Raises:
        SettingError: two arms have one name, or an agent of the user's own cannot be used.
    """
    rows = {(each.model.name, each.model.variant): each for each in known}
    kept = {each.model.name: each for each in known if is_set_by_operators(each.arm)}
    entrants = []
    notes: list[str] = []
    for agent, policy in _agents(plan, market):
        variant = agent.variant or VARIANT_IDS[0]
        if agent.name in kept:
            # By its name, whatever variant the file gives it by now.
            own_row = kept[agent.name]
            rows.pop((agent.name, own_row.model.variant), None)
            entrants.append(_stored(own_row, plan, notes, planned=agent))
            continue
        found = rows.pop((agent.name, variant), None)
        if found is None:
            model, arm = _new_rows(plan, agent, policy, variant, at)
        else:
            model, arm = found.model, found.arm
        own = None if found is None else found.own
        in_force = policy_in_force(arm.policy, agent.variant, own)
        entrants.append(Entrant(model=model, arm=arm, agent=agent, policy=in_force, own=own))
    added = [each for each in rows.values() if is_set_by_operators(each.arm)]
    entrants += [_stored(each, plan, notes) for each in added]
    if only is not None:
        return [each for each in entrants if each.agent.name == only]
    if notes:
        told(f"As operators set them, whatever the file says: {'; '.join(notes)}.")
    _require_owners(known, entrants)
    names = [entrant.agent.name for entrant in entrants]
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise SettingError(
            f"expected arms of different names, found {', '.join(doubled)} twice.",
            remedy="Give one of them another name.",
        )
    return entrants


def _stored(
    found: RestoredArm, plan: ArenaPlan, notes: list[str], *, planned: Agent | None = None
) -> Entrant:
    """Return an arm as operators set it, and note what is to be said of it."""
    stored = stored_agent(found.model, found.arm, plan)
    agent = stored.agent
    words = "added"
    if planned is not None:
        differs = [key for key, each in agent.settings.items() if planned.settings.get(key) != each]
        words = f"changed: {', '.join(differs)}" if differs else "changed, and the same"
    if stored.unasked_reason is not None:
        words += f"; asked nothing: {stored.unasked_reason}"
    notes.append(f"{agent.name} ({words})")
    return Entrant(
        model=found.model,
        arm=found.arm,
        agent=agent,
        policy=policy_in_force(found.arm.policy, agent.variant, found.own),
        own=found.own,
        unasked_reason=stored.unasked_reason,
    )


def _require_owners(known: Sequence[RestoredArm], entrants: Sequence[Entrant]) -> None:
    """Refuse to leave a position without anybody who looks after its stop."""
    running = {entrant.model.id for entrant in entrants}
    left = [each for each in known if each.model.id not in running and each.positions]
    if left:
        raise SettingError(
            f"expected an arm for every open position, found {left[0].model.name!r} holding"
            f" {len(left[0].positions)} without being in the plan.",
            remedy="Put it back; to leave it out, flatten it first: autonome flatten --arm NAME.",
        )


def _new_rows(
    plan: ArenaPlan, agent: Agent, policy: PolicyName, variant: str, at: datetime
) -> tuple[Model, Arm]:
    plays_none = agent.kind is ArmKind.RULE and agent.variant is None
    model = Model(
        id=new_id(),
        name=agent.name,
        open_router_model_name=agent.model.model
        if isinstance(agent, LlmAgent)
        else agent.kind.value.lower(),
        variant=variant,
    )
    arm = Arm(
        model_id=model.id,
        kind=ArmKind.EXTERNAL if plays_none else agent.kind,
        policy=policy,
        settings=agent.settings,
        starting_capital=plan.capital,
        created_at=at,
        updated_at=at,
    )
    return model, arm


def _agents(plan: ArenaPlan, market: Market) -> Iterator[tuple[Agent, PolicyName]]:
    """Yield each agent with its policy; controls that follow come after whom they follow."""
    leaders = [each for each in plan.arms if not isinstance(each, ControlsPlan)]
    controls = [each for each in plan.arms if isinstance(each, ControlsPlan)]
    source = None
    for each in leaders:
        for agent, policy in _led(each, plan, market):
            if source is None and not isinstance(agent, LlmAgent):
                source = agent.name
            yield agent, policy
    for controlled in controls:
        from autonome.agents.controls.standard import control_agents

        for control in control_agents(market.symbols, source=source, replicas=controlled.replicas):
            yield control, PolicyName.CONTROL


def _led(
    arm: RulesPlan | AgentPlan | LlmPlan, plan: ArenaPlan, market: Market
) -> Iterator[tuple[Agent, PolicyName]]:
    if isinstance(arm, LlmPlan):
        yield LlmAgent(model=arm.settings, variant=arm.variant, policy=arm.policy), arm.policy
    elif isinstance(arm, RulesPlan):
        from autonome.agents.rules.variants import variant_agents

        for rules in variant_agents(cadence_minutes=plan.cadence_minutes):
            yield rules, arm.policy
    else:
        from autonome.agents.causality import check_causality

        own = _own_agent(arm, plan)
        check_causality(own, market, cadence_minutes=plan.cadence_minutes, seed=plan.seed)
        yield own, arm.policy


def _own_agent(arm: AgentPlan, plan: ArenaPlan) -> RuleAgent:
    """Return the user's agent; an error says where the file names it."""
    from autonome.agents.rules.loading import load_agent

    try:
        return load_agent(arm.reference)
    except SettingError as error:
        place = Place(str(plan.file))
        raise place.refusal(
            f"arms[{arm.number}].agent", error.problem, remedy=error.remedy
        ) from error
