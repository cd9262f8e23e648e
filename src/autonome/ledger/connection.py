"""Connections to PostgreSQL: the arena on the search path, UTC, and errors in our words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import quote

import psycopg
from psycopg import conninfo
from psycopg.types.json import set_json_loads
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from autonome.domain.errors import (
    DiskFull,
    LedgerError,
    LedgerUnavailable,
    ServerTooOld,
    SettingError,
    WrongPassword,
)
from autonome.ledger.embedded.binaries import OLDEST_MAJOR
from autonome.ledger.types import json_dumps, json_loads

__all__ = [
    "KEEPALIVE_PROBES",
    "SILENCE_MS",
    "arena_conninfo",
    "connect",
    "connect_async",
    "explained",
    "explanation",
    "keepalive_s",
    "open_engine",
    "where",
]

SILENCE_MS: Final = 60_000
"""Longest silence of a server's machine before a session is given up. It is generous: a server
that is slow to read, such as one that waits for its disk, counts as silent too."""
KEEPALIVE_PROBES: Final = 3
"""How many unanswered probes mean that the other machine is gone."""
_CONNECT_TIMEOUT_S: Final = 10
_VERSION_UNIT: Final = 10_000
_SET_UTC: Final = "SET timezone = 'UTC'"
_SSD_PAGE_COST: Final = "1.1"
"""PostgreSQL's default of 4 is for spinning disks; it makes plans avoid the selective index."""


def connect(
    url: str, *, arena: str = "public", autocommit: bool = False, silence_ms: int = SILENCE_MS
) -> psycopg.Connection:
    """Connect to the database of ``url`` with ``arena`` as the only schema on the search path.

    JSON numbers with a fraction arrive as exact Decimals. When the other machine is silent for
    about ``silence_ms``, whatever waits for it fails.

    Raises:
        LedgerUnavailable, WrongPassword, ServerTooOld, SettingError: what each says.
    """
    with explained(url):
        connection = psycopg.connect(_session(url, arena, silence_ms), autocommit=True)
        try:
            _require_version(connection.info.server_version, url)
            if not _is_utc(connection):
                connection.execute(_SET_UTC)
        except (ServerTooOld, psycopg.Error):
            connection.close()
            raise
        connection.autocommit = autocommit
    set_json_loads(json_loads, connection)
    return connection


async def connect_async(
    url: str, *, arena: str = "public", autocommit: bool = False
) -> psycopg.AsyncConnection[Any]:
    """Connect as ``connect`` does, without blocking other tasks."""
    with explained(url):
        opened = await psycopg.AsyncConnection.connect(
            _session(url, arena, SILENCE_MS), autocommit=True
        )
        try:
            _require_version(opened.info.server_version, url)
            if not _is_utc(opened):
                await opened.execute(_SET_UTC)
        except (ServerTooOld, psycopg.Error):
            await opened.close()
            raise
        await opened.set_autocommit(autocommit)
    set_json_loads(json_loads, opened)
    return opened


def open_engine(url: str, *, arena: str = "public") -> AsyncEngine:
    """Return an engine for reads of one arena."""
    return create_async_engine(
        "postgresql+psycopg://",
        async_creator=lambda: connect_async(url, arena=arena),
        json_serializer=json_dumps,
    )


def _is_utc(connection: psycopg.Connection[Any] | psycopg.AsyncConnection[Any]) -> bool:
    """Say whether the session is in UTC; libpq lets the variable PGTZ overrule the options."""
    return connection.info.parameter_status("TimeZone") == "UTC"


def arena_conninfo(url: str, arena: str) -> str:
    """Return what to connect with so that ``arena`` is the search path, in UTC."""
    parts = conninfo.conninfo_to_dict(url)
    # Defaults such as now() are UTC only in a session whose zone is UTC.
    ours = f"-c search_path={quote(arena)} -c timezone=UTC -c random_page_cost={_SSD_PAGE_COST}"
    options = f"{ours} {parts.get('options') or ''}"
    parts.setdefault("connect_timeout", _CONNECT_TIMEOUT_S)
    parts.setdefault("application_name", "autonome")
    return conninfo.make_conninfo("", **{**parts, "options": options.strip()})


