"""A stream as a response: what waits for a reader goes out, until one of both leaves."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from autonome.web.events.subscription import Subscription

__all__ = ["EventStream"]

_LONGEST_SEND_S: Final = 30.0
"""A reader that takes nothing for so long is left."""
_HEADERS: Final[Mapping[str, str]] = {
    "Cache-Control": "no-store",
    # A proxy that waits for more to come would hold back what is there.
    "X-Accel-Buffering": "no",
}


class EventStream(Response):
    """Server-sent events of one subscription."""

    media_type = "text/event-stream"

    def __init__(self, subscription: Subscription) -> None:
        """Answer with what the subscription gets."""
        self.status_code = 200
        self.background = None
        self.body = b""
        self._subscription = subscription
        self.init_headers(_HEADERS)
        del self.headers["content-length"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until the subscription ends, or the reader has left."""
        leaving = asyncio.create_task(_left(receive, self._subscription))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            async for chunk in self._subscription.chunks():
                async with asyncio.timeout(_LONGEST_SEND_S):
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        except TimeoutError:
            """The server closes the connection of an answer that stays unfinished."""
        finally:
            leaving.cancel()
            self._subscription.leave()


async def _left(receive: Receive, subscription: Subscription) -> None:
    """Wait until the reader leaves, and say so."""
    while (await receive())["type"] != "http.disconnect":
        """The rest of the request has no meaning."""
    subscription.leave()
