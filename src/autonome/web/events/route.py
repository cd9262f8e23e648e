"""The path of the event stream."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, HTTPException, Query, Request
from starlette.responses import Response

from autonome.ledger.rows import EventKind
from autonome.web.events.hubs import Hubs, TooManyStreams
from autonome.web.events.stream import EventStream
from autonome.web.events.subscription import Interest

__all__ = ["events", "router"]

_MOST_MODELS: Final = 200
_UNKNOWN: Final = -1
_MOST_DIGITS: Final = 18
_RETRY_S: Final = 5
_EXAMPLE: Final = (
    'id: 4711\nevent: position\ndata: {"at":"2026-03-01T12:00:00.000000Z","modelId":"...",'
    '"change": "OPENED", "symbol": "BTC", "orderId": "..."}\n\n'
)
_ANSWER: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "Events as they happen; `resync` says to fetch everything anew.",
        "content": {"text/event-stream": {"schema": {"type": "string"}, "example": _EXAMPLE}},
    }
}

router = APIRouter(tags=["events"])


@router.get("/events", response_class=EventStream, responses=_ANSWER)
async def events(
    request: Request,
    arena: Annotated[
        str | None, Query(description="The arena; that of the server by default.", max_length=63)
    ] = None,
    kinds: Annotated[
        list[EventKind] | None, Query(description="Kinds of events; repeatable. All by default.")
    ] = None,
    model: Annotated[
        list[str] | None,
        Query(description="Ids of models; repeatable. All by default.", max_length=_MOST_MODELS),
    ] = None,
    last_event_id: Annotated[str | None, Header(description="Go on behind this event.")] = None,
) -> Response:
    """Stream what happens in an arena (server-sent events).

    What is about no single model is sent whatever ``model`` says. A heartbeat comes every 15
    seconds. Who returns with Last-Event-ID gets what it missed, once, or ``resync``.
    """
    hubs: Hubs = request.app.state.events
    interest = Interest(
        kinds=frozenset(kind.value for kind in kinds) if kinds else None,
        models=frozenset(model) if model else None,
    )
    name = arena or request.app.state.settings.arena
    try:
        subscription = await hubs.subscribe(name, interest, last_id=_id_of(last_event_id))
    except TooManyStreams as error:
        retry = {"Retry-After": str(_RETRY_S)}
        raise HTTPException(503, str(error), headers=retry) from error
    return EventStream(subscription)


def _id_of(text: str | None) -> int | None:
    """Return the id that a reader remembers; a browser would never come back from a refusal."""
    if not text:
        return None
    is_id = text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS
    return int(text) if is_id else _UNKNOWN
