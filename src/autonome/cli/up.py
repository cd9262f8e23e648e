"""``autonome up``: run an arena by itself, on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from autonome.cli.options import ArenaBesideFileOption, FileOption, arena_file

if TYPE_CHECKING:
    from autonome.bootstrap.paper.status import Status

__all__ = ["up"]


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
    ended = run_arena(settings, plan, name, told=_tell, warned=_warn)
    typer.echo(f"Ended: {ended}.")


def _tell(status: Status) -> None:
    """Say in a line how the arena stands, once a cycle."""
    if not status.is_tick:
        return
    words = f"{status.at:%Y-%m-%d %H:%M}  {status.positions} positions  {status.trades} trades"
    words += f"  first: {status.first} {status.nav:,.2f}"
    if status.thinking:
        words += f"  {status.thinking} models think"
    typer.echo(words)


def _warn(words: str) -> None:
    typer.echo(words, err=True)
