"""Serve the API and the dashboard of one database, until somebody stops it."""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from autonome.bootstrap.database import open_database
from autonome.bootstrap.tokens import require_a_token
from autonome.config import Settings
from autonome.domain.errors import PortTaken, SettingError
from autonome.ledger.arenas import check_arena
from autonome.web.settings import DEFAULT_HOST, DEFAULT_PORT, WebSettings, is_loopback

if TYPE_CHECKING:
    from uvicorn import Server

__all__ = [
    "DEFAULT_HOST",
    "DEFAULT_PORT",
    "WebSettings",
    "address_of",
    "bound",
    "is_loopback",
    "serve",
]

_BACKLOG: Final = 2_048
_GRACE_S: Final = 3
"""Answers that are under way when the server stops are ended after so long."""
_NICE: Final = 5


def bound(host: str, port: int) -> socket.socket:
    """Return a socket that is bound to an address, listening.

    Raises:
        PortTaken: another program listens there.
        SettingError: the address is none of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(_BACKLOG)
    except PermissionError as error:
        listening.close()
        raise SettingError(
            f"expected the right to listen on port {port}: {error.strerror}.",
            remedy="Choose a port above 1023: --port.",
        ) from error
    except (OSError, OverflowError) as error:
        listening.close()
        if isinstance(error, OSError) and error.errno in (98, 48, 10048):
            raise PortTaken(
                f"expected port {port} of {host} to be free; another program listens there.",
                remedy="Stop that one, or choose another port: --port.",
            ) from error
        raise SettingError(
            f"expected an address of this machine, found {host!r} and port {port}: {error}.",
            remedy=f"Leave --host out to serve on {DEFAULT_HOST}.",
        ) from error
    return listening


def address_of(listening: socket.socket) -> str:
    """Return where pages are found on a listening socket."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve(
    settings: Settings,
    web: WebSettings,
    *,
    told: Callable[[str], None],
    beside: int | None = None,
) -> None:
    """Serve until SIGINT or SIGTERM; ``told`` is given the address before requests are answered.

    ``beside`` is the descriptor of a socket that listens already: whoever gave it is the owner,
    and serving ends with it.

    Raises:
        SettingError: the arena cannot have this name, or the address is none of this machine.
        PortTaken: another program listens on the port.
        LedgerError: the server cannot be used.
    """
    import uvicorn

    from autonome.web.app import create_app
    from autonome.web.events.ending import EndingServer

    check_arena(web.arena)
    listening = bound(web.host, web.port) if beside is None else socket.socket(fileno=beside)
    with listening, open_database(settings) as url:
        if web.requires_token:
            require_a_token(url, web.arena)
        told(address_of(listening))
        app = create_app(web, url)
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            server_header=False,
            # What a proxy says of whom it asks for is not to be believed from anybody.
            proxy_headers=False,
            ws="none",
            timeout_graceful_shutdown=_GRACE_S,
        )
        server = EndingServer(config, app)
        if beside is not None:
            _end_with_owner(server)
        with contextlib.suppress(KeyboardInterrupt):  # Ctrl-C is how serving ends.
            server.run(sockets=[listening])


def _end_with_owner(server: Server) -> None:
    """Stop when standard input ends: whoever holds its other end is gone, however it went."""
    os.nice(_NICE)  # The arena comes first.

    def wait() -> None:
        sys.stdin.buffer.read()
        server.should_exit = True

    threading.Thread(target=wait, name="owner", daemon=True).start()
