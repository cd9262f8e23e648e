"""A request on its way to an answer: which arena it is about, who asks, and what is read for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Annotated, Final, TypeVar

from fastapi import Depends, Query, Request
from pydantic import BaseModel
from starlette.responses import Response

from autonome.ledger.queries.pages import Page
from autonome.ledger.queries.presence import arena_time, state, told
from autonome.ledger.reader import Reader, Rows
from autonome.web.answers import Answers, answer_of
from autonome.web.cursors import cursor_of
from autonome.web.errors import ApiError
from autonome.web.exports import ExportFormat, Exports
from autonome.web.parameters import ArenaName
from autonome.web.payloads.figures import Items, Payload
from autonome.web.readers import Readers
from autonome.web.settings import WebSettings
from autonome.web.visitor import AsVisitor, Visitor

__all__ = ["WHOLE", "Asked", "AskedForList", "AskedOf", "ListOf", "body_of", "items_of", "missing"]

P = TypeVar("P", bound=Payload)
T = TypeVar("T")

WHOLE: Final = Page(limit=1)
"""Where a list has no pages."""


class Asked:
    """One request about one arena."""

    def __init__(self, request: Request, visitor: Visitor, arena: str | None) -> None:
        """Keep who asks for what."""
        settings: WebSettings = request.app.state.settings
        self.request = request
        self.visitor = visitor
        self.arena = arena or settings.arena

    async def reader(self) -> Reader:
        """Return the reader of the arena."""
        readers: Readers = self.request.app.state.readers
        return await readers.of(self.arena)

    async def answer(
        self,
        make: Callable[[Rows], Awaitable[BaseModel]],
        *,
        is_secret: bool = False,
        version: str = "",
        is_heavy: bool = False,
    ) -> Response:
        """Return what ``make`` reads at one state of the arena, kept until the database changes.

        ``version`` is that of what the answer depends on beside the database. A heavy answer is
        kept for some seconds while a running arena tells of nothing that could change it: on a
        live market something is written each second.
        """
        reader = await self.reader()
        # Before the state, and so before what is read: what is told meanwhile is read again.
        newest = None
        if is_heavy:
            newest = await reader.one(told())

        async def body() -> bytes:
            async with reader.at_once() as rows:
                return body_of(await make(rows))

        found = await reader.one(state())
        assert found is not None
        answers: Answers = self.request.app.state.answers
        url = self.request.url
        asked = f"{self.arena} {self.visitor.sees_prompts} {url.path}?{url.query}"
        kept = await answers.get(
            asked,
            found + version,
            body,
            told=None if newest is None else f"{newest}{version}",
        )
        return answer_of(self.request, *kept, is_secret=is_secret)

    async def answer_now(self, made: BaseModel | bytes, *, is_secret: bool = False) -> Response:
        """Return what is true at this moment only."""
        body = made if isinstance(made, bytes) else body_of(made)
        return answer_of(self.request, body, is_secret=is_secret)


async def _asked(request: Request, visitor: AsVisitor, arena: ArenaName = None) -> Asked:
    return Asked(request, visitor, arena)


AskedOf = Annotated[Asked, Depends(_asked)]


class AskedForList(Asked):
    """One request for a list of an arena."""

    form: ExportFormat | None = None
    """``None`` is a page of JSON."""

    async def listed(
        self,
        kind: type[P],
        make: Callable[[Rows, Page], Awaitable[Items[P]]],
        page: Page,
        *,
        version: str = "",
    ) -> Response:
        """Return a page of what ``make`` lists, or all of it as a file; ``version`` as above."""
        if self.form is None:
            return await self.answer(lambda rows: make(rows, page), version=version)
        exports: Exports = self.request.app.state.exports
        return await exports.answer(self.request, await self.reader(), kind, make, page, self.form)


async def _asked_for_list(
    request: Request,
    visitor: AsVisitor,
    arena: ArenaName = None,
    form: Annotated[
        ExportFormat | None,
        Query(alias="format", description="Every row as a file, whatever `limit` says."),
    ] = None,
) -> AskedForList:
    asked = AskedForList(request, visitor, arena)
    asked.form = form
    return asked


ListOf = Annotated[AskedForList, Depends(_asked_for_list)]


def body_of(made: BaseModel) -> bytes:
    """Return the JSON of a payload."""
    return made.__pydantic_serializer__.to_json(made, by_alias=True)


async def items_of(
    rows: Rows,
    found: Sequence[T],
    shown: Callable[[T], P],
    *,
    page: Page | None = None,
    place: Callable[[T], tuple[datetime, str]] | None = None,
) -> Items[P]:
    """Return a page of a list: one row more than its limit means that another page follows."""
    cursor = None
    if page is not None and place is not None and len(found) > page.limit:
        found = found[: page.limit]
        cursor = cursor_of(*place(found[-1]))
    as_of = await rows.one(arena_time())
    # What is inside was built by us: nothing of it needs to be looked at again.
    return Items[P].model_construct(
        items=[shown(each) for each in found], next_cursor=cursor, as_of=as_of
    )


def missing(what: str, row_id: str, *, code: str, where: str, field: str = "id") -> ApiError:
    """Return the error of an id that names nothing."""
    return ApiError(
        404,
        code,
        f"expected the id of {what}, found {row_id!r}.",
        remedy=f"GET {where} lists them.",
        field=field,
    )
