"""Invocations as they are looked at: a page of them, their calls, and what came of those."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ARRAY, Row, Text, and_, cast, func, literal, or_, select, type_coerce
from sqlalchemy.dialects.postgresql import JSONB

from autonome.domain.choices import IntentState, PaymentKind, Side, ToolCallType
from autonome.ledger.queries.pages import ARM, Filters, OfArm, Page, matching, of_arm, paged
from autonome.ledger.queries.query import Query, to
from autonome.ledger.queries.turn_states import RARE_STATES, ended_as
from autonome.ledger.rows import Fill, Intent, Payment
from autonome.ledger.tables import (
    arms,
    cycles,
    fills,
    intents,
    invocations,
    models,
    payments,
    tool_calls,
)
from autonome.ledger.types import json_loads

__all__ = [
    "CycleOf",
    "ListedCall",
    "ListedInvocation",
    "Neighbours",
    "Traded",
    "Words",
    "calls_of",
    "cycle_at",
    "fills_for",
    "intents_for",
    "invocation_page",
    "last_prompt",
    "messages_of",
    "neighbours_of",
    "payload_text",
    "payments_at",
    "traded_by",
]

_LONGEST_RESPONSE: Final = 20_000
_LONG_PARTS: Final = ("messages", "decisions")
"""What a page of invocations can do without: whole prompts are in there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedInvocation:
    """An invocation without the longest parts of its payload."""

    id: str
    response: str
    record: Mapping[str, Any] | None
    """The payload without messages and decisions; ``None`` where there is none."""
    at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedCall:
    """A tool call, its metadata as far as it can be read."""

    id: str
    invocation_id: str
    type: ToolCallType
    metadata_text: str

    @property
    def metadata(self) -> Mapping[str, Any]:
        """Return what was asked and what became of it; words that are no object under ``text``."""
        try:
            stored = json_loads(self.metadata_text)
        except ValueError:
            stored = None
        return stored if isinstance(stored, dict) else {"text": self.metadata_text}


@dataclass(frozen=True, slots=True, kw_only=True)
class Traded:
    """The intent of a tool call, and one fill of it where there is any."""

    tool_call_id: str
    state: IntentState
    quantity: Any
    price: Any
    side: Side | None
    at: datetime | None
    order_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleOf:
    """The cycle at an instant."""

    id: str
    scheduled_at: datetime
    observation_hash: str | None
    recipe: Mapping[str, Any] | None
    has_observation: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """The decisions of the same model before and after one."""

    previous_id: str | None
    next_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a model was sent and said."""

    invocation_id: str
    at: datetime
    messages: Any


def invocation_page(
    page: Page, filters: Filters, *, state: str | None = None, invocation_id: str | None = None
) -> Query[OfArm[ListedInvocation]]:
    """Return one page of invocations, the newest first, and one row more; or one of them."""
    payload = invocations.c.response_payload
    conditions = matching(filters, at=invocations.c.created_at)
    if invocation_id is not None:
        conditions.append(invocations.c.id == invocation_id)
    if state in RARE_STATES:
        conditions.append(ended_as(state))
    elif state is not None:
        conditions.append(func.coalesce(payload["state"].astext, "COMPLETED") == state)
    short = payload.op("-", return_type=JSONB())(literal(list(_LONG_PARTS), ARRAY(Text)))
    statement = (
        select(
            *ARM,
            invocations.c.id,
            func.left(invocations.c.response, _LONGEST_RESPONSE),
            short,
            invocations.c.created_at,
            invocations.c.updated_at,
        )
        .select_from(
            invocations.join(models, models.c.id == invocations.c.model_id).join(
                arms, arms.c.model_id == models.c.id
            )
        )
        .where(*conditions)
    )
    statement = paged(statement, page, at=invocations.c.created_at, row_id=invocations.c.id)
    return Query(statement, of_arm(to(ListedInvocation)))


def calls_of(invocation_ids: Sequence[str]) -> Query[ListedCall]:
    """Return the tool calls of some invocations, in the order in which they were made."""
    # A foreign client may have stored anything: it is read as text, however the table reads it.
    metadata = type_coerce(tool_calls.c.metadata, Text)
    statement = (
        select(tool_calls.c.id, tool_calls.c.invocation_id, tool_calls.c.tool_call_type, metadata)
        .where(tool_calls.c.invocation_id.in_(invocation_ids))
        .order_by(tool_calls.c.created_at, tool_calls.c.id)
    )
    return Query(statement, to(ListedCall))


def traded_by(invocation_ids: Sequence[str]) -> Query[Traded]:
    """Return the intents of these invocations' calls, each with its fills, in order."""
    statement = (
        select(
            intents.c.tool_call_id,
            intents.c.state,
            fills.c.quantity,
            fills.c.price,
            fills.c.side,
            fills.c.filled_at,
            fills.c.order_id,
        )
        .select_from(
            tool_calls.join(intents, intents.c.tool_call_id == tool_calls.c.id).outerjoin(
                fills, fills.c.intent_id == intents.c.id
            )
        )
        .where(tool_calls.c.invocation_id.in_(invocation_ids))
        .order_by(intents.c.created_at, fills.c.filled_at, fills.c.part)
    )
    return Query(statement, to(Traded))


