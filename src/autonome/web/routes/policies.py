"""The policy of one arm: what is in force, what a change would do, and the change itself."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from autonome.arena.previewing import Outcome, Tried, tried
from autonome.domain.policy import (
    LimitRefused,
    Policy,
    limits_of,
    policy_for,
    ranges_of,
    revised,
)
from autonome.domain.value import value
from autonome.ledger.policies import played_by, policy_in_force
from autonome.ledger.queries.arm_list import ListedArm, listed_arms
from autonome.ledger.queries.competing import competing_variant
from autonome.ledger.queries.policies import judged_entries, policy_versions
from autonome.ledger.reader import Reader, Rows
from autonome.ledger.rows import ArmPolicy, Command, CommandKind
from autonome.web.asked import AskedOf, missing
from autonome.web.commanding import Commands
from autonome.web.errors import ApiError
from autonome.web.parameters import RowId
from autonome.web.payloads.arms import ArmRef
from autonome.web.payloads.control import CommandShown
from autonome.web.payloads.figures import shaped
from autonome.web.payloads.policy import (
    ArmPolicy as ShownPolicy,
)
from autonome.web.payloads.policy import (
    LimitBounds,
    LimitsAsked,
    PolicyAsked,
    PolicyPreview,
    PolicyVersion,
    PreviewAsked,
    PreviewExample,
)

__all__ = ["get_arm_policy", "preview_arm_policy", "put_arm_policy", "read_policy", "router"]

router = APIRouter(tags=["arms"])
_MOST_VERSIONS: Final = 100
_MOST_ENTRIES: Final = 50
_MOST_EXAMPLES: Final = 10
_BEGAN: Final = "as the arm began"


@value
class _InForce:
    """An arm, and what guards it."""

    arm: ListedArm
    policy: Policy
    default: Policy
    versions: list[ArmPolicy]


@router.get("/arms/{id}/policy", response_model=ShownPolicy)
async def get_arm_policy(asked: AskedOf, id: RowId) -> Response:  # noqa: A002
    """Return the limits of an arm, how far they may be changed, and what they were before."""

    return await asked.answer(lambda rows: read_policy(rows, id))


async def read_policy(rows: Rows, model_id: str) -> ShownPolicy:
    """Return what guards an arm.

    Raises:
        ApiError: there is none of that id.
    """
    return _shown(await _in_force(rows, model_id))


@router.post("/arms/{id}/policy/preview", response_model=PolicyPreview)
async def preview_arm_policy(asked: AskedOf, id: RowId, body: PreviewAsked) -> Response:  # noqa: A002
    """Return what limits would have made of the last entries that an arm asked for.

    Each is judged again by the rules themselves, on the account as it was then.
    """
    async with (await asked.reader()).at_once() as rows:
        found = await _in_force(rows, id)
        policy = _with_limits(found.policy, body.limits)
        entries = await rows.all(judged_entries(id, limit=_MOST_ENTRIES))
    return await asked.answer_now(_preview([tried(policy, each) for each in entries]))


@router.put("/arms/{id}/policy", status_code=202, response_model=CommandShown)
async def put_arm_policy(by: Commands, id: RowId, body: PolicyAsked) -> Response:  # noqa: A002
    """Give an arm limits of its own, from its next decision on."""
    limits = body.limits.named
    command = by.command(
        CommandKind.EDIT_POLICY,
        body.reason,
        model_id=id,
        payload={"limits": limits, "expectedVersion": body.expected_version},
    )

    async def checked(reader: Reader) -> Command:
        async with reader.at_once() as rows:
            found = await _in_force(rows, id)
        _with_limits(found.policy, body.limits)
        if not limits:
            raise ApiError(
                400,
                "bad-request",
                "expected a limit to change, found none.",
                remedy="GET arms/{id}/policy names them.",
                field="limits",
            )
        if found.policy.revision != body.expected_version:
            raise ApiError(
                409,
                "version-conflict",
                f"expected version {found.policy.revision}, which is in force, found"
                f" {body.expected_version}: somebody has changed the policy meanwhile.",
                remedy="Look at the limits in force, then send the change again.",
                field="expectedVersion",
            )
        return command

    return await by.once(command, checked)


async def _in_force(rows: Rows, model_id: str) -> _InForce:
    arm = await rows.one(listed_arms(model_id=model_id))
    if arm is None:
        raise missing("an arm", model_id, code="unknown-model", where="/api/v1/arms")
    versions = await rows.all(policy_versions(model_id, limit=_MOST_VERSIONS))
    variant = played_by(arm.kind, arm.variant)
    return _InForce(
        arm=arm,
        policy=policy_in_force(arm.policy, variant, versions[0] if versions else None),
        default=policy_for(arm.policy, variant),
        versions=versions,
    )


def _with_limits(policy: Policy, asked: LimitsAsked) -> Policy:
    found = revised(policy, asked.named, revision=policy.revision + 1)
    if not isinstance(found, LimitRefused):
        return found
    raise ApiError(
        400,
        "bad-request",
        f"{found.key}: {found.reason}.",
        remedy="GET arms/{id}/policy says how far each limit may go.",
        field=f"limits.{found.key}",
    )


def _shown(found: _InForce) -> ShownPolicy:
    policy = found.policy
    began = PolicyVersion(
        version=1,
        at=found.arm.created_at,
        who="system",
        limits=limits_of(found.default),
        reason=_BEGAN,
        command_id=None,
    )
    return ShownPolicy(
        arm=shaped(ArmRef, found.arm, variant=competing_variant(found.arm.kind, found.arm.variant)),
        name=policy.name.value,
        version=policy.revision,
        title=policy.title,
        limits=limits_of(policy),
        defaults=limits_of(found.default),
        ranges={
            each.key: LimitBounds(
                min=each.least,
                max=each.most,
                step=each.step,
                unit=each.unit,
                less_grants_more=each.is_looser_below,
            )
            for each in ranges_of(policy)
        },
        history=[_version(each) for each in found.versions] or [began],
    )


def _version(row: ArmPolicy) -> PolicyVersion:
    return shaped(PolicyVersion, row, limits={key: str(each) for key, each in row.limits.items()})


def _preview(found: list[Tried]) -> PolicyPreview:
    count = {each: sum(tried.outcome is each for tried in found) for each in Outcome}
    changed = [each for each in found if each.outcome is not Outcome.UNCHANGED]
    changed.sort(key=lambda each: each.outcome is Outcome.UNKNOWN)
    return PolicyPreview(
        entries=len(found),
        smaller=count[Outcome.SMALLER],
        denied=count[Outcome.DENIED],
        larger=count[Outcome.LARGER],
        unchanged=count[Outcome.UNCHANGED],
        unknown=count[Outcome.UNKNOWN],
        examples=[_example(each) for each in changed[:_MOST_EXAMPLES]],
    )


def _example(found: Tried) -> PreviewExample:
    asked = found.entry.metadata.get("asked") or {}
    return PreviewExample.model_validate(
        {
            "invocation_id": found.entry.invocation_id,
            "tool_call_id": found.entry.tool_call_id,
            "at": found.entry.at,
            "symbol": asked.get("symbol"),
            "side": asked.get("side"),
            "outcome": found.outcome.value,
            "allowed": found.allowed,
            "would": found.would,
            "rule": found.rule,
            "reason": found.reason,
        }
    )
