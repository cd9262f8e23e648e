"""Who asks: what a request may see and do. Tokens and sessions are recognised here alone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Final, Literal, TypeVar

from fastapi import Depends, Request

from autonome.domain.errors import ArenaMissing
from autonome.domain.value import value
from autonome.ledger.queries.query import Query
from autonome.ledger.reader import Reader
from autonome.ledger.rows import Token, TokenScope
from autonome.ledger.tokens import credential_of, note_use, open_session, token_of
from autonome.web.errors import ApiError
from autonome.web.settings import WebSettings

__all__ = [
    "COOKIE",
    "OWN_HEADER",
    "AnyVisitor",
    "AsCommander",
    "AsVisitor",
    "Visitor",
    "commander_of",
    "known_by_token",
    "reader_of",
    "require_own_page",
    "require_prompts",
    "visitor_of",
]

T = TypeVar("T")
COOKIE: Final = "autonome_session"
OWN_HEADER: Final = "x-autonome-control"
"""What only our own page can send with a session: another one would have to ask first (CORS)."""
_USED_AT_LEAST: Final = 60


@value
class Visitor:
    """Whoever sent a request."""

    scope: Literal["none", "read", "admin"]
    """What it may do."""
    sees_prompts: bool
    """Whether prompts, payloads and observations are shown."""
    token: Token | None = None
    """By which it is known, itself or through a session; ``None`` is anybody."""
    session_id: str | None = None
    """Of the session, where it came by the cookie."""
    expires_at: datetime | None = None
    """When the session ends."""


async def visitor_of(request: Request) -> Visitor:
    """Return who asks.

    Raises:
        ApiError: it shows a token that is none of ours, or that was revoked.
    """
    settings: WebSettings = request.app.state.settings
    header = request.headers.get("authorization")
    token, session_id, expires_at = None, None, None
    if header is not None:
        token = await _token_in(request, header)
    elif COOKIE in request.cookies:
        found = credential_of(request.cookies[COOKIE])
        if found is not None:
            session = await _kept(request, open_session(found.id, at=datetime.now(UTC)))
            if session is not None and found.is_known_by(session.hash):
                token, session_id, expires_at = session.token, found.id, session.expires_at
    if token is not None:
        await _note_use(request, token)
    return _visitor(settings, token, session_id, expires_at)


def _visitor(
    settings: WebSettings, token: Token | None, session_id: str | None, expires_at: datetime | None
) -> Visitor:
    anybody: Literal["none", "read"] = "none" if settings.requires_token else "read"
    is_admin = token is not None and token.scope is TokenScope.ADMIN and not settings.is_public
    return Visitor(
        scope="admin" if is_admin else "read" if token is not None else anybody,
        sees_prompts=settings.releases_prompts or not settings.is_public or token is not None,
        token=token,
        session_id=session_id,
        expires_at=expires_at,
    )


async def known_by_token(request: Request, text: str) -> Token:
    """Return the token of a text.

    Raises:
        ApiError: it is none of ours, or was revoked.
    """
    found = credential_of(text)
    token = None
    if found is not None:
        token = await _kept(request, token_of(found.id))
    if found is None or token is None or not found.is_known_by(token.hash):
        raise ApiError(
            401,
            "bad-token",
            "expected a token of this arena that was not revoked, found another text.",
            remedy="Make one: autonome token create NAME --scope admin.",
        )
    return token


async def _token_in(request: Request, header: str) -> Token:
    scheme, _, text = header.partition(" ")
    return await known_by_token(request, text.strip() if scheme.lower() == "bearer" else "")


async def _kept(request: Request, query: Query[T]) -> T | None:
    """Return what the server's arena keeps; an older one, or one to come, knows nobody."""
    settings: WebSettings = request.app.state.settings
    try:
        reader: Reader = await request.app.state.readers.of(settings.arena)
        return await reader.one(query)
    except ArenaMissing:
        return None


async def _note_use(request: Request, token: Token) -> None:
    now = datetime.now(UTC)
    last = token.last_used_at
    if last is None or (now - last).total_seconds() >= _USED_AT_LEAST:
        await request.app.state.writer.write(lambda raw: note_use(raw, token, at=now))


AnyVisitor = Annotated[Visitor, Depends(visitor_of)]


async def reader_of(visitor: AnyVisitor) -> Visitor:
    """Return who asks, if it may read.

    Raises:
        ApiError: reading needs a token here, and none was shown.
    """
    if visitor.scope == "none":
        raise _needs("a token")
    return visitor


AsVisitor = Annotated[Visitor, Depends(reader_of)]


async def commander_of(request: Request, visitor: AnyVisitor) -> Visitor:
    """Return who asks, if it may command.

    Raises:
        ApiError: it shows no token, or one that may only read; or another page may have sent it.
    """
    settings: WebSettings = request.app.state.settings
    if settings.is_public:
        raise ApiError(
            403,
            "read-only",
            "expected a server that takes commands; this one is public, and only shows.",
            remedy="Command it from its own machine: autonome halt, or a server without --public.",
        )
    if visitor.token is None:
        raise _needs("an admin token")
    if visitor.scope != "admin":
        raise ApiError(
            403,
            "not-admin",
            f"expected a token of scope admin, found {visitor.token.name!r}, which may read.",
            remedy="Make one that may command: autonome token create NAME --scope admin.",
        )
    require_own_page(request, visitor)
    return visitor


AsCommander = Annotated[Visitor, Depends(commander_of)]


def require_own_page(request: Request, visitor: Visitor) -> None:
    """Refuse what a browser sends with its cookie and our own page did not ask for.

    Raises:
        ApiError: it has no Origin (which was compared with the Host before), or no header of ours.
    """
    headers = request.headers
    if visitor.session_id is None or ("origin" in headers and OWN_HEADER in headers):
        return
    raise ApiError(
        403,
        "not-own-page",
        f"expected a session's request with an Origin and the header {OWN_HEADER}.",
        remedy="Programs show the token itself: Authorization: Bearer TOKEN.",
    )


def _needs(what: str) -> ApiError:
    return ApiError(
        401,
        "token-needed",
        f"expected {what}, found none.",
        remedy="Sign in on the page Control, or send Authorization: Bearer TOKEN"
        " (autonome token create NAME --scope admin).",
    )


def require_prompts(visitor: Visitor) -> None:
    """Refuse what public readers do not see.

    Raises:
        ApiError: prompts are not released.
    """
    if not visitor.sees_prompts:
        raise ApiError(
            403,
            "not-released",
            "expected a reader who may see prompts and payloads; here they are hidden.",
            remedy="Ask whoever runs this server: --release-prompts shows them.",
        )
