"""Answers that are kept for as long as the database says the same, each with its strong ETag."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from fastapi import Request
from starlette.responses import Response

__all__ = ["JSON", "Answers", "answer_of", "etag_of"]

JSON: Final = "application/json"
_MOST_KEPT: Final = 64
_LONGEST_KEPT: Final = 1_000_000
"""Bytes of one answer; longer ones are made anew each time."""
_LONGEST_UNTOLD_S: Final = 5.0
"""For which an answer is taken for true while nothing was told that could change it."""


@dataclass(slots=True)
class _Kept:
    state: str = ""
    """What the database said when the body was made; empty before the first one."""
    told: str | None = None
    """What had been told by then."""
    made_at_s: float = 0.0
    """By the clock of the answers."""
    body: bytes = b""
    etag: str = ""
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """So that many who ask the same at once make it once."""


class Answers:
    """The newest answers, by what was asked."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with none; ``clock`` counts seconds."""
        self._clock = clock
        self._kept: OrderedDict[str, _Kept] = OrderedDict()

    async def get(
        self,
        asked: str,
        state: str,
        make: Callable[[], Awaitable[bytes]],
        *,
        told: str | None = None,
    ) -> tuple[bytes, str]:
        """Return body and ETag of an answer, made anew where ``state`` is not that of the kept.

        While ``told`` is, the kept one serves for some seconds whatever the state.
        """
        kept = self._kept.setdefault(asked, _Kept())
        self._kept.move_to_end(asked)
        if len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)
        if self._holds(kept, state, told):
            return kept.body, kept.etag
        async with kept.turn:
            if self._holds(kept, state, told):
                return kept.body, kept.etag
            made_at_s = self._clock()
            body = await make()
            etag = etag_of(body)
            if len(body) <= _LONGEST_KEPT:
                kept.state, kept.body, kept.etag = state, body, etag
                kept.told, kept.made_at_s = told, made_at_s
            return body, etag

    def _holds(self, kept: _Kept, state: str, told: str | None) -> bool:
        if kept.state == state:
            return True
        if told is None or kept.told != told:
            return False
        return self._clock() - kept.made_at_s < _LONGEST_UNTOLD_S


def etag_of(body: bytes) -> str:
    """Return a strong ETag: equal for equal bytes."""
    return f'"{hashlib.blake2b(body, digest_size=16).hexdigest()}"'


def answer_of(
    request: Request, body: bytes, etag: str | None = None, *, is_secret: bool = False
) -> Response:
    """Return a body with its ETag, or 304 to whoever has it; ``is_secret`` lets nobody keep it."""
    etag = etag or etag_of(body)
    headers = {"ETag": etag, "Cache-Control": "no-store" if is_secret else "no-cache"}
    if _has(request.headers.get("if-none-match", ""), etag):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=JSON)


def _has(header: str, etag: str) -> bool:
    """Say whether a list of ETags names one (RFC 9110, section 13.1.2: weakness aside)."""
    return header.strip() == "*" or etag in {
        each.strip().removeprefix("W/") for each in header.split(",")
    }
