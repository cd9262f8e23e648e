"""Cycles as they are looked at: a page of them, with who was asked and who was missed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Text, cast, func, select, true

from autonome.ledger.queries.pages import Page, paged
from autonome.ledger.queries.query import Query, to
from autonome.ledger.tables import arms, cycles, invocations

__all__ = [
    "AskedAt",
    "CycleCount",
    "ListedCycle",
    "asked_at",
    "cycle_count",
    "cycle_page",
    "newest_instants",
    "observation_text",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedCycle:
    """A cycle without its observation."""

    id: str
    scheduled_at: datetime
    started_at: datetime
    finished_at: datetime | None
    observation_hash: str | None
    recipe: Mapping[str, Any] | None
    has_observation: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedAt:
    """How many decisions are on record for an instant."""

    at: datetime
    asked: int
    missed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleCount:
    """How many cycles there are."""

    number: int


def cycle_page(
    page: Page,
    *,
    start: datetime | None = None,
    end: datetime | None = None,
    cycle_id: str | None = None,
) -> Query[ListedCycle]:
    """Return one page of cycles, the newest first, and one row more; or one of them."""
    scheduled = cycles.c.scheduled_at
    statement = select(
        cycles.c.id,
        scheduled,
        cycles.c.started_at,
        cycles.c.finished_at,
        cycles.c.observation_hash,
        cycles.c.recipe,
        cycles.c.observation.is_not(None),
    )
    if start is not None:
        statement = statement.where(scheduled >= start)
    if end is not None:
        statement = statement.where(scheduled < end)
    if cycle_id is not None:
        statement = statement.where(cycles.c.id == cycle_id)
    return Query(paged(statement, page, at=scheduled, row_id=cycles.c.id), to(ListedCycle))


def asked_at(instants: Sequence[datetime]) -> Query[AskedAt]:
    """Return the decisions at these instants, all arms together."""
    made = (
        select(
            invocations.c.created_at,
            invocations.c.response_payload["state"].astext.label("state"),
        )
        .where(
            invocations.c.model_id == arms.c.model_id,
            invocations.c.created_at >= min(instants),
            invocations.c.created_at <= max(instants),
            invocations.c.created_at.in_(instants),
        )
        .lateral("made")
    )
    was_missed = func.coalesce(made.c.state, "") == "MISSED"
    statement = (
        select(
            made.c.created_at,
            func.count().filter(~was_missed),
            func.count().filter(was_missed),
        )
        .select_from(arms.join(made, true()))
        .group_by(made.c.created_at)
    )
    return Query(statement, to(AskedAt))


def cycle_count() -> Query[CycleCount]:
    """Return how many cycles there are."""
    return Query(select(func.count()).select_from(cycles), to(CycleCount))


def newest_instants(*, limit: int) -> Query[datetime]:
    """Return when the newest cycles were, newest first."""
    scheduled = cycles.c.scheduled_at
    return Query(select(scheduled).order_by(scheduled.desc()).limit(limit), _first)


def observation_text(cycle_id: str) -> Query[str | None]:
    """Return a cycle's observation as the text that is stored."""
    return Query(select(cast(cycles.c.observation, Text)).where(cycles.c.id == cycle_id), _first)


def _first(row: Row[Any]) -> Any:
    return row[0]
