"""Leadership of an arena: who keeps its clock, by a lock that ends with its connection.

The server itself takes the lead from a process that hangs or is cut off: it ends a session that
says nothing for the length of the lease, and one whose machine no longer answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import psycopg
from psycopg.errors import LockNotAvailable

from autonome.domain.errors import ArenaTaken
from autonome.ledger.arenas import check_arena
from autonome.ledger.connection import KEEPALIVE_PROBES, connect, explained, keepalive_s

__all__ = ["LEASE_MS", "Leadership", "leading"]

LEASE_MS: Final = 15_000
"""Longest silence of a leader before another may lead."""
_KEY: Final = "hashtextextended('autonome lead ' || %s, 0)"


class Leadership:
    """The lead of one arena, on a connection of its own; never to be had again once lost."""

    def __init__(self, connection: psycopg.Connection[Any], arena: str) -> None:
        self._connection = connection
        self._dsn = connection.info.dsn
        self.arena = arena

    def still_leads(self) -> bool:
        """Say whether the lead is still ours, and renew the lease.

        To be asked well within the lease. What a former leader may still send is refused by the
        epochs of its bookings: the answer may be out of date as soon as it is there.
        """
        try:
            self._connection.execute("SELECT")
        except psycopg.OperationalError:
            return False
        return True

    def end_earlier_runs(self) -> None:
        """Give every arm a newer epoch: what former leaders still send is refused from here on.

        A new leader does so before it reads who competes, or one of them could still add an arm
        that it would not know. It does so on the connection that holds the lead: who has lost it
        meanwhile ends nobody's run.

        Raises:
            LedgerError: the lead is lost, or the server cannot be used.
        """
        with explained(self._dsn):
            self._connection.execute('UPDATE "Arms" SET epoch = epoch + 1')


@contextmanager
def leading(
    url: str, arena: str, *, wait_ms: int = 0, lease_ms: int = LEASE_MS
) -> Iterator[Leadership]:
    """Lead ``arena`` within the block, as the only one; wait at most ``wait_ms`` for the lead.

    Raises:
        SettingError: ``arena`` may not name an arena.
        ArenaTaken: somebody else leads it.
        LedgerError: the server cannot be used.
    """
    check_arena(arena)
    with explained(url):
        connection = connect(url, arena=arena, autocommit=True, silence_ms=lease_ms)
    try:
        with explained(url):
            _take(connection, arena, wait_ms=wait_ms, lease_ms=lease_ms)
        yield Leadership(connection, arena)
    finally:
        connection.close()


def _take(connection: psycopg.Connection[Any], arena: str, *, wait_ms: int, lease_ms: int) -> None:
    second = keepalive_s(lease_ms)
    settings = {
        "idle_session_timeout": f"{lease_ms}ms",
        "tcp_keepalives_idle": f"{second}",
        "tcp_keepalives_interval": f"{second}",
        "tcp_keepalives_count": f"{KEEPALIVE_PROBES}",
        "tcp_user_timeout": f"{lease_ms}",
    }
    for name, value in settings.items():
        connection.execute("SELECT set_config(%s, %s, false)", [name, value])
    if wait_ms:
        connection.execute("SELECT set_config('lock_timeout', %s, false)", [f"{wait_ms}ms"])
        try:
            connection.execute(f"SELECT pg_advisory_lock({_KEY})".encode(), [arena])
        except LockNotAvailable as error:
            raise _taken(arena) from error
        connection.execute("SET lock_timeout = 0")
        return
    row = connection.execute(f"SELECT pg_try_advisory_lock({_KEY})".encode(), [arena]).fetchone()
    if row != (True,):
        raise _taken(arena)


def _taken(arena: str) -> ArenaTaken:
    return ArenaTaken(
        f"expected nobody to run arena {arena!r}, but another process does.",
        remedy="Stop that one first (autonome up, autonome worker), or name another arena.",
    )
