"""How a wish becomes a command on record: under whose name, under which key, and only once."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Final

from fastapi import Depends, Header
from starlette.responses import Response

from autonome.ledger.journal.postgres import PostgresJournal
from autonome.ledger.queries.control import command_of
from autonome.ledger.queries.presence import arena_presence
from autonome.ledger.reader import Reader
from autonome.ledger.rows import Command, CommandKind
from autonome.web.answers import JSON
from autonome.web.asked import AskedOf, body_of
from autonome.web.errors import ApiError
from autonome.web.payloads.control import CommandShown
from autonome.web.payloads.figures import shaped
from autonome.web.settings import WebSettings
from autonome.web.visitor import AsCommander

__all__ = ["Commanding", "Commands", "shown"]

_NAMESPACE: Final = uuid.UUID("6f2b1f5e-55a7-4a50-9c39-0a5b8b3f1d27")

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[\x21-\x7e]{1,200}$",
        description="What is sent again under it is asked for once.",
    ),
]


class Commanding:
    """One request that commands: who sends it, and under which key."""

    def __init__(self, asked: AskedOf, by: AsCommander, key: Key = None) -> None:
        """Keep who asks for what."""
        self._asked = asked
        self._by = by
        self._key = key

    def command(
        self,
        kind: CommandKind,
        reason: str,
        *,
        model_id: str | None = None,
        payload: Mapping[str, object] | None = None,
    ) -> Command:
        """Return a command; the same key gives it the same id."""
        token = self._by.token
        assert token is not None
        key = self._key
        named = uuid.uuid4() if key is None else uuid.uuid5(_NAMESPACE, f"{token.id} {key}")
        return Command(
            id=str(named),
            kind=kind,
            model_id=model_id,
            reason=reason,
            requested_by=f"token {token.name}",
            requested_at=datetime.now(UTC),
            payload=payload,
        )

    async def once(
        self, command: Command, checked: Callable[[Reader], Awaitable[Command]]
    ) -> Response:
        """Write a command down unless that was done before, and answer with it.

        ``checked`` refuses it, or returns it with what the ledger knows of it.

        Raises:
            ApiError: another arena is meant than that of the server, whose tokens count; a replay
                is; or another wish was sent under the key.
        """
        reader = await _commanded(self._asked)
        if not await _was_asked(reader, command):
            command = await checked(reader)
            writer = self._asked.request.app.state.writer
            await writer.write(lambda raw: PostgresJournal(raw).request(command))
            # Two requests under one key may have come at once: one of them was written.
            await _was_asked(reader, command)
        return await _answered(reader, command)


Commands = Annotated[Commanding, Depends(Commanding)]


async def _commanded(asked: AskedOf) -> Reader:
    """Return the reader of the arena that is to be commanded."""
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
    """Say whether a command was sent before, under its key."""
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
    payload = dict(command.payload or {})
    if "orderId" not in payload:
        return command.kind, command.reason, command.whom, payload
    # Of a position the model and the symbol follow.
    payload.pop("symbol", None)
    return command.kind, command.reason, None, payload


async def _answered(reader: Reader, command: Command) -> Response:
    """Answer with a command that is on record."""
    async with reader.at_once() as rows:
        found = await rows.one(command_of(command.id))
        presence = await rows.one(arena_presence())
    assert found is not None
    assert presence is not None
    body = body_of(shown(found, is_run=presence.is_run))
    return Response(body, 202, {"Cache-Control": "no-store"}, media_type=JSON)


def shown(command: Command, *, is_run: bool) -> CommandShown:
    """Return a command as it is shown."""
    whom = command.whom
    return shaped(
        CommandShown,
        command,
        command_id=command.id,
        models=None if whom is None else sorted(whom),
        is_run=is_run,
    )