def keepalive_s(silence_ms: int) -> int:
    """Return after how many seconds a silent machine is probed, and probed again."""
    return max(1, silence_ms // 1_000 // (KEEPALIVE_PROBES + 1))


def _session(url: str, arena: str, silence_ms: int) -> str:
    """Return what to connect with so that a server that is gone is noticed in time.

    TCP alone waits for hours where nothing is to be sent, and for a quarter of one where something
    is. What the URL itself says counts.
    """
    parts = conninfo.conninfo_to_dict(arena_conninfo(url, arena))
    second = keepalive_s(silence_ms)
    ours = {
        "keepalives_idle": second,
        "keepalives_interval": second,
        "keepalives_count": KEEPALIVE_PROBES,
        "tcp_user_timeout": silence_ms,
    }
    return conninfo.make_conninfo("", **{**ours, **parts})


def where(url: str) -> str:
    """Return host, port and database of ``url`` for a message, without user or password."""
    parts = conninfo.conninfo_to_dict(url)
    host = parts.get("host") or parts.get("hostaddr") or "local socket"
    return f"{host}:{parts.get('port') or 5432}/{parts.get('dbname') or parts.get('user') or ''}"


def _require_version(server_version: int, url: str) -> None:
    major = server_version // _VERSION_UNIT
    if major < OLDEST_MAJOR:
        raise ServerTooOld(
            f"expected PostgreSQL {OLDEST_MAJOR} or newer at {where(url)}, found {major}.",
            remedy="Upgrade that server, or unset AUTONOME_DATABASE_URL to use the embedded one.",
        )


@contextmanager
def explained(url: str) -> Iterator[None]:
    """Turn failures of the server into ``LedgerError`` with what to do next."""
    try:
        yield
    except psycopg.OperationalError as error:
        raise explanation(error, url) from error
    except DBAPIError as error:
        if isinstance(error.orig, psycopg.OperationalError):
            raise explanation(error.orig, url) from error
        if isinstance(error.orig, psycopg.errors.InsufficientPrivilege):
            raise _no_right(error.orig, url) from error
        raise
    except psycopg.errors.InsufficientPrivilege as error:
        raise _no_right(error, url) from error
    except psycopg.ProgrammingError as error:
        # libpq's own complaints about a URL may repeat it, password included.
        if error.sqlstate is None:
            raise SettingError(
                "The database URL cannot be read.",
                remedy="Write AUTONOME_DATABASE_URL as postgresql://user:password@host:port/name.",
            ) from None
        raise


def explanation(error: psycopg.OperationalError, url: str) -> LedgerError:
    """Return what a failure of the server means, and what to do next."""
    message = " ".join(str(error).split()) or type(error).__name__
    if isinstance(error, psycopg.errors.DiskFull):
        return DiskFull(
            f"expected room on the disk of the database at {where(url)}; it is full.",
            remedy="Free disk space (autonome db dump moves an arena to a file elsewhere), "
            "then run the command again; nothing of it was written.",
        )
    if _says(error, "28P01", "28000", "password authentication failed", "no password supplied"):
        return WrongPassword(
            f"The database at {where(url)} refused the user or the password.",
            remedy="Correct user and password in AUTONOME_DATABASE_URL.",
        )
    if _says(error, "3D000", "does not exist"):
        return LedgerError(
            f"expected a database at {where(url)}: {message}",
            remedy="Create it (createdb), or correct the name in AUTONOME_DATABASE_URL.",
        )
    return LedgerUnavailable(
        f"expected a PostgreSQL server at {where(url)}: {message}",
        remedy="Check that it runs and that host and port are right, then try again.",
    )


def _no_right(error: psycopg.Error, url: str) -> LedgerError:
    return LedgerError(
        f"expected the right to do this at {where(url)}: {error.diag.message_primary}",
        remedy="Let the owner do it, or grant this user the right; or name another arena.",
    )


def _says(error: psycopg.OperationalError, *signs: str) -> bool:
    return error.sqlstate in signs or any(sign in str(error) for sign in signs)
