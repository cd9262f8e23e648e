"""Arms that operators add to a running arena, or change: made from a command and the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from autonome.agents.llm.agent import LlmAgent
from autonome.agents.llm.settings import LlmSettings
from autonome.agents.port import Agent
from autonome.arena.competitor import Entrant
from autonome.bootstrap.arena_file.llm_arms import DEFAULT_MONEY_PER_DAY
from autonome.bootstrap.arena_file.plan import ArenaPlan
from autonome.bootstrap.paper.stored_arms import (
    offer_of,
    rule_agent,
    settings_of,
    why_unasked,
    with_settings,
)
from autonome.domain.choices import ArmKind, PolicyName
from autonome.domain.errors import SettingError
from autonome.domain.policy import policy_for
from autonome.domain.refusals import Denied
from autonome.ledger.rows import Arm, Command, Model

__all__ = ["Recruiting"]

_RULE: Final = "settings"
_UNREADABLE: Final = (KeyError, TypeError, ValueError, ArithmeticError)
"""What a command may raise that the API did not write."""


class Recruiting:
    """Makes arms under a plan."""

    def __init__(self, plan: ArenaPlan) -> None:
        """Use the endpoints of ``plan``."""
        self._plan = plan

    def recruit(self, command: Command, *, at: datetime) -> Entrant | Denied:
        """Return the arm that a command asks for, with the command's id."""
        asked: Mapping[str, Any] = command.payload or {}
        try:
            return self._recruited(command.id, asked, at)
        except SettingError as error:
            return Denied(rule=_RULE, reason=error.problem)
        except _UNREADABLE as error:
            return Denied(rule=_RULE, reason=f"expected the settings of an arm: {error!r}")

    def _recruited(self, model_id: str, asked: Mapping[str, Any], at: datetime) -> Entrant:
        agent = self._agent(asked)
        policy = _policy(asked)
        capital = asked.get("capital")
        model = Model(
            id=model_id,
            name=agent.name,
            open_router_model_name=_model_name(agent),
            variant=str(asked["variant"]),
        )
        arm = Arm(
            model_id=model_id,
            kind=agent.kind,
            policy=policy,
            settings=settings_of(agent),
            starting_capital=self._plan.capital if capital is None else Decimal(str(capital)),
            created_at=at,
            updated_at=at,
        )
        return Entrant(model=model, arm=arm, agent=agent, policy=policy_for(policy, agent.variant))

    def retrained(self, entrant: Entrant, asked: Mapping[str, Any]) -> Entrant | Denied:
        """Return an arm whose model is asked in another way."""
        agent = entrant.agent
        if not isinstance(agent, LlmAgent):
            return Denied(rule=_RULE, reason="expected an arm that asks a model")
        try:
            model = with_settings(agent.model, asked, self._plan)
            self._require_keys(model)
        except SettingError as error:
            return Denied(rule=_RULE, reason=error.problem)
        except _UNREADABLE as error:
            return Denied(rule=_RULE, reason=f"expected settings of a model: {error!r}")
        changed = replace(agent, model=model)
        return replace(
            entrant,
            model=replace(entrant.model, open_router_model_name=model.model),
            arm=replace(entrant.arm, settings=settings_of(changed)),
            agent=changed,
            unasked_reason=why_unasked(self._plan, model.endpoint),
        )

    def _agent(self, asked: Mapping[str, Any]) -> Agent:
        name, variant = str(asked["name"]), str(asked["variant"])
        if asked["kind"] != ArmKind.LLM.value:
            return rule_agent(name, variant, self._plan)
        offered = offer_of(self._plan, str(asked["endpoint"]))
        if offered is None:
            raise SettingError(
                f"expected an endpoint of the arena's file, found {asked['endpoint']!r}",
                remedy="Add it to the file, and start the arena again.",
            )
        # Where prices are known, a day's money is bounded as it is in the file.
        default = {"moneyPerDay": str(DEFAULT_MONEY_PER_DAY)} if "priceIn" in asked else {}
        first = LlmSettings(name=name, model=str(asked["model"]), endpoint=offered.endpoint)
        model = with_settings(first, {**default, **asked}, self._plan)
        self._require_keys(model)
        return LlmAgent(model=model, variant=variant, policy=_policy(asked))

    def _require_keys(self, model: LlmSettings) -> None:
        """Refuse a model that nobody could ask.

        Raises:
            SettingError: this process alone asks models, and lacks the endpoint's key.
        """
        offered = offer_of(self._plan, model.endpoint.name)
        lacks = offered is not None and offered.missing is not None
        if lacks and not self._plan.may_lack_keys:
            assert offered is not None
            raise SettingError(
                f"expected a key of endpoint {model.endpoint.name!r} in the environment,"
                " found none",
                remedy=f"Set {offered.missing}, and start the arena again.",
            )


def _policy(asked: Mapping[str, Any]) -> PolicyName:
    """Return the policy of an arm that operators add.

    Raises:
        SettingError: it is one for controls or for replays, which ask for no stop.
    """
    policy = PolicyName(str(asked.get("policy", PolicyName.STANDARD.value)))
    if policy is not PolicyName.STANDARD:
        raise SettingError(
            f"expected policy {PolicyName.STANDARD.value!r}, found {policy.value!r}",
            remedy="Ask for the arm without a policy.",
        )
    return policy


def _model_name(agent: Agent) -> str:
    return agent.model.model if isinstance(agent, LlmAgent) else agent.kind.value.lower()