def cycle_at(at: datetime) -> Query[CycleOf]:
    """Return the last cycle at or before an instant: the one in which was decided then."""
    statement = (
        select(
            cycles.c.id,
            cycles.c.scheduled_at,
            cycles.c.observation_hash,
            cycles.c.recipe,
            cycles.c.observation.is_not(None),
        )
        .where(cycles.c.scheduled_at <= at)
        .order_by(cycles.c.scheduled_at.desc())
        .limit(1)
    )
    return Query(statement, to(CycleOf))


def intents_for(invocation_id: str) -> Query[Intent]:
    """Return what an invocation's calls sent, oldest first."""
    statement = (
        select(intents)
        .join(tool_calls, tool_calls.c.id == intents.c.tool_call_id)
        .where(tool_calls.c.invocation_id == invocation_id)
        .order_by(intents.c.created_at, intents.c.id)
    )
    return Query(statement, to(Intent))


def fills_for(invocation_id: str) -> Query[Fill]:
    """Return what traded for an invocation's calls, oldest first."""
    statement = (
        select(fills)
        .join(intents, intents.c.id == fills.c.intent_id)
        .join(tool_calls, tool_calls.c.id == intents.c.tool_call_id)
        .where(tool_calls.c.invocation_id == invocation_id)
        .order_by(fills.c.filled_at, fills.c.part, fills.c.id)
    )
    return Query(statement, to(Fill))


def payments_at(model_id: str, at: datetime) -> Query[Payment]:
    """Return what inference cost a model at the instant at which a turn was booked."""
    statement = select(payments).where(
        payments.c.model_id == model_id,
        payments.c.occurred_at == at,
        payments.c.kind == PaymentKind.INFERENCE,
    )
    return Query(statement, to(Payment))


def neighbours_of(model_id: str, at: datetime, invocation_id: str) -> Query[Neighbours]:
    """Return the decisions before and after one, of its model."""
    created, row_id = invocations.c.created_at, invocations.c.id
    own = select(row_id).where(invocations.c.model_id == model_id)
    before = or_(created < at, and_(created == at, row_id < invocation_id))
    after = or_(created > at, and_(created == at, row_id > invocation_id))
    statement = select(
        own.where(before).order_by(created.desc(), row_id.desc()).limit(1).scalar_subquery(),
        own.where(after).order_by(created, row_id).limit(1).scalar_subquery(),
    )
    return Query(statement, to(Neighbours))


def messages_of(invocation_id: str) -> Query[Words]:
    """Return what was sent and said in one invocation."""
    return Query(_messages().where(invocations.c.id == invocation_id), to(Words))


def last_prompt(model_id: str) -> Query[Words]:
    """Return what a model was sent when it answered last."""
    payload = invocations.c.response_payload
    statement = (
        _messages()
        .where(
            invocations.c.model_id == model_id,
            func.jsonb_typeof(payload["messages"]) == "array",
            func.jsonb_array_length(payload["messages"]) > 0,
        )
        .order_by(invocations.c.created_at.desc(), invocations.c.id.desc())
        .limit(1)
    )
    return Query(statement, to(Words))


def _messages() -> Any:
    payload = invocations.c.response_payload
    return select(invocations.c.id, invocations.c.created_at, payload["messages"])


def payload_text(invocation_id: str) -> Query[str | None]:
    """Return the whole payload as the text that is stored."""
    payload = cast(invocations.c.response_payload, Text)
    return Query(select(payload).where(invocations.c.id == invocation_id), _first)


def _first(row: Row[Any]) -> Any:
    return row[0]
