"""Rows of ``"ArmStates"`` and ``"Commands"``: what an arena that runs by itself goes on with."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import Enum

from autonome.domain.value import field, value
from autonome.ledger.rows.ids import new_id

__all__ = ["ArmState", "Command", "CommandKind"]


class CommandKind(Enum):
    """What an operator may ask of a running arena."""

    HALT = "HALT"
    """No new risk."""
    RESUME = "RESUME"
    """Take a halt back."""
    FLATTEN = "FLATTEN"
    """Halt, and close everything."""


@value
class ArmState:
    """What an arm remembers beyond its rows: orders at work, first stops, cool-downs."""

    model_id: str
    state: Mapping[str, object]
    """As JSON; numbers with a fraction come back as Decimals."""
    updated_at: datetime


@value
class Command:
    """What an operator asked for; whoever leads the arena carries it out."""

    id: str = field(default_factory=new_id)
    kind: CommandKind
    model_id: str | None = None
    """Whom it is about; ``None`` is the whole arena."""
    reason: str
    requested_by: str
    """Who asked, in words: a user, a page."""
    requested_at: datetime
    done_at: datetime | None = None
    """When it was carried out; ``None`` while nobody has."""
    outcome: str | None = None
    """What came of it, in words."""
