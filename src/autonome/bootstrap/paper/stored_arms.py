"""Arms as operators set them: how their settings are kept on the arm's row, and read again.

No key is among them: of an endpoint only the name is kept, and the address that it had.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, NamedTuple

from autonome.agents.llm.agent import LlmAgent
from autonome.agents.llm.settings import Dialect, Endpoint, LlmSettings, Price
from autonome.agents.port import Agent
from autonome.bootstrap.arena_file.plan import ArenaPlan, EndpointPlan
from autonome.domain.choices import ArmKind
from autonome.domain.errors import SettingError
from autonome.domain.value import changed
from autonome.ledger.arm_changes import OPERATORS, SET_BY
from autonome.ledger.rows import Arm, Model

__all__ = [
    "StoredAgent",
    "is_set_by_operators",
    "offer_of",
    "rule_agent",
    "settings_of",
    "stored_agent",
    "why_unasked",
    "with_settings",
]

_MS_PER_SECOND: Final = 1_000


class StoredAgent(NamedTuple):
    """An agent as the ledger keeps it."""

    agent: Agent
    unasked_reason: str | None = None
    """Why its model is asked nothing as the file is by now; ``None``: it is asked."""


def is_set_by_operators(arm: Arm) -> bool:
    """Say whether operators added or changed an arm: then its row says how it is run."""
    return arm.settings.get(SET_BY) == OPERATORS


def settings_of(agent: Agent) -> dict[str, object]:
    """Return what the row of an arm keeps, so that ``stored_agent`` can read it."""
    kept: dict[str, object] = {**agent.settings, SET_BY: OPERATORS}
    if isinstance(agent, LlmAgent):
        price = agent.model.price
        kept["dialect"] = agent.model.endpoint.dialect.value
        kept["priceIn"] = None if price is None else str(price.input)
        kept["priceOut"] = None if price is None else str(price.output)
    return kept


def stored_agent(model: Model, arm: Arm, plan: ArenaPlan) -> StoredAgent:
    """Return the agent of an arm that operators set.

    Raises:
        SettingError: its row says what no agent can be.
    """
    if arm.kind is not ArmKind.LLM:
        return StoredAgent(rule_agent(model.name, model.variant, plan))
    kept = arm.settings
    kept_at = Endpoint(
        name=str(kept["endpoint"]),
        base_url=str(kept["baseUrl"]),
        dialect=Dialect(str(kept["dialect"])),
    )
    settings = LlmSettings(
        name=model.name,
        model=str(kept["model"]),
        endpoint=kept_at,
        temperature=_number(kept["temperature"]),
        reasoning_effort=kept["reasoningEffort"],  # type: ignore[arg-type]
        tool_choice=kept["toolChoice"],  # type: ignore[arg-type]
        upstream=None if kept["upstream"] is None else str(kept["upstream"]),
        deadline_ms=int(str(kept["deadlineMs"])),
        most_steps=int(str(kept["mostSteps"])),
        tokens_per_day=None if kept["tokensPerDay"] is None else int(str(kept["tokensPerDay"])),
        money_per_day=_number(kept["moneyPerDay"]),
        price=_price(kept["priceIn"], kept["priceOut"]),
    )
    reason = why_unasked(plan, kept_at)
    try:
        settings = changed(settings, endpoint=_present(kept_at, plan))
    except SettingError as error:
        # Nobody is at the keyboard when an arena starts again: its other arms go on.
        reason = f"its settings do not fit endpoint {kept_at.name!r} any more: {error.problem}"
    agent = LlmAgent(model=settings, variant=model.variant, policy=arm.policy)
    return StoredAgent(agent, reason)


def offer_of(plan: ArenaPlan, name: str) -> EndpointPlan | None:
    """Return the endpoint of a name, if the file or we know it."""
    return next((each for each in plan.offered if each.endpoint.name == name), None)


def why_unasked(plan: ArenaPlan, endpoint: Endpoint) -> str | None:
    """Say why nothing can be asked at an endpoint; ``None`` where something can.

    Keys that are missing here may be elsewhere, where workers ask.
    """
    offered = offer_of(plan, endpoint.name)
    if offered is None or offered.endpoint.origin != endpoint.origin:
        return f"the arena's file has no endpoint {endpoint.name!r} at the address where it was"
    if offered.missing is not None and not plan.may_lack_keys:
        return f"there is no key of endpoint {endpoint.name!r} in the environment"
    return None


def _present(endpoint: Endpoint, plan: ArenaPlan) -> Endpoint:
    """Return an endpoint as the file has it by now, if it is at the same host there."""
    offered = offer_of(plan, endpoint.name)
    is_there = offered is not None and offered.endpoint.origin == endpoint.origin
    return offered.endpoint if offered is not None and is_there else endpoint


def rule_agent(name: str, variant: str, plan: ArenaPlan) -> Agent:
    """Return the coded rules of a variant, under a name of their own."""
    from autonome.agents.rules.variants import variant_agents

    for agent in variant_agents(cadence_minutes=plan.cadence_minutes):
        if agent.variant == variant:
            return type(agent)(
                name=name, variant=variant, timeframe_minutes=agent.timeframe_minutes
            )
    raise SettingError(
        f"expected a variant that has coded rules, found {variant!r}",
        remedy="GET variants lists them.",
    )


def with_settings(model: LlmSettings, asked: Mapping[str, Any], plan: ArenaPlan) -> LlmSettings:
    """Return settings with what is named changed; ``None`` takes one off.

    Raises:
        SettingError: an endpoint is unknown, its keys are not those of the file, or two settings
            do not go together.
    """
    price = model.price
    price_in = asked.get("priceIn", None if price is None else price.input)
    price_out = asked.get("priceOut", None if price is None else price.output)
    endpoint = _present(model.endpoint, plan)
    if "endpoint" in asked:
        endpoint = _endpoint(str(asked["endpoint"]), asked.get("keys"), plan)
    return changed(
        model,
        model=asked.get("model", model.model),
        endpoint=endpoint,
        temperature=_number(asked.get("temperature", model.temperature)),
        reasoning_effort=asked.get("reasoningEffort", model.reasoning_effort),
        tool_choice=asked.get("toolChoice", model.tool_choice),
        upstream=asked.get("upstream", model.upstream),
        deadline_ms=int(asked["deadlineSeconds"]) * _MS_PER_SECOND
        if "deadlineSeconds" in asked
        else model.deadline_ms,
        most_steps=int(asked.get("mostSteps", model.most_steps)),
        tokens_per_day=asked.get("tokensPerDay", model.tokens_per_day),
        money_per_day=_number(asked.get("moneyPerDay", model.money_per_day)),
        price=_price(price_in, price_out),
    )


def _endpoint(name: str, keys: Any, plan: ArenaPlan) -> Endpoint:
    offered = offer_of(plan, name)
    if offered is None:
        known = ", ".join(each.endpoint.name for each in plan.offered)
        raise SettingError(
            f"expected an endpoint of the arena's file ({known}), found {name!r}",
            remedy="Add it to the file, and start the arena again.",
        )
    if keys is not None and sorted(keys) != sorted(offered.variables):
        raise SettingError(
            f"expected the names of the variables with the keys of endpoint {name!r}, found others",
            remedy="Send those that the arena's file names.",
        )
    return offered.endpoint


def _price(price_in: object, price_out: object) -> Price | None:
    found = _number(price_in), _number(price_out)
    if found[0] is not None and found[1] is not None:
        return Price(input=found[0], output=found[1])
    if found != (None, None):
        raise SettingError(
            "expected both prices or neither, found one", remedy="Send priceIn and priceOut."
        )
    return None


def _number(kept: object) -> Decimal | None:
    return None if kept is None else Decimal(str(kept))
