"""What a web server is told when it starts."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from autonome.domain.errors import SettingError

__all__ = ["DEFAULT_HOST", "DEFAULT_PORT", "DIST", "WebSettings", "is_loopback"]

DEFAULT_HOST: Final = "127.0.0.1"
DEFAULT_PORT: Final = 8420
DIST: Final = Path(__file__).parent / "dist"
"""Where the dashboard is built to."""
_LOOPBACK_NAMES: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSettings:
    """How the API and the dashboard are served.

    Raises:
        SettingError: the address is not loopback, and neither tokens nor public reading guard it.
    """

    arena: str = "public"
    """Shown where a request names none."""
    host: str = DEFAULT_HOST
    port: int = DEFAULT_PORT
    """0 takes a free one."""
    allowed_hosts: tuple[str, ...] = ()
    """Names beside loopback's and the address itself by which requests may call the server."""
    is_public: bool = False
    """Whether anybody may read: prompts and payloads are hidden, nothing can be written."""
    releases_prompts: bool = False
    """Whether public readers see prompts and payloads too."""
    requires_token: bool = False
    """Whether readers must show a token; then another address than loopback is allowed."""
    dist: Path = DIST
    """Folder of the built dashboard."""

    def __post_init__(self) -> None:
        """Refuse an address that would show an arena to people who were not meant."""
        if not (is_loopback(self.host) or self.is_public or self.requires_token):
            raise SettingError(
                f"expected a loopback address to serve on, found {self.host!r}.",
                remedy="Leave --host out, make a token first, or let everybody read with --public.",
            )

    @property
    def names(self) -> frozenset[str]:
        """Return the names by which requests may call the server, in lower case."""
        own = () if self.host in ("0.0.0.0", "::") else (self.host,)
        return frozenset(each.lower() for each in (*own, *self.allowed_hosts)) | _LOOPBACK_NAMES


def is_loopback(host: str) -> bool:
    """Say whether only this machine can reach an address."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
