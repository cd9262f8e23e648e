"""The arena as a whole: which there are, how this one runs, whether it is well."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from autonome.web.payloads.figures import Payload

__all__ = ["Arena", "Check", "Health", "LastCycle", "Run"]

Mode = Literal["PAPER", "REPLAY", "LIVE"]


class Arena(Payload):
    """An arena of the database."""

    name: str
    mode: Mode
    running: bool
    """Whether a process leads it now."""
    is_default: bool
    """Whether requests that name none are about it."""


class LastCycle(Payload):
    """The newest cycle on record."""

    number: int
    scheduled_at: datetime


class Run(Payload):
    """How the arena runs."""

    arena: str
    mode: Mode
    running: bool
    market: str | None
    """Where its prices come from; the last cycle's recipe says it where nobody noted it."""
    cadence_minutes: int | None
    """Between cycles; null where nobody noted it and fewer than two are on record."""
    speed: int | None
    """Seconds of the arena in a second; null where time does not run: in a replay."""
    arena_time: datetime | None
    """How far it has come."""
    last_cycle: LastCycle | None
    next_cycle_at: datetime | None
    """By the arena's time; null where it does not run."""
    started_at: datetime | None
    symbols: list[str]
    profile: str | None
    """Null: not on record."""
    arms: int
    quote: str
    version: str
    schema_revision: str | None


class Check(Payload):
    """One thing that should be so."""

    name: str
    status: Literal["ok", "degraded", "down", "unknown"]
    words: str
    at: datetime | None
    age_ms: int | None


class Health(Payload):
    """Whether everything is as it should be; the worst check decides."""

    status: Literal["ok", "degraded", "down"]
    checks: list[Check]
