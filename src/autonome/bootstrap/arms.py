"""The arms that a user asked for: who competes, under which policy, with how much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Final

from autonome.agents.llm.agent import LlmAgent
from autonome.agents.port import Agent
from autonome.arena.competitor import Entrant
from autonome.config import Settings, read_settings
from autonome.domain.choices import ArmKind, PolicyName
from autonome.domain.errors import SettingError
from autonome.domain.policy import policy_for
from autonome.domain.variants import VARIANT_IDS
from autonome.ledger.rows import Arm, Model
from autonome.ledger.rows.ids import new_id
from autonome.market.market import Market

__all__ = ["LLM_FILE", "ArmsOrder", "agents_of", "entrants_of"]

_RULES: Final = "rules"
_CONTROLS: Final = "controls"
_ALL: Final = "all"
_SCRIPTED: Final = "scripted:"
_RECORDED: Final = "recorded:"
LLM_FILE: Final = "llm:"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmsOrder:
    """What a user said about the arms."""

    arms: tuple[str, ...]
    """``all``, ``rules``, ``controls``, ``scripted:FILE``, ``recorded:ARENA`` or ``llm:FILE``."""
    agents: tuple[str, ...]
    """``module:Class``, rule agents of the user's own."""
    policy: PolicyName | None
    """For every arm; ``None`` gives each kind its own."""
    capital: Decimal
    """Quote, of each arm."""
    replicas: int
    """Random-entry controls, which differ by chance alone."""


def agents_of(
    order: ArmsOrder,
    market: Market,
    *,
    cadence_minutes: int,
    seed: int,
    settings: Settings | None = None,
) -> list[Agent]:
    """Return the agents that compete, leaders before followers; the user's own come first.

    ``settings`` say where recorded arms are read; ``None``: what the environment says.

    Raises:
        SettingError: an arm or an agent cannot be found, two have one name, or an agent of the
            user's own looks ahead.
    """
    agents = [
        _own_agent(reference, market, cadence_minutes=cadence_minutes, seed=seed)
        for reference in order.agents
    ]
    for text in order.arms:
        if text.startswith(_SCRIPTED):
            from autonome.agents.scripted.reading import read_script

            agents.append(read_script(Path(text.removeprefix(_SCRIPTED))))
        elif text.startswith(_RECORDED):
            from autonome.bootstrap.recorded import recorded_agents

            agents += recorded_agents(
                settings or read_settings(),
                text.removeprefix(_RECORDED),
                market,
                cadence_minutes=cadence_minutes,
                policy=order.policy,
            )
        elif text.startswith(LLM_FILE):
            from autonome.bootstrap.asked_replay import models_of

            agents += models_of(Path(text.removeprefix(LLM_FILE)))
        elif text not in (_ALL, _RULES, _CONTROLS):
            raise SettingError(
                "expected arms such as all, rules, controls, scripted:FILE.csv, recorded:ARENA or"
                f" llm:FILE.toml, found {text!r}.",
                remedy="Name them separated by commas, or repeat --arms.",
            )
    if not {_ALL, _RULES}.isdisjoint(order.arms):
        from autonome.agents.rules.variants import variant_agents

        agents += variant_agents(cadence_minutes=cadence_minutes)
    if {_ALL, _CONTROLS}.isdisjoint(order.arms):
        if order.replicas > 1:
            raise SettingError(
                f"expected controls beside --replicas {order.replicas}, found none.",
                remedy="Take --arms controls or all, or leave --replicas out.",
            )
    else:
        from autonome.agents.controls.standard import control_agents

        source = agents[0].name if agents else None
        agents += control_agents(market.symbols, source=source, replicas=order.replicas)
    _require_names(agents)
    return agents


def _own_agent(reference: str, market: Market, *, cadence_minutes: int, seed: int) -> Agent:
    from autonome.agents.causality import check_causality
    from autonome.agents.rules.loading import load_agent

    agent = load_agent(reference)
    check_causality(agent, market, cadence_minutes=cadence_minutes, seed=seed)
    return agent


def _require_names(agents: Sequence[Agent]) -> None:
    names = [agent.name for agent in agents]
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise SettingError(
            f"expected agents of different names, found {', '.join(doubled)} twice.",
            remedy="Give one another name: a class by its attribute `name`, a script by its file.",
        )
    if not agents:
        raise SettingError(
            "expected at least one arm, found none.", remedy="Take --arms all, or --agent."
        )


def entrants_of(agents: Sequence[Agent], order: ArmsOrder, *, start: datetime) -> list[Entrant]:
    """Return each agent with the model and the arm that the ledger keeps of it."""
    return [_entrant(agent, order, start) for agent in agents]


def _entrant(agent: Agent, order: ArmsOrder, start: datetime) -> Entrant:
    policy = order.policy or _own_policy(agent)
    # Sums per variant count rules: rules that play none must not count as the first variant's.
    plays_none = agent.kind is ArmKind.RULE and agent.variant is None
    model = Model(
        id=new_id(),
        name=agent.name,
        open_router_model_name=agent.model.model
        if isinstance(agent, LlmAgent)
        else agent.kind.value.lower(),
        # The column demands a variant of every model; sums per variant leave controls out.
        variant=agent.variant or VARIANT_IDS[0],
    )
    arm = Arm(
        model_id=model.id,
        kind=ArmKind.EXTERNAL if plays_none else agent.kind,
        policy=policy,
        settings=agent.settings,
        starting_capital=order.capital,
        created_at=start,
        updated_at=start,
    )
    return Entrant(model=model, arm=arm, agent=agent, policy=policy_for(policy, agent.variant))


def _own_policy(agent: Agent) -> PolicyName:
    if agent.kind is ArmKind.CONTROL:
        return PolicyName.CONTROL
    from autonome.agents.recorded.agent import Recorded
    from autonome.agents.scripted.agent import Scripted

    if isinstance(agent, Recorded | LlmAgent):
        return agent.policy
    return PolicyName.AS_WRITTEN if isinstance(agent, Scripted) else PolicyName.STANDARD
