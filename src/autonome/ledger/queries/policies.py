"""Limits of arms' own, and the entries that were judged."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Text, func, select, type_coerce

from autonome.domain.choices import ToolCallType
from autonome.domain.value import value
from autonome.ledger.queries.query import Query, rows_where, to
from autonome.ledger.rows import ArmPolicy
from autonome.ledger.tables import arm_policies, invocations, judgements, tool_calls

__all__ = [
    "MOST_DECISIONS",
    "JudgedEntry",
    "judged_entries",
    "newest_policies",
    "policy_versions",
]

MOST_DECISIONS: Final = 10_000
"""Of one arm, among which its entries are looked for: five weeks of ticks every five minutes."""
_ENTRY: Final = '%"action":"create_position"%'


@value
class JudgedEntry:
    """A tool call that asked for a position, and what the policy was asked about it."""

    tool_call_id: str
    invocation_id: str
    at: datetime
    metadata: Mapping[str, Any]
    """What was asked, and what the policy made of it."""
    request: Mapping[str, Any] | None
    """``None`` where nobody wrote it down."""
    standing: Mapping[str, Any] | None


def policy_versions(model_id: str, *, limit: int) -> Query[ArmPolicy]:
    """Return the limits that an arm was given, newest first."""
    statement = (
        select(arm_policies)
        .where(arm_policies.c.model_id == model_id)
        .order_by(arm_policies.c.version.desc())
        .limit(limit)
    )
    return Query(statement, to(ArmPolicy))


def newest_policies() -> Query[ArmPolicy]:
    """Return the limits in force of every arm that was given any."""
    newest = (
        select(arm_policies.c.model_id, func.max(arm_policies.c.version).label("version"))
        .group_by(arm_policies.c.model_id)
        .subquery("newest")
    )
    return rows_where(
        ArmPolicy,
        arm_policies.c.version
        == select(newest.c.version)
        .where(newest.c.model_id == arm_policies.c.model_id)
        .scalar_subquery(),
    )


def judged_entries(
    model_id: str, *, limit: int, most_decisions: int = MOST_DECISIONS
) -> Query[JudgedEntry]:
    """Return the newest tool calls of an arm that asked for a position, newest first.

    They are looked for in its newest ``most_decisions``: who seldom trades may have none there,
    and no answer takes longer the longer an arena runs.
    """
    newest = (
        select(invocations.c.id, invocations.c.created_at)
        .where(invocations.c.model_id == model_id)
        .order_by(invocations.c.created_at.desc())
        .limit(most_decisions)
        .subquery("newest")
    )
    text = type_coerce(tool_calls.c.metadata, Text)
    statement = (
        select(
            tool_calls.c.id,
            tool_calls.c.invocation_id,
            tool_calls.c.created_at,
            tool_calls.c.metadata,
            judgements.c.request,
            judgements.c.standing,
        )
        .select_from(
            newest.join(tool_calls, tool_calls.c.invocation_id == newest.c.id).outerjoin(
                judgements, judgements.c.tool_call_id == tool_calls.c.id
            )
        )
        .where(
            tool_calls.c.tool_call_type == ToolCallType.CREATE_POSITION,
            text.like(_ENTRY),
            text.not_like('%"unusable":%'),
        )
        .order_by(newest.c.created_at.desc(), tool_calls.c.created_at.desc(), tool_calls.c.id)
        .limit(limit)
    )
    return Query(statement, to(JudgedEntry))
