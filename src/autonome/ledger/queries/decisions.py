"""What models decided: each tool call with the invocation in which it was made, newest first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Text, select, type_coerce

from autonome.domain.choices import ToolCallType
from autonome.ledger.queries.query import Query, to
from autonome.ledger.tables import invocations, models, tool_calls
from autonome.ledger.types import json_loads

__all__ = ["Decision", "newest_decisions"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One tool call of an invocation; an invocation without any is one decision without."""

    invocation_id: str
    decided_at: datetime
    model: str
    """Display name."""
    response: str
    tool_call_id: str | None
    tool_call_type: ToolCallType | None
    metadata_text: str | None
    """As stored."""

    @property
    def metadata(self) -> Mapping[str, object] | str | None:
        """Return what was asked and what became of it; a text that is no JSON object as it is."""
        if self.metadata_text is None:
            return None
        try:
            stored = json_loads(self.metadata_text)
        except ValueError:
            return self.metadata_text
        return stored if isinstance(stored, dict) else self.metadata_text


def newest_decisions(*, limit: int, model: str | None = None) -> Query[Decision]:
    """Return the tool calls of the newest ``limit`` invocations, of models of one name or all."""
    newest = (
        select(
            invocations.c.id,
            invocations.c.created_at,
            models.c.name,
            invocations.c.response,
        )
        .select_from(invocations.join(models))
        .order_by(invocations.c.created_at.desc(), invocations.c.id)
        .limit(limit)
    )
    if model is not None:
        newest = newest.where(models.c.name == model)
    shown = newest.subquery("shown")
    # A foreign client may have stored anything: it is read as text, however the table reads it.
    metadata_text = type_coerce(tool_calls.c.metadata, Text)
    statement = (
        select(*shown.c, tool_calls.c.id, tool_calls.c.tool_call_type, metadata_text)
        .select_from(shown.outerjoin(tool_calls, tool_calls.c.invocation_id == shown.c.id))
        .order_by(shown.c.created_at.desc(), shown.c.id, tool_calls.c.created_at, tool_calls.c.id)
    )
    return Query(statement, to(Decision))
