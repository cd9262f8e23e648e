"""``autonome up``: run an arena by itself, on paper."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from autonome.cli.options import ArenaOption

if TYPE_CHECKING:
    from autonome.bootstrap.paper.status import Status

__all__ = ["FileOption", "plan_file", "tell", "up", "warn"]

_FILE: Final = Path("autonome.toml")

FileOption = Annotated[
    Path | None,
    typer.Option("--file", help="The arena's file; autonome.toml of this folder, if it is there."),
]


def up(arena: ArenaOption = None, file: FileOption = None) -> None:
    """Run an arena until Ctrl-C: cycles, exits, funding and NAV go on by themselves."""
    import os

    from autonome.bootstrap.arena_file.reading import read_arena_file
    from autonome.bootstrap.paper.running import run_arena
    from autonome.config import read_settings

    settings = read_settings()
    plan = read_arena_file(plan_file(file), os.environ)
    name = arena or plan.name or settings.arena
    typer.echo(f"Arena {name!r}: {plan.market.kind} market at {plan.market.speed} x, simulated.")
    ended = run_arena(settings, plan, name, told=tell, warned=warn)
    typer.echo(f"Ended: {ended}.")


def plan_file(given: Path | None) -> Path | None:
    """Return the arena's file: the given one, or that of this folder, if it is there."""
    if given is not None:
        return given
    return _FILE if _FILE.exists() else None


def tell(status: Status) -> None:
    """Say in a line how the arena stands, once a cycle."""
    if not status.is_tick:
        return
    words = f"{status.at:%Y-%m-%d %H:%M}  {status.positions} positions  {status.trades} trades"
    words += f"  first: {status.first} {status.nav:,.2f}"
    if status.thinking:
        words += f"  {status.thinking} models think"
    typer.echo(words)


def warn(words: str) -> None:
    """Say what is wrong, and is waited for."""
    typer.echo(words, err=True)
