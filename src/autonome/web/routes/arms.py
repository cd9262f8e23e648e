"""Arms, variants, and the policies that guard them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from pydantic.alias_generators import to_camel
from starlette.responses import Response

from autonome.domain.choices import ArmKind, PolicyName
from autonome.domain.money import exact, share
from autonome.domain.policy import Policy
from autonome.domain.variants import VARIANTS
from autonome.ledger.policies import played_by, policy_in_force
from autonome.ledger.queries.arm_list import (
    ListedArm,
    VariantFigures,
    listed_arms,
    variant_figures,
)
from autonome.ledger.queries.competing import competing_variant
from autonome.ledger.queries.facts import fact
from autonome.ledger.queries.invocation_pages import last_prompt
from autonome.ledger.queries.pages import Page
from autonome.ledger.queries.policies import newest_policies
from autonome.ledger.reader import Rows
from autonome.ledger.rows import FactName
from autonome.web.asked import WHOLE, AskedOf, ListOf, items_of, missing
from autonome.web.exports import EXPORTED
from autonome.web.parameters import ModelIds, RowId
from autonome.web.payloads.arms import (
    Arm,
    Counters,
    PolicyInForce,
    SpentToday,
    Variant,
    VariantAggregate,
)
from autonome.web.payloads.decisions import Prompt
from autonome.web.payloads.figures import Items, plain, shaped
from autonome.web.routes.decisions import shown_prompt
from autonome.web.visitor import require_prompts

__all__ = [
    "aggregate_variants",
    "get_arm",
    "get_last_prompt",
    "list_arms",
    "list_policies",
    "list_variants",
    "read_arm",
    "router",
]

router = APIRouter(tags=["arms"])
_ONE: Final = Decimal(1)
_SECRET_WORDS: Final = ("key", "secret", "token", "password", "authorization")
_NO_SECRETS: Final = frozenset({"tokensPerDay"})
_ARMS: Final = "/api/v1/arms"


@router.get("/arms", response_model=Items[Arm], responses=EXPORTED)
async def list_arms(
    asked: ListOf,
    model: ModelIds = [],  # noqa: B006  # FastAPI copies defaults.
    variant: Annotated[str | None, Query(max_length=50)] = None,
    kind: Annotated[list[ArmKind], Query(description="Repeatable.")] = [],  # noqa: B006
) -> Response:
    """List every arm by name: all at once, for there are few."""

    async def make(rows: Rows, _: Page) -> Items[Arm]:
        found = [
            each
            for each in await rows.all(listed_arms())
            if (not model or each.id in model)
            and (variant is None or competing_variant(each.kind, each.variant) == variant)
            and (not kind or each.kind in kind)
        ]
        unasked = await _unasked(rows)
        return await items_of(rows, found, lambda arm: _shown(arm, unasked))

    return await asked.listed(Arm, make, WHOLE)


@router.get("/arms/{id}", response_model=Arm)
async def get_arm(asked: AskedOf, id: RowId) -> Response:  # noqa: A002
    """Return one arm."""

    return await asked.answer(lambda rows: read_arm(rows, id))


async def read_arm(rows: Rows, model_id: str) -> Arm:
    """Return one arm.

    Raises:
        ApiError: there is none of that id.
    """
    found = await rows.one(listed_arms(model_id=model_id))
    if found is None:
        raise missing("an arm", model_id, code="unknown-model", where=_ARMS)
    return _shown(found, await _unasked(rows))


@router.get("/arms/{id}/prompt", response_model=Prompt)
async def get_last_prompt(asked: AskedOf, id: RowId) -> Response:  # noqa: A002
    """Return what an arm's model was sent when it answered last, and what it said."""
    require_prompts(asked.visitor)

    async def make(rows: Rows) -> Prompt:
        found = await rows.one(last_prompt(id))
        if found is None:
            raise missing("an arm that asked a model", id, code="no-prompt", where=_ARMS)
        return shown_prompt(found)

    return await asked.answer(make, is_secret=True)


async def _unasked(rows: Rows) -> Mapping[str, str]:
    """Return why models are asked nothing, by arm, as the leader noted it."""
    noted = await rows.one(fact(FactName.RUN))
    found: Any = None if noted is None else noted.said.get("unasked")
    return found or {}


