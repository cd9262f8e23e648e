"""What went wrong or was refused, of all kinds in one list: a page of it, and how many."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    Text,
    cast,
    func,
    literal,
    literal_column,
    null,
    select,
    type_coerce,
    union_all,
)

from autonome.domain.choices import IntentState
from autonome.ledger.queries.pages import ARM, Filters, OfArm, Page, matching, of_arm, paged
from autonome.ledger.queries.query import Query, to
from autonome.ledger.queries.turn_states import ended_as
from autonome.ledger.tables import arms, intents, invocations, models, tool_calls

__all__ = ["Mishap", "MishapCount", "MishapKind", "mishap_counts", "mishaps"]


class MishapKind(Enum):
    """What may go wrong."""

    MISSED = "MISSED"
    """The model was not asked."""
    FAILED = "FAILED"
    """A turn that did not come to its own end."""
    DENIED = "DENIED"
    """Our policy refused."""
    UNUSABLE = "UNUSABLE"
    """Arguments that could not be used."""
    REJECTED = "REJECTED"
    """The venue refused."""
    HALTED = "HALTED"
    """The arm takes no new risk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mishap:
    """One of them."""

    id: str
    at: datetime
    kind: MishapKind
    words: str
    """Why; of DENIED and UNUSABLE the tool call's metadata, as stored."""
    invocation_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MishapCount:
    """How many there are of one kind."""

    kind: MishapKind
    count: int


def mishaps(
    page: Page, filters: Filters, kinds: tuple[MishapKind, ...] = ()
) -> Query[OfArm[Mishap]]:
    """Return one page, the newest first, and one row more; ``kinds`` are all unless named."""
    found = _all(kinds).subquery("found")
    statement = (
        select(*ARM, found.c.id, found.c.at, found.c.kind, found.c.words, found.c.invocation_id)
        .select_from(_of_arms(found))
        .where(*matching(filters, at=found.c.at))
    )
    statement = paged(statement, page, at=found.c.at, row_id=found.c.id)
    read = to(Mishap)

    def typed(row: Any) -> Mishap:
        row_id, at, kind, words, invocation_id = tuple[Any, ...](row)
        return read((row_id, at, MishapKind(kind), words or "", invocation_id))  # type: ignore[arg-type]

    return Query(statement, of_arm(typed))


def mishap_counts(filters: Filters, kinds: tuple[MishapKind, ...] = ()) -> Query[MishapCount]:
    """Return how many of each kind a filter leaves in."""
    found = _all(kinds).subquery("found")
    statement = (
        select(found.c.kind, func.count())
        .select_from(_of_arms(found))
        .where(*matching(filters, at=found.c.at))
        .group_by(found.c.kind)
    )

    def read(row: Any) -> MishapCount:
        return MishapCount(kind=MishapKind(row[0]), count=row[1])

    return Query(statement, read)


def _of_arms(found: Any) -> Any:
    return found.join(models, models.c.id == found.c.model_id).join(
        arms, arms.c.model_id == models.c.id
    )


def _all(kinds: tuple[MishapKind, ...]) -> CompoundSelect[Any]:
    parts = {
        MishapKind.MISSED: _turns(MishapKind.MISSED, ["reason"]),
        MishapKind.FAILED: _turns(MishapKind.FAILED, ["failure", "words"]),
        MishapKind.DENIED: _calls(MishapKind.DENIED, "denied"),
        MishapKind.UNUSABLE: _calls(MishapKind.UNUSABLE, "unusable"),
        MishapKind.REJECTED: _rejected(),
        MishapKind.HALTED: _halted(),
    }
    return union_all(*(parts[kind] for kind in kinds or MishapKind))


def _turns(kind: MishapKind, words: list[str]) -> Select[Any]:
    payload = invocations.c.response_payload
    return _part(
        invocations.c.id,
        invocations.c.created_at,
        kind,
        func.jsonb_extract_path_text(payload, *words),
        invocations.c.id,
        invocations.c.model_id,
    ).where(ended_as(kind.value))


def _calls(kind: MishapKind, key: str) -> Select[Any]:
    # Text that another client wrote need not be JSON: what is there is looked for as text.
    metadata = type_coerce(tool_calls.c.metadata, Text)
    # Said without parameters: only so is it known that the index of such calls has all of them.
    pattern: ColumnElement[str] = literal_column(f"""'%"{key}":%'""")
    return (
        _part(
            tool_calls.c.id,
            tool_calls.c.created_at,
            kind,
            metadata,
            tool_calls.c.invocation_id,
            invocations.c.model_id,
        )
        .select_from(tool_calls.join(invocations))
        .where(metadata.like(pattern))
    )


def _rejected() -> Select[Any]:
    return (
        _part(
            intents.c.id,
            intents.c.updated_at,
            MishapKind.REJECTED,
            intents.c.reason,
            tool_calls.c.invocation_id,
            intents.c.model_id,
        )
        .select_from(intents.outerjoin(tool_calls, tool_calls.c.id == intents.c.tool_call_id))
        .where(intents.c.state == IntentState.REJECTED)
    )


def _halted() -> Select[Any]:
    return _part(
        arms.c.model_id,
        arms.c.updated_at,
        MishapKind.HALTED,
        arms.c.halted_reason,
        cast(null(), Text),
        arms.c.model_id,
    ).where(arms.c.halted_reason.is_not(None))


def _part(
    row_id: ColumnElement[str],
    at: ColumnElement[datetime],
    kind: MishapKind,
    words: ColumnElement[Any],
    invocation_id: ColumnElement[Any],
    model_id: ColumnElement[str],
) -> Select[Any]:
    return select(
        row_id.label("id"),
        at.label("at"),
        literal(kind.value).label("kind"),
        words.label("words"),
        invocation_id.label("invocation_id"),
        model_id.label("model_id"),
    )
