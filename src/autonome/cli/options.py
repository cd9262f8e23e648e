"""Options that several verbs share, and how their words are read."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

import typer

__all__ = ["ArenaOption", "JsonOption", "LimitOption", "instant", "length"]

_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days"}
_SHORTEST: Final = timedelta(minutes=1)
_LONGEST: Final = timedelta(days=7)
_YEARS: Final = range(1970, 2201)

ArenaOption = Annotated[
    str | None,
    typer.Option("--arena", help="The arena to look at; AUTONOME_ARENA, or public, by default."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, money as text.")]
LimitOption = Annotated[
    int, typer.Option("--limit", min=1, max=1_000_000, help="Show at most as many, newest first.")
]


def length(text: str) -> timedelta:
    """Read a length of time such as 5m, 1h or 1d; a number alone counts minutes."""
    found = re.fullmatch(r"([0-9]{1,6})([mhd]?)", text.strip())
    width = timedelta(**{_UNITS[found[2] or "m"]: int(found[1])}) if found else timedelta()
    if not _SHORTEST <= width <= _LONGEST:
        raise typer.BadParameter(
            f"expected a length such as 5m, 1h or 1d, from 1m to 7d, found {text!r}."
        )
    return width


def instant(text: str) -> datetime:
    """Read a date or an instant; no zone means UTC."""
    try:
        at = datetime.fromisoformat(text)
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        at = None
    if at is None or at.year not in _YEARS:
        raise typer.BadParameter(
            f"expected a date or an instant such as 2025-05-05T12:00Z, of the years"
            f" {_YEARS[0]} to {_YEARS[-1]}, found {text!r}."
        )
    return at
