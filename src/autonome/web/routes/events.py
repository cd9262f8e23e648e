"""The event stream of an arena."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Query
from starlette.responses import Response

from autonome.ledger.rows import EventKind
from autonome.web.asked import AskedOf
from autonome.web.errors import ApiError
from autonome.web.events.hubs import Hubs, TooManyStreams
from autonome.web.events.passes import Pass, Passes
from autonome.web.events.stream import EventStream
from autonome.web.events.subscription import Interest
from autonome.web.parameters import ModelIds

__all__ = ["router", "stream_events"]

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


@router.get("/events", status_code=200, response_class=EventStream, responses=_ANSWER)
async def stream_events(
    asked: AskedOf,
    kinds: Annotated[
        list[EventKind], Query(description="Kind of event; repeatable, all by default.")
    ] = [],  # noqa: B006  # FastAPI copies defaults.
    model: ModelIds = [],  # noqa: B006
    last_event_id: Annotated[str | None, Header(description="Go on behind this event.")] = None,
) -> Response:
    """Stream what happens in an arena (server-sent events).

    What is about no single model is sent whatever `model` says. A heartbeat comes every 15
    seconds. Who returns with Last-Event-ID gets what it missed, once, or `resync`. The stream ends
    within 15 seconds when the token or session by which it was asked for ends.
    """
    hubs: Hubs = asked.request.app.state.events
    interest = Interest(
        kinds=frozenset(kind.value for kind in kinds) or None,
        models=frozenset(model) or None,
    )
    try:
        heard = await hubs.subscribe(asked.arena, interest, last_id=_id_of(last_event_id))
    except TooManyStreams as error:
        remedy = "Close some of them, then try again."
        raise ApiError(
            503, "too-many-streams", f"{error}.", remedy=remedy, retry_after_s=_RETRY_S
        ) from error
    token = asked.visitor.token
    if token is not None:
        passes: Passes = asked.request.app.state.passes
        passes.keep(heard, Pass(token_id=token.id, session_id=asked.visitor.session_id))
    return EventStream(heard)


def _id_of(text: str | None) -> int | None:
    """Return the id that a reader remembers; a browser would never come back from a refusal."""
    if not text:
        return None
    is_id = text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS
    return int(text) if is_id else _UNKNOWN
