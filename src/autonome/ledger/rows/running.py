"""Rows of ``"ArmStates"``, ``"Commands"``, ``"Events"`` and ``"Facts"``: what an arena lives by."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import Enum

from autonome.domain.value import field, value
from autonome.ledger.rows.ids import new_id

__all__ = [
    "ArmState",
    "Command",
    "CommandKind",
    "Event",
    "EventKind",
    "Fact",
    "FactName",
    "NewEvent",
]


class CommandKind(Enum):
    """What an operator may ask of a running arena."""

    HALT = "HALT"
    """No new risk."""
    RESUME = "RESUME"
    """Take a halt back."""
    FLATTEN = "FLATTEN"
    """Halt, and close everything."""
    CLOSE = "CLOSE"
    """Close one position."""
    EDIT_PLAN = "EDIT_PLAN"
    """Change the exit plan of one position."""
    ENABLE = "ENABLE"
    """Ask an arm again."""
    DISABLE = "DISABLE"
    """Ask an arm nothing more; exits of what it holds go on."""
    EDIT_POLICY = "EDIT_POLICY"
    """Give an arm limits of its own."""
    ADD_ARM = "ADD_ARM"
    """Let one more arm compete; its model gets the command's own id."""
    EDIT_ARM = "EDIT_ARM"
    """Change how an arm's model is asked."""
    RESET = "RESET"
    """Bring an arm that holds nothing back to its starting capital."""


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
    payload: Mapping[str, object] | None = None
    """What its kind needs beside that: ``orderId`` and ``symbol`` of a position, ``update`` of
    its plan; ``models`` where it is about several; ``limits`` and ``expectedVersion`` of a
    policy; the settings of an arm, never a key."""

    @property
    def whom(self) -> frozenset[str] | None:
        """Return the ids of the models that it is about; ``None`` is all."""
        if self.model_id is not None:
            return frozenset({self.model_id})
        several = (self.payload or {}).get("models")
        return frozenset(map(str, several)) if isinstance(several, list | tuple) else None


class EventKind(Enum):
    """What an event tells."""

    POSITION = "position"
    """One was opened, changed or closed."""
    TRADE = "trade"
    """A position, or a part of one, was closed: there is a new trade."""
    INVOCATION = "invocation"
    """A model was asked, has answered, or was not asked."""
    TEXT = "text"
    """A piece of what a model says."""
    CALL = "call"
    """A tool call was judged, or something came of it."""
    NAV = "nav"
    """What every arm is worth at one instant."""
    PRICES = "prices"
    """The mark of every symbol at one instant."""
    ARENA = "arena"
    """A halt, a halt taken back, a start, a stop, or a command that was carried out."""
    CYCLE = "cycle"
    """A tick has come."""


@value
class NewEvent:
    """What happened, before it is written down."""

    at: datetime
    """By the arena's clock; where no minute of the arena dates it, by ours."""
    kind: EventKind
    model_id: str | None = None
    """Whom it is about; ``None`` is the arena."""
    payload: Mapping[str, object]
    """As JSON: identifiers to fetch the rest by, and the little that most readers want."""


@value
class Event:
    """What happened, as it is told to whoever watches; kept for an hour."""

    id: int
    """Ascending in the order of writing; two writers at once may commit theirs the other way."""
    written_at: datetime
    """By the database's clock."""
    at: datetime
    kind: EventKind
    model_id: str | None
    payload: Mapping[str, object]


class FactName(Enum):
    """What a fact is about."""

    RUN = "run"
    """How the arena is run: ``market``, ``profile``, ``quote``, ``cadenceMinutes``, ``speed``,
    what its venue lists, ``instruments`` (see ``ledger/listed.py``), and how ``models`` were asked
    when whoever leads began."""
    MARKET = "market"
    """What the market says between the minutes, by symbol: funding, and a live market's book."""
    AUDIT = "audit"
    """What its last audit said: ``clean``."""


@value
class Fact:
    """What is known of an arena as a whole; a newer one of its name replaces it."""

    name: FactName
    at: datetime
    """By the wall clock."""
    said: Mapping[str, object]
    """As JSON."""
