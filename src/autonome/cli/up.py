"""``autonome up``: run an arena by itself, on paper."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Annotated

import typer

from autonome.cli.options import ArenaBesideFileOption, FileOption, arena_file

if TYPE_CHECKING:
    from autonome.bootstrap.arena_file.plan import ArenaPlan
    from autonome.bootstrap.paper.status import Status
    from autonome.config import Settings

__all__ = ["tell", "up", "warn"]


PortOption = Annotated[
    int, typer.Option("--port", min=0, max=65_535, help="Of the web; 0 takes a free one.")
]


def up(
    arena: ArenaBesideFileOption = None,
    file: FileOption = None,
    serve: Annotated[bool, typer.Option(help="The API and the dashboard beside it.")] = True,
    port: PortOption = 8420,
) -> None:
    """Run an arena until Ctrl-C: cycles, exits, funding and NAV go on by themselves."""
    import os

    from autonome.bootstrap.arena_file.reading import read_arena_file
    from autonome.config import read_settings

    settings = read_settings()
    plan = read_arena_file(arena_file(file), os.environ)
    name = arena or plan.name or settings.arena
    with _web(name, port) if serve else nullcontext():
        _run(settings, plan, name)


def _run(settings: Settings, plan: ArenaPlan, name: str) -> None:
    from autonome.bootstrap.paper.running import run_arena

    typer.echo(f"Arena {name!r}: {plan.market.kind} market at {plan.market.speed} x, simulated.")
    ended = run_arena(settings, plan, name, told=tell, warned=warn)
    typer.echo(f"Ended: {ended}.")


@contextmanager
def _web(name: str, port: int) -> Iterator[None]:
    """Serve the web beside the block, from before anything else begins."""
    from autonome.bootstrap.beside import served_beside

    with served_beside(name, port=port, warned=warn) as address:
        typer.echo(f"Dashboard and API: {address}")
        yield


def tell(status: Status) -> None:
    """Say in a line how the arena stands, once a cycle."""
    if not status.is_tick:
        return
    words = f"{status.at:%Y-%m-%d %H:%M}  {_counted(status.positions, 'position')}"
    words += f"  {_counted(status.trades, 'trade')}  first: {status.first} {status.nav:,.2f}"
    if status.thinking:
        words += "  1 model thinks" if status.thinking == 1 else f"  {status.thinking} models think"
    typer.echo(words)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def warn(words: str) -> None:
    """Say what is wrong, and is waited for."""
    typer.echo(words, err=True)
