"""Decisions: invocations with their calls, prompts and payloads on demand, cycles."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from autonome.ledger.queries.cycle_pages import (
    AskedAt,
    ListedCycle,
    asked_at,
    cycle_page,
    observation_text,
)
from autonome.ledger.queries.invocation_pages import (
    ListedInvocation,
    Words,
    calls_of,
    cycle_at,
    fills_for,
    intents_for,
    invocation_page,
    messages_of,
    neighbours_of,
    payload_text,
    payments_at,
    traded_by,
)
from autonome.ledger.queries.pages import Filters, OfArm, Page
from autonome.ledger.reader import Rows
from autonome.web.asked import AskedOf, ListOf, items_of, missing
from autonome.web.exports import EXPORTED
from autonome.web.parameters import Filtered, Paged, RowId, SpanOption
from autonome.web.payloads import trading
from autonome.web.payloads.decisions import (
    Call,
    Cycle,
    CycleRef,
    Invocation,
    InvocationSummary,
    Message,
    Prompt,
)
from autonome.web.payloads.figures import Items, plain_object, shaped
from autonome.web.routes.calls import calls_by_invocation
from autonome.web.routes.refs import ref, row_of
from autonome.web.routes.turns import detailed, summary
from autonome.web.visitor import require_prompts

__all__ = [
    "get_cycle",
    "get_invocation",
    "get_invocation_payload",
    "get_invocation_prompt",
    "get_observation",
    "list_cycles",
    "list_invocations",
    "router",
    "shown_prompt",
]

router = APIRouter(tags=["decisions"])
_ONE: Final = Page(limit=1)
_INVOCATIONS: Final = "/api/v1/invocations"
StateOption = Annotated[
    Literal["RUNNING", "COMPLETED", "FAILED", "MISSED"] | None,
    Query(description="State of the invocation."),
]


@router.get("/invocations", response_model=Items[InvocationSummary], responses=EXPORTED)
async def list_invocations(
    asked: ListOf, filters: Filtered, page: Paged, status: StateOption = None
) -> Response:
    """List decisions with their tool calls, newest first."""

    async def make(rows: Rows, page: Page) -> Items[InvocationSummary]:
        found = await rows.all(invocation_page(page, filters, state=status))
        calls = await _calls(rows, found[: page.limit])
        return await items_of(
            rows,
            found,
            lambda each: InvocationSummary.model_construct(
                arm=ref(each.arm), calls=calls.get(each.row.id, []), **summary(each.row)
            ),
            page=page,
            place=lambda each: (each.row.at, each.row.id),
        )

    return await asked.listed(InvocationSummary, make, page)


async def _calls(rows: Rows, found: Sequence[OfArm[ListedInvocation]]) -> dict[str, list[Call]]:
    ids = [each.row.id for each in found]
    if not ids:
        return {}
    return calls_by_invocation(await rows.all(calls_of(ids)), await rows.all(traded_by(ids)))


@router.get("/invocations/{id}", response_model=Invocation)
async def get_invocation(asked: AskedOf, id: RowId) -> Response:  # noqa: A002
    """Return one decision and the whole chain behind it."""

    async def make(rows: Rows) -> Invocation:
        found = await rows.one(invocation_page(_ONE, Filters(), invocation_id=id))
        if found is None:
            raise missing("an invocation", id, code="unknown-invocation", where=_INVOCATIONS)
        calls = await _calls(rows, [found])
        return await _whole(rows, found, calls.get(id, []))

    return await asked.answer(make)


async def _whole(rows: Rows, found: OfArm[ListedInvocation], calls: list[Call]) -> Invocation:
    row, arm = found.row, found.arm
    cycle = await rows.one(cycle_at(row.at))
    said = await rows.one(messages_of(row.id))
    near = await rows.one(neighbours_of(arm.id, row.at, row.id))
    finished = await rows.all(payments_at(arm.id, row.updated_at))
    return Invocation.model_construct(
        arm=ref(arm),
        calls=calls,
        **summary(row),
        **detailed(row, None if said is None else said.messages),
        cycle=None if cycle is None else shaped(CycleRef, cycle, recipe=plain_object(cycle.recipe)),
        intents=[
            row_of(trading.Intent, OfArm(arm=arm, row=each))
            for each in await rows.all(intents_for(row.id))
        ],
        fills=[
            row_of(trading.Fill, OfArm(arm=arm, row=each))
            for each in await rows.all(fills_for(row.id))
        ],
        payments=[row_of(trading.Payment, OfArm(arm=arm, row=each)) for each in finished],
        previous_id=None if near is None else near.previous_id,
        next_id=None if near is None else near.next_id,
    )


@router.get("/invocations/{id}/prompt", response_model=Prompt)
async def get_invocation_prompt(asked: AskedOf, id: RowId) -> Response:  # noqa: A002
    """Return what the model was sent in a decision, and what it said."""
    require_prompts(asked.visitor)

    async def make(rows: Rows) -> Prompt:
        found = await rows.one(messages_of(id))
        if found is None:
            raise missing("an invocation", id, code="unknown-invocation", where=_INVOCATIONS)
        return shown_prompt(found)

    return await asked.answer(make, is_secret=True)


@router.get("/invocations/{id}/payload", response_model=dict[str, object])
async def get_invocation_payload(asked: AskedOf, id: RowId) -> Response:  # noqa: A002
    """Return the whole record of a decision as it is stored, numbers included."""
    require_prompts(asked.visitor)
    text = await (await asked.reader()).one(payload_text(id))
    if text is None:
        raise missing("an invocation with a payload", id, code="no-payload", where=_INVOCATIONS)
    return await asked.answer_now(text.encode(), is_secret=True)


def shown_prompt(found: Words) -> Prompt:
    """Return what was sent and said, part by part."""
    messages = found.messages if isinstance(found.messages, list) else []
    return Prompt(
        invocation_id=found.invocation_id,
        at=found.at,
        messages=[
            Message(role=str(each.get("role", "")), text=str(each.get("content") or ""))
            for each in messages
            if isinstance(each, dict)
        ],
    )


@router.get("/cycles", response_model=Items[Cycle], responses=EXPORTED)
async def list_cycles(asked: ListOf, page: Paged, span: SpanOption) -> Response:
    """List the ticks of the arena's clock, newest first."""

    async def make(rows: Rows, page: Page) -> Items[Cycle]:
        found = await rows.all(cycle_page(page, start=span.start, end=span.end))
        counts = await _counts(rows, found)
        return await items_of(
            rows,
            found,
            lambda each: _cycle(each, counts.get(each.scheduled_at)),
            page=page,
            place=lambda each: (each.scheduled_at, each.id),
        )

    return await asked.listed(Cycle, make, page)


