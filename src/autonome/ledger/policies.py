"""The policy of an arm as it is in force: that of its name, with limits of its own."""

from __future__ import annotations

from autonome.domain.choices import ArmKind, PolicyName
from autonome.domain.errors import InvariantBroken
from autonome.domain.policy import LimitRefused, Policy, policy_for, revised
from autonome.ledger.rows import ArmPolicy

__all__ = ["played_by", "policy_in_force"]


def played_by(kind: ArmKind, variant: str) -> str | None:
    """Return the variant whose limits an arm has; what is no variant's own agent has none's."""
    return None if kind is ArmKind.EXTERNAL else variant


def policy_in_force(name: PolicyName, variant: str | None, own: ArmPolicy | None) -> Policy:
    """Return the policy of an arm; ``own`` are the newest limits that it was given.

    Raises:
        InvariantBroken: they are none that it could have been given.
    """
    policy = policy_for(name, variant)
    if own is None or own.version == 1:
        return policy
    found = revised(policy, own.limits, revision=own.version)
    if isinstance(found, LimitRefused):
        raise InvariantBroken(f"version {own.version} of {own.model_id}: {found.reason}")
    return found
