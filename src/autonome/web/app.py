"""The app: paths, guards and what they share, over the database of a URL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Final

from fastapi import Depends, FastAPI
from fastapi.routing import APIRoute

from autonome.ledger.queries.query import column_name
from autonome.web import errors, pages
from autonome.web.answers import Answers
from autonome.web.boards import Boards
from autonome.web.events.hubs import Hubs
from autonome.web.events.passes import Passes
from autonome.web.exports import Exports
from autonome.web.health import Heartbeat
from autonome.web.readers import Readers
from autonome.web.routes import (
    arenas,
    arm_changes,
    arms,
    control,
    decisions,
    events,
    failures,
    market,
    nav,
    policies,
    positions,
    report,
    session,
    standings,
    trading,
)
from autonome.web.security.headers import SecurityHeaders
from autonome.web.security.hosts import HostGuard
from autonome.web.security.limits import LOOPBACK_RATE, PUBLIC_RATE, BodyLimit, RateLimit
from autonome.web.settings import WebSettings
from autonome.web.unknown import refuse_unknown
from autonome.web.writing import Writer

__all__ = ["API", "create_app"]

API: Final = "/api/v1"
_THEMES: Final = (
    arenas,
    arms,
    arm_changes,
    policies,
    positions,
    trading,
    decisions,
    standings,
    nav,
    report,
    failures,
    market,
    events,
    control,
    session,
)
_ABOUT: Final = (
    "Everything that an arena holds. Money, prices, quantities and rates are text of plain"
    " decimals; instants are RFC 3339 in UTC. Lists are paged by cursor, newest first."
)


def create_app(settings: WebSettings, url: str) -> FastAPI:
    """Return the app that reads the database of ``url``; it opens nothing before it is asked."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.readers = Readers(url)
        app.state.writer = Writer(url, settings.arena)
        app.state.events = Hubs(url)
        app.state.passes = Passes(app.state.readers, settings.arena)
        app.state.boards = Boards()
        try:
            yield
        finally:
            await app.state.passes.close()
            await app.state.events.close()
            await app.state.readers.close()

    app = FastAPI(
        title="Autonome",
        version=version("autonome"),
        description=_ABOUT,
        openapi_url=f"{API}/openapi.json",
        # Pages that load scripts from elsewhere have no place here.
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        generate_unique_id_function=_operation,
        redirect_slashes=False,
    )
    app.state.settings = settings
    app.state.answers = Answers()
    app.state.heartbeat = Heartbeat()
    app.state.exports = Exports()
    app.state.reporting = asyncio.Semaphore(report.MOST_REPORTS)
    errors.install(app)
    for routes in _THEMES:
        app.include_router(
            routes.router,
            prefix=API,
            dependencies=[Depends(refuse_unknown)],
            responses=errors.DOCUMENTED,
        )
    app.include_router(pages.router)
    # The last one added is the first to see a request.
    app.add_middleware(BodyLimit)
    app.add_middleware(RateLimit, rate=PUBLIC_RATE if settings.is_public else LOOPBACK_RATE)
    app.add_middleware(HostGuard, settings=settings)
    app.add_middleware(SecurityHeaders)
    return app


def _operation(route: APIRoute) -> str:
    return column_name(route.name)