@router.get("/cycles/{id}", response_model=Cycle)
async def get_cycle(asked: AskedOf, id: RowId) -> Response:  # noqa: A002
    """Return one tick."""

    async def make(rows: Rows) -> Cycle:
        found = await rows.one(cycle_page(_ONE, cycle_id=id))
        if found is None:
            raise missing("a cycle", id, code="unknown-cycle", where="/api/v1/cycles")
        return _cycle(found, (await _counts(rows, [found])).get(found.scheduled_at))

    return await asked.answer(make)


async def _counts(rows: Rows, found: Sequence[ListedCycle]) -> dict[datetime, AskedAt]:
    instants = [each.scheduled_at for each in found]
    return {each.at: each for each in await rows.all(asked_at(instants))} if instants else {}


def _cycle(found: ListedCycle, counted: AskedAt | None) -> Cycle:
    return shaped(
        Cycle,
        found,
        recipe=plain_object(found.recipe),
        asked=0 if counted is None else counted.asked,
        missed=0 if counted is None else counted.missed,
    )


@router.get("/cycles/{id}/observation", response_model=dict[str, object])
async def get_observation(asked: AskedOf, id: RowId) -> Response:  # noqa: A002
    """Return all that a cycle's models saw of the market, as it is stored."""
    require_prompts(asked.visitor)
    text = await (await asked.reader()).one(observation_text(id))
    if text is None:
        raise missing(
            "a cycle with an observation", id, code="no-observation", where="/api/v1/cycles"
        )
    return await asked.answer_now(text.encode(), is_secret=True)