def _shown(arm: ListedArm, unasked: Mapping[str, str]) -> Arm:
    return shaped(
        Arm,
        arm,
        variant=competing_variant(arm.kind, arm.variant),
        settings=_without_secrets(plain(arm.settings)),
        state=_state(arm),
        unasked_reason=unasked.get(arm.id),
        counters=shaped(Counters, arm),
        spent_today=_spent(arm),
    )


def _state(arm: ListedArm) -> str:
    if not arm.enabled:
        return "DISABLED"
    if arm.halted_reason is not None:
        return "HALTED"
    return "PAUSED" if arm.is_failing else "RUNNING"


def _spent(arm: ListedArm) -> SpentToday | None:
    spent = arm.spent or {}
    if arm.kind is not ArmKind.LLM or not spent.get("day"):
        return None
    tokens, money = arm.settings.get("tokensPerDay"), arm.settings.get("moneyPerDay")
    return SpentToday(
        day=str(spent["day"]),
        tokens=int(str(spent.get("tokens", 0))),
        cost=Decimal(str(spent.get("cost", "0"))),
        tokens_per_day=None if tokens is None else int(str(tokens)),
        money_per_day=None if money is None else Decimal(str(money)),
    )


def _without_secrets(settings: Any) -> Any:
    """Return settings without anything whose name says that it is a secret.

    None is ever stored by us; another client may have meant well.
    """
    if isinstance(settings, Mapping):
        return {
            key: _without_secrets(each)
            for key, each in settings.items()
            if key in _NO_SECRETS or not any(word in key.lower() for word in _SECRET_WORDS)
        }
    if isinstance(settings, list):
        return [_without_secrets(each) for each in settings]
    return settings


@router.get("/variants", response_model=Items[Variant])
async def list_variants(asked: AskedOf) -> Response:
    """List the trading personalities."""
    items = [
        Variant(id=each.id, label=each.label, description=each.description, colour=each.color)
        for each in VARIANTS
    ]
    return await asked.answer_now(Items[Variant](items=items))


@router.get("/variants/aggregate", response_model=Items[VariantAggregate], responses=EXPORTED)
async def aggregate_variants(asked: ListOf) -> Response:
    """Return what the LLM and RULE arms of each variant did together."""

    async def make(rows: Rows, _: Page) -> Items[VariantAggregate]:
        return await items_of(rows, await rows.all(variant_figures()), _aggregate)

    return await asked.listed(VariantAggregate, make, WHOLE)


@exact
def _aggregate(figures: VariantFigures) -> VariantAggregate:
    capital = figures.starting_capital
    gain = (
        share(_ONE, part=figures.nav - figures.transferred - capital, whole=capital)
        if capital
        else None
    )
    return shaped(VariantAggregate, figures, return_=gain)


@router.get("/policies", response_model=Items[PolicyInForce])
async def list_policies(asked: AskedOf) -> Response:
    """List the policies in force, each with its rules in words and the arms that it guards."""

    async def make(rows: Rows) -> Items[PolicyInForce]:
        own = {each.model_id: each for each in await rows.all(newest_policies())}
        guarded: dict[tuple[PolicyName, str | None, str], tuple[Policy, list[str]]] = {}
        for arm in await rows.all(listed_arms()):
            variant = played_by(arm.kind, arm.variant)
            policy = policy_in_force(arm.policy, variant, own.get(arm.id))
            # Limits of its own are an arm's alone.
            whose = arm.id if policy.revision > 1 else ""
            guarded.setdefault((arm.policy, variant, whose), (policy, []))[1].append(arm.id)
        found = [
            PolicyInForce.model_validate(
                {
                    **policy.describe(),
                    "limits": _limits(policy),
                    "revision": policy.revision,
                    "title": policy.title,
                    "variant": variant,
                    "arms": ids,
                }
            )
            for (_, variant, _), (policy, ids) in guarded.items()
        ]
        return await items_of(rows, found, lambda each: each)

    return await asked.answer(make)


def _limits(policy: Policy) -> dict[str, object]:
    """Return the limits of a policy by their names in JSON."""
    limits = policy.describe()["limits"]
    assert isinstance(limits, dict)
    return {to_camel(name): limit for name, limit in limits.items()}
