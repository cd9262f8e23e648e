"""Leadership of an arena: who keeps its clock, by a lock that ends with its connection.

The server itself takes the lead from a process that hangs or is cut off: it ends a session that
says nothing for the length of the lease, and one whose machine no longer answers.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC
from typing import Any, Final

import psycopg
from psycopg.errors import InsufficientPrivilege, LockNotAvailable

from autonome.domain.errors import ArenaTaken
from autonome.ledger.arenas import check_arena
from autonome.ledger.connection import KEEPALIVE_PROBES, connect, explained, keepalive_s

__all__ = ["LEASE_MS", "Leadership", "leading"]

LEASE_MS: Final = 15_000
"""Longest silence of a leader before another may lead."""
_KEY: Final = "hashtextextended('autonome lead ' || %s, 0)"
_HOLDER: Final = f"""
    SELECT a.application_name, host(a.client_addr), a.backend_start
    FROM pg_locks l JOIN pg_stat_activity a USING (pid), (SELECT {_KEY} AS key) k
    WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
        AND l.database = a.datid AND a.datname = current_database()
        AND l.classid::bigint = (k.key >> 32) & 4294967295 AND l.objid::bigint = k.key & 4294967295
"""
"""A lock by a key of 64 bits: ``classid`` has its upper half, ``objid`` its lower one."""


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
    url: str,
    arena: str,
    *,
    wait_ms: int = 0,
    lease_ms: int = LEASE_MS,
    warned: Callable[[str], None] = lambda _: None,
) -> Iterator[Leadership]:
    """Lead ``arena`` within the block, as the only one; wait at most ``wait_ms`` for the lead.

    ``warned`` is told before it waits.

    Raises:
        SettingError: ``arena`` may not name an arena.
        ArenaTaken: somebody else leads it; the message says who, as far as the server tells.
        LedgerError: the server cannot be used.
    """
    check_arena(arena)
    with explained(url):
        connection = connect(url, arena=arena, autocommit=True, silence_ms=lease_ms)
    try:
        with explained(url):
            _settle(connection, lease_ms)
            _take(connection, arena, wait_ms, warned)
        yield Leadership(connection, arena)
    finally:
        connection.close()


def _settle(connection: psycopg.Connection[Any], lease_ms: int) -> None:
    """Let the server end the session once it is silent, and say to others whose it is."""
    second = keepalive_s(lease_ms)
    settings = {
        "application_name": f"autonome lead {os.getpid()}@{socket.gethostname()}",
        "idle_session_timeout": f"{lease_ms}ms",
        "tcp_keepalives_idle": f"{second}",
        "tcp_keepalives_interval": f"{second}",
        "tcp_keepalives_count": f"{KEEPALIVE_PROBES}",
        "tcp_user_timeout": f"{lease_ms}",
    }
    for name, value in settings.items():
        connection.execute("SELECT set_config(%s, %s, false)", [name, value])


def _take(
    connection: psycopg.Connection[Any], arena: str, wait_ms: int, warned: Callable[[str], None]
) -> None:
    row = connection.execute(f"SELECT pg_try_advisory_lock({_KEY})".encode(), [arena]).fetchone()
    if row == (True,):
        return
    holder = _holder(connection, arena)
    if not wait_ms:
        raise _taken(arena, holder)
    warned(f"Arena {arena!r} is run by {holder}; waiting up to {wait_ms / 1_000:g} s for it.")
    connection.execute("SELECT set_config('lock_timeout', %s, false)", [f"{wait_ms}ms"])
    try:
        connection.execute(f"SELECT pg_advisory_lock({_KEY})".encode(), [arena])
    except LockNotAvailable as error:
        raise _taken(arena, _holder(connection, arena)) from error
    connection.execute("SET lock_timeout = 0")


def _holder(connection: psycopg.Connection[Any], arena: str) -> str:
    """Say who leads; the server may hide it from other roles, and the leader may just be gone."""
    try:
        row = connection.execute(_HOLDER.encode(), [arena]).fetchone()
    except InsufficientPrivilege:
        row = None
    if row is None or row[2] is None:
        return "another process"
    name, address, begun = row
    who = repr(name) if name else "another process"
    place = address or "the database's own machine"
    return f"{who} from {place} since {begun.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _taken(arena: str, holder: str) -> ArenaTaken:
    return ArenaTaken(
        f"expected nobody to run arena {arena!r}, but {holder} does.",
        remedy="Stop that one first (autonome up, autonome worker), or name another arena.",
    )
