"""Rows of ``"Tokens"``, ``"Sessions"`` and ``"ControlLog"``: who may command, and what was done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import Enum

from autonome.domain.value import field, value
from autonome.ledger.rows.ids import new_id

__all__ = ["ControlEntry", "Token", "TokenScope"]


class TokenScope(Enum):
    """What the holder of a token may do."""

    READ = "READ"
    ADMIN = "ADMIN"
    """Read, and command."""


@value
class Token:
    """Something to be known by; what is kept of it recognises it, and does not betray it."""

    id: str
    name: str
    """Of whoever holds it: unique, and what the log of control says."""
    scope: TokenScope
    hash: str
    """SHA-256 of its secret, in hexadecimal digits."""
    created_at: datetime
    last_used_at: datetime | None = None
    """Within a minute."""
    revoked_at: datetime | None = None


@value
class ControlEntry:
    """One act of control, as it was asked for or done; never changed afterwards."""

    id: str = field(default_factory=new_id)
    at: datetime
    who: str
    """``token NAME``, ``cli USER``, or ``system``."""
    what: str
    """Such as ``halt``, ``edit_plan``, ``token-created``."""
    model_id: str | None = None
    """Whom it is about; ``None`` is the whole arena, or several of its arms."""
    command_id: str | None = None
    """The command that asks for it; what came of that stands there."""
    before: Mapping[str, object] | None = None
    after: Mapping[str, object] | None = None
    """As it is once it is done."""
    reason: str | None = None
