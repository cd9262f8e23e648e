"""Options that several verbs share."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["ArenaOption", "JsonOption"]

ArenaOption = Annotated[
    str | None,
    typer.Option("--arena", help="The arena to look at; AUTONOME_ARENA, or public, by default."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, money as text.")]
