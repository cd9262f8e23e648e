"""What operators ask of an arena: written down here, carried out by whoever leads it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Final

from fastapi import APIRouter, Header, Query
from starlette.responses import Response

from autonome.domain.value import changed
from autonome.ledger.journal.postgres import PostgresJournal
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
from autonome.web.answers import JSON
from autonome.web.asked import AskedOf, ListOf, body_of, items_of, missing
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
from autonome.web.settings import WebSettings
from autonome.web.visitor import AsCommander, Visitor

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
_NAMESPACE: Final = uuid.UUID("6f2b1f5e-55a7-4a50-9c39-0a5b8b3f1d27")

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[\x21-\x7e]{1,200}$",
        description="What is sent again under it is asked for once.",
    ),
]
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
    return await asked.answer_now(_shown(command, is_run=presence.is_run))


@router.post("/control/halt", status_code=202, response_model=CommandShown)
async def halt(asked: AskedOf, by: AsCommander, body: ArmsAsked, key: Key = None) -> Response:
    """Let arms take no new risk; exits of what is open go on."""
    return await _of_arms(asked, by, CommandKind.HALT, body, key)


@router.post("/control/resume", status_code=202, response_model=CommandShown)
async def resume(asked: AskedOf, by: AsCommander, body: ArmsAsked, key: Key = None) -> Response:
    """Take halts back."""
    return await _of_arms(asked, by, CommandKind.RESUME, body, key)


@router.post("/control/flatten", status_code=202, response_model=CommandShown)
async def flatten(asked: AskedOf, by: AsCommander, body: ArmsAsked, key: Key = None) -> Response:
    """Halt arms, and close all that they hold at the market."""
    return await _of_arms(asked, by, CommandKind.FLATTEN, body, key)


@router.post("/arms/{id}/enable", status_code=202, response_model=CommandShown)
async def enable_arm(
    asked: AskedOf,
    by: AsCommander,
    id: RowId,  # noqa: A002
    body: ReasonAsked,
    key: Key = None,
) -> Response:
    """Ask an arm again."""
    whom = ArmsAsked(models=(id,), reason=body.reason)
    return await _of_arms(asked, by, CommandKind.ENABLE, whom, key)


@router.post("/arms/{id}/disable", status_code=202, response_model=CommandShown)
async def disable_arm(
    asked: AskedOf,
    by: AsCommander,
    id: RowId,  # noqa: A002
    body: ReasonAsked,
    key: Key = None,
) -> Response:
    """Ask an arm nothing more; exits of what it holds go on."""
    whom = ArmsAsked(models=(id,), reason=body.reason)
    return await _of_arms(asked, by, CommandKind.DISABLE, whom, key)


@router.post("/positions/{id}/close", status_code=202, response_model=CommandShown)
async def close_position(
    asked: AskedOf,
    by: AsCommander,
    id: RowId,  # noqa: A002
    body: ReasonAsked,
    key: Key = None,
) -> Response:
    """Close a position at the market; its trade has the trigger MANUAL."""
    return await _of_position(asked, by, CommandKind.CLOSE, id, body.reason, None, key)


@router.patch("/positions/{id}/plan", status_code=202, response_model=CommandShown)
async def change_plan(
    asked: AskedOf,
    by: AsCommander,
    id: RowId,  # noqa: A002
    body: PlanAsked,
    key: Key = None,
) -> Response:
    """Change the exit plan of a position, under the rules that a model's own change is under."""
    if not body.update:
        raise ApiError(
            400,
            "bad-request",
            "expected something of the plan to change, found only a reason.",
            remedy="Send stop, target, invalidation, invalidationPrice or timeExit.",
        )
    return await _of_position(asked, by, CommandKind.EDIT_PLAN, id, body.reason, body.update, key)


async def _of_arms(
    asked: AskedOf, by: Visitor, kind: CommandKind, body: ArmsAsked, key: str | None
) -> Response:
    models = tuple(sorted(set(body.models)))
    command = _command(by, key, kind, body.reason)
    if len(models) == 1:
        command = changed(command, model_id=models[0])
    elif models:
        command = changed(command, payload={"models": list(models)})
    reader = await _commanded(asked)
    if await _was_asked(reader, command):
        return await _answered(reader, command)
    unknown = sorted(set(models) - set(await reader.all(known_models(models))))
    if unknown:
        raise missing(
            "an arm", unknown[0], code="unknown-model", where="/api/v1/arms", field="models"
        )
    return await _asked_for(asked, reader, command)


