"""Who asks: a token becomes the session of a page, and the session ends."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from autonome.ledger.rows import TokenScope
from autonome.ledger.tokens import SESSION_LASTS, begin_session, end_session
from autonome.web.answers import JSON, answer_of
from autonome.web.asked import body_of
from autonome.web.payloads.control import Session, SessionAsked
from autonome.web.settings import WebSettings
from autonome.web.visitor import COOKIE, AnyVisitor, Visitor, known_by_token, require_own_page

__all__ = ["begin_own_session", "end_own_session", "get_session", "router"]

router = APIRouter(tags=["session"])
_PATH: Final = "/api"


@router.get("/session", response_model=Session)
async def get_session(request: Request, visitor: AnyVisitor) -> Response:
    """Say who asks, and what may be seen and done."""
    return answer_of(request, body_of(_session(request, visitor)), is_secret=True)


@router.post("/session", response_model=Session)
async def begin_own_session(request: Request, asked: SessionAsked) -> Response:
    """Begin a session by a token: a cookie that no script can read, and no other page can send."""
    token = await known_by_token(request, asked.token.strip())
    now = datetime.now(UTC)
    cookie = await request.app.state.writer.write(lambda raw: begin_session(raw, token, at=now))
    settings: WebSettings = request.app.state.settings
    is_admin = token.scope is TokenScope.ADMIN and not settings.is_public
    visitor = Visitor(
        scope="admin" if is_admin else "read",
        sees_prompts=True,
        token=token,
        expires_at=now + SESSION_LASTS,
    )
    answer = Response(body_of(_session(request, visitor)), media_type=JSON)
    answer.headers["Cache-Control"] = "no-store"
    _set_cookie(request, answer, cookie, int(SESSION_LASTS.total_seconds()))
    return answer


@router.delete("/session", status_code=204)
async def end_own_session(request: Request, visitor: AnyVisitor) -> Response:
    """End the session of the cookie."""
    require_own_page(request, visitor)
    session_id = visitor.session_id
    if session_id is not None:
        await request.app.state.writer.write(lambda raw: end_session(raw, session_id))
    answer = Response(status_code=204)
    _set_cookie(request, answer, "", 0)
    return answer


def _set_cookie(request: Request, answer: Response, text: str, lasts_s: int) -> None:
    answer.set_cookie(
        COOKIE,
        text,
        max_age=lasts_s,
        path=_PATH,
        # Behind a proxy only the browser knows how it was called; on loopback there is no TLS.
        secure=request.headers.get("origin", "").startswith("https://"),
        httponly=True,
        samesite="strict",
    )


def _session(request: Request, visitor: Visitor) -> Session:
    settings: WebSettings = request.app.state.settings
    return Session(
        scope=visitor.scope,
        name=None if visitor.token is None else visitor.token.name,
        expires_at=visitor.expires_at,
        public=settings.is_public,
        requires_token=settings.requires_token,
        sees_prompts=visitor.sees_prompts,
    )
