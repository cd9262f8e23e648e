"""As whom the server runs: PostgreSQL refuses to run as root, so root lends it another user."""

from __future__ import annotations

import os
import pwd
from dataclasses import dataclass
from pathlib import Path

from autonome.domain.errors import FolderNotWritable, ServerFailed

__all__ = ["CANDIDATES", "Account", "account_for"]

CANDIDATES = ("postgres", "nobody")
"""System users that may own a new data directory of root's, best first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A user of the system that is not root."""

    uid: int
    """User id, > 0."""
    gid: int
    """Id of the user's main group."""
    name: str
    """Login name, or the number of a user without one."""


def account_for(data: Path) -> Account | None:
    """Return whom the server shall run as, or None for the user that this process runs as.

    Root takes the owner of the data; while there is none, the owner of the folder around it, so
    that a user who once called us through ``sudo`` keeps a usable home; else a system user.

    Raises:
        FolderNotWritable: the data belongs to another user than this one.
        ServerFailed: this is root, and no other user can be found.
    """
    owner = data.stat().st_uid if data.exists() else None
    if os.geteuid() != 0:
        if owner not in (None, os.geteuid()):
            raise FolderNotWritable(
                f"expected the data in {str(data)!r} to belong to user {os.geteuid()}, "
                f"but it belongs to user {owner}",
                remedy="Run as that user (or as root), or set AUTONOME_HOME to another folder.",
            )
        return None
    if owner is None:
        return _account(data.parent.stat().st_uid or _first_candidate().uid)
    if owner == 0:
        raise ServerFailed(
            f"expected the data in {str(data)!r} to belong to a user other than root, "
            "as PostgreSQL demands, but it belongs to root",
            remedy=f"Give it to one, for example: chown -R {_first_candidate().name} '{data}'",
        )
    return _account(owner)


def _account(uid: int) -> Account:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        return Account(uid=uid, gid=uid, name=str(uid))
    return Account(uid=uid, gid=entry.pw_gid, name=entry.pw_name)


def _first_candidate() -> Account:
    for name in CANDIDATES:
        try:
            return _account(pwd.getpwnam(name).pw_uid)
        except KeyError:
            continue
    raise ServerFailed(
        "expected a system user that can run PostgreSQL (it refuses to run as root), "
        f"but found none of {', '.join(CANDIDATES)}",
        remedy="Run Autonome as a normal user, or add one: useradd --system postgres",
    )
