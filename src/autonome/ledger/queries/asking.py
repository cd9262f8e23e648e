"""What arms asked for: every tool call, with what a model was refused while it was thinking."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import func, literal_column, select
from sqlalchemy.dialects.postgresql import JSONB

from autonome.domain.choices import ArmKind
from autonome.domain.value import value
from autonome.ledger.queries.query import Query, to
from autonome.ledger.tables import arms, invocations, tool_calls

__all__ = ["AskedCall", "asked_calls"]

_REFUSED: Final = "'$.decisions[*].denied'"
"""The JSON path of what a model was refused while it was thinking; null where it was not."""


@value
class AskedCall:
    """One tool call of an arm."""

    id: str
    invocation_id: str
    model_id: str
    at: datetime
    """When it was decided."""
    metadata: Mapping[str, object]
    """What was asked, and what became of it."""
    refused: Sequence[object] | None
    """Of a model's invocation: for each call that could be executed, in their order, the refusal
    that the model was told of while it was thinking, ``None`` for none."""


def asked_calls(kinds: Collection[ArmKind]) -> Query[AskedCall]:
    """Return every tool call of arms of these kinds, by model and in the order of time."""
    statement = (
        select(
            tool_calls.c.id,
            tool_calls.c.invocation_id,
            invocations.c.model_id,
            tool_calls.c.created_at,
            tool_calls.c.metadata,
            func.jsonb_path_query_array(
                invocations.c.response_payload, literal_column(_REFUSED), type_=JSONB
            ),
        )
        .select_from(
            tool_calls.join(invocations).join(arms, arms.c.model_id == invocations.c.model_id)
        )
        .where(arms.c.kind.in_(kinds))
        .order_by(
            invocations.c.model_id,
            tool_calls.c.created_at,
            invocations.c.created_at,
            tool_calls.c.invocation_id,
            tool_calls.c.id,
        )
    )
    return Query(statement, to(AskedCall))
