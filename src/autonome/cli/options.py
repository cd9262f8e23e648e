"""Options that several verbs share, and how their words are read."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Final

import typer

__all__ = [
    "ArenaBesideFileOption",
    "ArenaOption",
    "FileOption",
    "JsonOption",
    "LimitOption",
    "arena_file",
    "instant",
    "length",
]

_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days"}
_SHORTEST: Final = timedelta(minutes=1)
_LONGEST: Final = timedelta(days=7)
_YEARS: Final = range(1970, 2201)

_FILE: Final = Path("autonome.toml")
_ARENA_HELP: Final = (
    "The arena; by default that of autonome.toml of this folder, then AUTONOME_ARENA, then public."
)


def arena_file(named: Path | None = None) -> Path | None:
    """Return the arena's file: the one that was named, else that of this folder, if it is there."""
    return named if named is not None or not _FILE.exists() else _FILE


def _of_the_file(context: typer.Context, arena: str | None) -> str | None:
    """Return the arena that was named, else the one that the file of this folder names."""
    file = arena_file()
    if arena is not None or file is None or context.resilient_parsing:
        return arena
    from autonome.bootstrap.arena_file.reading import read_arena_name

    return read_arena_name(file)


ArenaOption = Annotated[
    str | None, typer.Option("--arena", help=_ARENA_HELP, callback=_of_the_file)
]
ArenaBesideFileOption = Annotated[
    str | None,
    typer.Option("--arena", help="The arena; by default the file's, then AUTONOME_ARENA's."),
]
FileOption = Annotated[
    Path | None,
    typer.Option("--file", help="The arena's file; autonome.toml of this folder, if it is there."),
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
