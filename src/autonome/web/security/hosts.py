"""Hosts and origins: who may call the server, and from which page (DNS rebinding, other sites)."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from autonome.web.errors import ApiError, error_response
from autonome.web.settings import WebSettings, is_loopback

__all__ = ["HostGuard", "host_name"]

_OTHER_SITES: Final = frozenset({"cross-site", "same-site"})
"""What a browser says of a request that another page made (Fetch Metadata); a port of its own
makes another page of the same site."""


class HostGuard:
    """Answers only requests that name this server, sent by nobody's page or by its own."""

    def __init__(self, app: ASGIApp, *, settings: WebSettings) -> None:
        """Guard ``app``."""
        self._app = app
        self._names = settings.names
        self._takes_addresses = settings.is_public or not is_loopback(settings.host)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        refused = self._refusal(Headers(scope=scope), str(scope.get("path", "")))
        if refused is None:
            await self._app(scope, receive, send)
        else:
            await error_response(refused)(scope, receive, send)

    def _refusal(self, headers: Headers, path: str) -> ApiError | None:
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not self._is_known(host_name(hosts[0])):
            return ApiError(
                403,
                "host-not-allowed",
                f"expected a Host that is allowed, found {', '.join(hosts)[:100]!r}.",
                remedy="Use http://127.0.0.1, or let the server know the name: --allow-host NAME.",
            )
        origins = headers.getlist("origin")
        is_elsewhere = any(not _is_same(origin, hosts[0]) for origin in origins)
        is_api = path.startswith("/api")
        if is_elsewhere or (is_api and headers.get("sec-fetch-site") in _OTHER_SITES):
            return ApiError(
                403,
                "origin-not-allowed",
                "expected a request of the server's own pages, found one that another page sent"
                f" ({', '.join(origins)[:100] or headers.get('sec-fetch-site')!r}).",
                remedy="Call the API from its own origin, or outside of a browser.",
            )
        return None

    def _is_known(self, name: str | None) -> bool:
        if name is None:
            return False
        # An address is no name that somebody else's DNS could point here.
        return name in self._names or (self._takes_addresses and _is_address(name))


def host_name(host: str) -> str | None:
    """Return the name in a Host header, without port and in lower case; ``None`` if it has none."""
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port
    except ValueError:
        return None
    if parts.username is not None or parts.path or parts.query or parts.fragment:
        return None
    return parts.hostname


def _is_same(origin: str, host: str) -> bool:
    return origin.lower() in (f"http://{host.lower()}", f"https://{host.lower()}")


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
