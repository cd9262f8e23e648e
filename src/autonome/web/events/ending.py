"""A server that can end: it would wait for its streams, which end by themselves never."""

from __future__ import annotations

import socket

import uvicorn
from starlette.applications import Starlette

from autonome.web.events.hubs import Hubs

__all__ = ["EndingServer"]


class EndingServer(uvicorn.Server):
    """Serves an app; told to stop, it ends the app's event streams first."""

    def __init__(self, config: uvicorn.Config, app: Starlette) -> None:
        """Serve as ``config`` says; ``app.state.events`` has the streams, once it has begun."""
        super().__init__(config)
        self._app = app

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop."""
        hubs: Hubs | None = getattr(self._app.state, "events", None)
        if hubs is not None:
            await hubs.close()
        await super().shutdown(sockets)