async def _of_position(
    asked: AskedOf,
    by: Visitor,
    kind: CommandKind,
    order_id: str,
    reason: str,
    update: Mapping[str, object] | None,
    key: str | None,
) -> Response:
    payload: dict[str, object] = {"orderId": order_id}
    if update is not None:
        payload["update"] = update
    command = changed(_command(by, key, kind, reason), payload=payload)
    reader = await _commanded(asked)
    if await _was_asked(reader, command):
        return await _answered(reader, command)
    order = await reader.one(open_order(order_id))
    if order is None:
        raise missing(
            "an open position", order_id, code="unknown-position", where="/api/v1/positions"
        )
    command = changed(command, model_id=order.model_id, payload={**payload, "symbol": order.symbol})
    return await _asked_for(asked, reader, command)


def _command(by: Visitor, key: str | None, kind: CommandKind, reason: str) -> Command:
    """Return a command as yet without whom it is about; the same key gives it the same id."""
    assert by.token is not None
    named = uuid.uuid4() if key is None else uuid.uuid5(_NAMESPACE, f"{by.token.id} {key}")
    return Command(
        id=str(named),
        kind=kind,
        reason=reason,
        requested_by=f"token {by.token.name}",
        requested_at=datetime.now(UTC),
    )


async def _commanded(asked: AskedOf) -> Reader:
    """Return the reader of the arena that is to be commanded.

    Raises:
        ApiError: it is another one than that of the server, whose tokens count, or a replay.
    """
    settings: WebSettings = asked.request.app.state.settings
    if asked.arena != settings.arena:
        raise ApiError(
            403,
            "other-arena",
            f"expected to command {settings.arena!r}, whose tokens count here,"
            f" found {asked.arena!r}.",
            remedy=f"Serve it by itself: autonome serve --arena {asked.arena}.",
            field="arena",
        )
    reader = await asked.reader()
    presence = await reader.one(arena_presence())
    if presence is not None and presence.is_replay:
        raise ApiError(
            409,
            "is-replay",
            f"expected an arena that runs by itself, found {asked.arena!r}, which a replay wrote.",
            remedy="Run an arena: autonome up.",
            field="arena",
        )
    return reader


async def _was_asked(reader: Reader, command: Command) -> bool:
    """Say whether a command was sent before, under its key.

    Raises:
        ApiError: something else was.
    """
    before = await reader.one(command_of(command.id))
    if before is None:
        return False
    if _wish(before) == _wish(command):
        return True
    raise ApiError(
        409,
        "key-used",
        "expected what was sent under this Idempotency-Key before, found something else.",
        remedy="Send it under another key.",
    )


def _wish(command: Command) -> tuple[object, ...]:
    payload = command.payload or {}
    order_id = payload.get("orderId")
    # Of a position the model follows.
    whom = None if order_id else command.whom
    return command.kind, command.reason, whom, order_id, payload.get("update")


async def _asked_for(asked: AskedOf, reader: Reader, command: Command) -> Response:
    await asked.request.app.state.writer.write(lambda raw: PostgresJournal(raw).request(command))
    # Two requests under one key may have come at once: one of them was written.
    await _was_asked(reader, command)
    return await _answered(reader, command)


async def _answered(reader: Reader, command: Command) -> Response:
    found = await reader.one(command_of(command.id))
    presence = await reader.one(arena_presence())
    assert found is not None
    assert presence is not None
    body = body_of(_shown(found, is_run=presence.is_run))
    return Response(body, 202, {"Cache-Control": "no-store"}, media_type=JSON)


def _shown(command: Command, *, is_run: bool) -> CommandShown:
    whom = command.whom
    return shaped(
        CommandShown,
        command,
        command_id=command.id,
        models=None if whom is None else sorted(whom),
        is_run=is_run,
    )


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
