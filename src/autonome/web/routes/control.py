"""What operators ask of an arena: written down here, carried out by whoever leads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from autonome.domain.value import changed
from autonome.ledger.queries.control import (
    LoggedEntry,
    command_of,
    control_page,
    known_models,
    open_order,
)
from autonome.ledger.queries.pages import Page
from autonome.ledger.queries.presence import arena_presence
from autonome.ledger.reader import Reader, Rows
from autonome.ledger.rows import Command, CommandKind
from autonome.web.asked import AskedOf, ListOf, items_of, missing
from autonome.web.commanding import Commands, shown
from autonome.web.errors import ApiError
from autonome.web.exports import EXPORTED
from autonome.web.parameters import Filtered, Paged, RowId
from autonome.web.payloads.control import (
    ArmsAsked,
    CommandShown,
    ControlEntry,
    PlanAsked,
    ReasonAsked,
)
from autonome.web.payloads.figures import Items, plain_object, shaped
from autonome.web.routes.refs import ref

__all__ = [
    "change_plan",
    "close_position",
    "disable_arm",
    "enable_arm",
    "flatten",
    "get_command",
    "halt",
    "list_control_log",
    "resume",
    "router",
]

router = APIRouter(tags=["control"])
LogText = Annotated[str | None, Query(max_length=200)]


@router.get("/control/log", response_model=Items[ControlEntry], responses=EXPORTED)
async def list_control_log(
    asked: ListOf, filters: Filtered, page: Paged, who: LogText = None, what: LogText = None
) -> Response:
    """List every act of control, newest first."""

    async def make(rows: Rows, page: Page) -> Items[ControlEntry]:
        return await items_of(
            rows,
            await rows.all(control_page(page, filters, who=who, what=what)),
            _logged,
            page=page,
            place=lambda each: (each.entry.at, each.entry.id),
        )

    return await asked.listed(ControlEntry, make, page)


@router.get("/control/commands/{id}", response_model=CommandShown)
async def get_command(asked: AskedOf, id: RowId) -> Response:  # noqa: A002
    """Return what came of a command."""
    async with (await asked.reader()).at_once() as rows:
        command = await rows.one(command_of(id))
        presence = await rows.one(arena_presence())
    if command is None:
        raise missing("a command", id, code="unknown-command", where="/api/v1/control/log")
    assert presence is not None
    return await asked.answer_now(shown(command, is_run=presence.is_run))


@router.post("/control/halt", status_code=202, response_model=CommandShown)
async def halt(by: Commands, body: ArmsAsked) -> Response:
    """Let arms take no new risk; exits of what is open go on."""
    return await _of_arms(by, CommandKind.HALT, body)


@router.post("/control/resume", status_code=202, response_model=CommandShown)
async def resume(by: Commands, body: ArmsAsked) -> Response:
    """Take halts back."""
    return await _of_arms(by, CommandKind.RESUME, body)


@router.post("/control/flatten", status_code=202, response_model=CommandShown)
async def flatten(by: Commands, body: ArmsAsked) -> Response:
    """Halt arms, and close all that they hold at the market."""
    return await _of_arms(by, CommandKind.FLATTEN, body)


@router.post("/arms/{id}/enable", status_code=202, response_model=CommandShown)
async def enable_arm(by: Commands, id: RowId, body: ReasonAsked) -> Response:  # noqa: A002
    """Ask an arm again."""
    whom = ArmsAsked(models=(id,), reason=body.reason)
    return await _of_arms(by, CommandKind.ENABLE, whom)


@router.post("/arms/{id}/disable", status_code=202, response_model=CommandShown)
async def disable_arm(by: Commands, id: RowId, body: ReasonAsked) -> Response:  # noqa: A002
    """Ask an arm nothing more; exits of what it holds go on."""
    whom = ArmsAsked(models=(id,), reason=body.reason)
    return await _of_arms(by, CommandKind.DISABLE, whom)


@router.post("/positions/{id}/close", status_code=202, response_model=CommandShown)
async def close_position(by: Commands, id: RowId, body: ReasonAsked) -> Response:  # noqa: A002
    """Close a position at the market; its trade has the trigger MANUAL."""
    return await _of_position(by, CommandKind.CLOSE, id, body.reason)


@router.patch("/positions/{id}/plan", status_code=202, response_model=CommandShown)
async def change_plan(by: Commands, id: RowId, body: PlanAsked) -> Response:  # noqa: A002
    """Change the exit plan of a position, under the rules that a model's own change is under."""
    if not body.update:
        raise ApiError(
            400,
            "bad-request",
            "expected something of the plan to change, found only a reason.",
            remedy="Send stop, target, invalidation, invalidationPrice or timeExit.",
        )
    return await _of_position(by, CommandKind.EDIT_PLAN, id, body.reason, body.update)


async def _of_arms(by: Commands, kind: CommandKind, body: ArmsAsked) -> Response:
    models = tuple(sorted(set(body.models)))
    command = by.command(kind, body.reason)
    if len(models) == 1:
        command = changed(command, model_id=models[0])
    elif models:
        command = changed(command, payload={"models": list(models)})

    async def checked(reader: Reader) -> Command:
        unknown = sorted(set(models) - set(await reader.all(known_models(models))))
        if unknown:
            raise missing(
                "an arm", unknown[0], code="unknown-model", where="/api/v1/arms", field="models"
            )
        return command

    return await by.once(command, checked)


async def _of_position(
    by: Commands,
    kind: CommandKind,
    order_id: str,
    reason: str,
    update: Mapping[str, object] | None = None,
) -> Response:
    payload: dict[str, object] = {"orderId": order_id}
    if update is not None:
        payload["update"] = update
    command = by.command(kind, reason, payload=payload)

    async def checked(reader: Reader) -> Command:
        order = await reader.one(open_order(order_id))
        if order is None:
            raise missing(
                "an open position", order_id, code="unknown-position", where="/api/v1/positions"
            )
        found = {**payload, "symbol": order.symbol}
        return changed(command, model_id=order.model_id, payload=found)

    return await by.once(command, checked)


def _logged(found: LoggedEntry) -> ControlEntry:
    return shaped(
        ControlEntry,
        found.entry,
        arm=None if found.arm is None else ref(found.arm),
        before=plain_object(found.entry.before),
        after=plain_object(found.entry.after),
        done_at=found.done_at,
        outcome=found.outcome,
    )
