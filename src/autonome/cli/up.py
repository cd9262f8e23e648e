"""``autonome up``: run an arena by itself, on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from autonome.cli.options import ArenaBesideFileOption, FileOption, arena_file

if TYPE_CHECKING:
    from autonome.bootstrap.paper.status import Status

__all__ = ["tell", "up", "warn"]


def up(arena: ArenaBesideFileOption = None, file: FileOption = None) -> None:
    """Run an arena until Ctrl-C: cycles, exits, funding and NAV go on by themselves."""
    import os

    from autonome.bootstrap.arena_file.reading import read_arena_file
    from autonome.bootstrap.paper.running import run_arena
    from autonome.config import read_settings

    settings = read_settings()
    plan = read_arena_file(arena_file(file), os.environ)
    name = arena or plan.name or settings.arena
    typer.echo(f"Arena {name!r}: {plan.market.kind} market at {plan.market.speed} x, simulated.")
    ended = run_arena(settings, plan, name, told=tell, warned=warn)
    typer.echo(f"Ended: {ended}.")


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
