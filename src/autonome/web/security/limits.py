"""Limits: how often one client may ask, and how much it may send."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from autonome.domain.value import value
from autonome.web.errors import ApiError, error_response

__all__ = ["LARGEST_BODY", "LOOPBACK_RATE", "PUBLIC_RATE", "BodyLimit", "Rate", "RateLimit"]

LARGEST_BODY: Final = 1_000_000
"""Bytes."""
_MOST_CLIENTS: Final = 10_000
"""Whose buckets are kept; who asked longest ago is forgotten first, and begins with a full one."""


@value
class Rate:
    """A bucket of tokens, one for each request: so many at once, and so many a second."""

    per_second: int
    at_once: int


LOOPBACK_RATE: Final = Rate(per_second=1_000, at_once=3_000)
"""All of one machine's pages and programs are one client."""
PUBLIC_RATE: Final = Rate(per_second=20, at_once=200)


class RateLimit:
    """Refuses a client that asks too often, and says when it may ask again."""

    def __init__(
        self, app: ASGIApp, *, rate: Rate, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Guard ``app``; ``clock`` tells seconds."""
        self._app = app
        self._rate = rate
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        """By client: tokens left, and when they were counted."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        wait_s = 0
        if scope["type"] == "http":
            wait_s = self._taken((scope.get("client") or ("",))[0])
        if not wait_s:
            await self._app(scope, receive, send)
            return
        error = ApiError(
            429,
            "too-many-requests",
            f"expected at most {self._rate.per_second} requests a second.",
            remedy=f"Wait {wait_s} s, then ask less often; /api/v1/events tells what changes.",
            retry_after_s=wait_s,
        )
        await error_response(error)(scope, receive, send)

    def _taken(self, client: str) -> int:
        """Take a token; return 0, or after how many whole seconds there is one again."""
        now = self._clock()
        left, counted = self._buckets.pop(client, (float(self._rate.at_once), now))
        left = min(self._rate.at_once, left + (now - counted) * self._rate.per_second)
        self._buckets[client] = (max(left - 1, 0) if left >= 1 else left, now)
        if len(self._buckets) > _MOST_CLIENTS:
            self._buckets.popitem(last=False)
        return 0 if left >= 1 else 1 + int((1 - left) / self._rate.per_second)


class BodyLimit:
    """Refuses a request whose body is larger than any that has a meaning here."""

    def __init__(self, app: ASGIApp) -> None:
        """Guard ``app``."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        length = Headers(scope=scope).get("content-length", "0")
        if not length.isdecimal() or int(length) > LARGEST_BODY:
            await error_response(_too_large())(scope, receive, send)
            return
        got = 0

        async def counted() -> Message:
            nonlocal got
            message = await receive()
            got += len(message.get("body", b""))
            if got > LARGEST_BODY:
                # Raised where the body is read: the handler of errors answers.
                raise _too_large()
            return message

        await self._app(scope, counted, send)


def _too_large() -> ApiError:
    return ApiError(
        413,
        "too-large",
        f"expected a body of at most {LARGEST_BODY:,} bytes.",
        remedy="Send less.",
    )
