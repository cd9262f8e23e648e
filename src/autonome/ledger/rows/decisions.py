"""Rows of ``"Cycles"``, ``"Invocations"`` and ``"ToolCalls"``: what was seen, said and asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from autonome.domain.choices import ToolCallType
from autonome.domain.value import field, value
from autonome.ledger.rows.ids import new_id

__all__ = ["Cycle", "Invocation", "ToolCall"]


@value
class Cycle:
    """One tick of the arena's clock; ``scheduled_at`` is unique."""

    id: str = field(default_factory=new_id)
    scheduled_at: datetime
    started_at: datetime
    finished_at: datetime | None = None
    observation_hash: str | None = None
    recipe: Mapping[str, object] | None = None
    """How to build the observation again: feed, last bar of each symbol, builder version."""
    observation: Mapping[str, object] | None = None
    """The whole observation, where a model or outside agent saw it."""


@value
class Invocation:
    """One decision of one model, with its raw response."""

    id: str = field(default_factory=new_id)
    model_id: str
    response: str
    response_payload: Mapping[str, object] | None = None
    created_at: datetime
    updated_at: datetime


@value
class ToolCall:
    """One action that a model asked for in an invocation."""

    id: str = field(default_factory=new_id)
    invocation_id: str
    tool_call_type: ToolCallType
    metadata: Mapping[str, object]
    """What was asked, what the policy made of it, what filled; stored as JSON text."""
    created_at: datetime
    updated_at: datetime
