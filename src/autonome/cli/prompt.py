"""``autonome prompt``: what a model of an arena would be sent now."""

from __future__ import annotations

import json as json_text
from typing import Annotated

import typer

from autonome.cli.options import ArenaBesideFileOption, FileOption, JsonOption, arena_file
from autonome.cli.output import instant, jsonable

__all__ = ["prompt"]


def prompt(
    arm: Annotated[str, typer.Option("--arm", help="Name of an arm that asks a model.")],
    arena: ArenaBesideFileOption = None,
    file: FileOption = None,
    json: JsonOption = False,
) -> None:
    """Print exactly what a model would be sent now, its tools included; nothing is asked of it."""
    import os

    from autonome.bootstrap.arena_file.reading import read_arena_file
    from autonome.bootstrap.paper.prompts import sent_now
    from autonome.config import read_settings

    settings = read_settings()
    plan = read_arena_file(arena_file(file), os.environ)
    name = arena or plan.name or settings.arena
    sent = sent_now(settings, plan, name, arm=arm)
    if json:
        words = {
            "arena": name,
            "arm": arm,
            "at": jsonable(sent.at),
            "isNew": sent.is_new,
            "version": sent.prompt.version,
            "digest": sent.prompt.digest,
            "system": sent.prompt.system,
            "user": sent.prompt.user,
            "tools": json_text.loads(sent.tools),
        }
        typer.echo(json_text.dumps(words, indent=2, ensure_ascii=False))
        return
    account = "with a new account" if sent.is_new else "with its account of then"
    typer.echo(f"{arm!r} in arena {name!r} at {instant(sent.at)} UTC, {account}:", err=True)
    typer.echo(sent.text, nl=False)
