"""``autonome worker``: run an arena together with other processes."""

from __future__ import annotations

import typer

from autonome.cli.options import ArenaBesideFileOption, FileOption, arena_file
from autonome.cli.up import tell, warn

__all__ = ["worker"]


def worker(arena: ArenaBesideFileOption = None, file: FileOption = None) -> None:
    """Run an arena beside other workers: one leads, all ask models; Ctrl-C ends this one."""
    import os

    from autonome.bootstrap.arena_file.reading import read_arena_file
    from autonome.bootstrap.workers.running import run_worker, worker_name
    from autonome.config import read_settings

    settings = read_settings()
    plan = read_arena_file(arena_file(file), os.environ, may_lack_keys=True)
    name = arena or plan.name or settings.arena
    typer.echo(f"Worker {worker_name()} of arena {name!r}.")
    ended = run_worker(settings, plan, name, told=tell, warned=warn)
    typer.echo(f"Ended: {ended}.")
