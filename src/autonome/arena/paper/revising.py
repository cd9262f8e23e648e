"""Limits that an operator gives an arm: each change is a new version, and nobody loses one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from autonome.arena.paper.running_arm import RunningArm
from autonome.domain.policy import LimitRefused, Policy, limits_of, revised
from autonome.ledger.rows import ArmPolicy, Command

__all__ = ["revise"]

_BEGAN: Final = "as the arm began"


def revise(arm: RunningArm, command: Command, *, at: datetime) -> str:
    """Give an arm the limits of a command from its next decision on; return what came of it.

    Done again, it changes nothing: the version that it made is known by the command.
    """
    entrant, payload = arm.entrant, dict(command.payload or {})
    own, policy = entrant.own, entrant.policy
    if own is not None and own.command_id == command.id:
        return f"version {own.version} is in force"
    expected, asked = payload.get("expectedVersion"), payload.get("limits")
    if expected != policy.revision:
        return f"nothing done: expected version {expected}, found {policy.revision} in force"
    limits: Mapping[str, Any] = asked if isinstance(asked, Mapping) else {}
    found = revised(policy, limits, revision=policy.revision + 1)
    if isinstance(found, LimitRefused):
        return f"nothing done: {found.key}: {found.reason}"
    newest = ArmPolicy(
        model_id=entrant.model.id,
        version=found.revision,
        name=found.name.value,
        limits=limits_of(found),
        at=at,
        who=command.requested_by,
        reason=command.reason,
        command_id=command.id,
    )
    first = () if own is not None else (_first(arm, policy),)
    arm.amend(replace(entrant, policy=found, own=newest), policies=(*first, newest))
    return f"version {found.revision} is in force"


def _first(arm: RunningArm, policy: Policy) -> ArmPolicy:
    """Return what the arm began with, as it is kept once something else comes after it."""
    return ArmPolicy(
        model_id=arm.entrant.model.id,
        version=policy.revision,
        name=policy.name.value,
        limits=limits_of(policy),
        at=arm.entrant.arm.created_at,
        who="system",
        reason=_BEGAN,
    )
