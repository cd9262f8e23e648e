"""``autonome models``: who competes, and how each is run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated

import typer

from autonome.cli.options import ArenaOption, JsonOption
from autonome.cli.output import Column, cents, plain, print_rows, shortened

__all__ = ["COLUMNS", "ModelOption", "models", "require_model"]

ModelOption = Annotated[
    str | None, typer.Option("--model", help="Only models of this name; all by default.")
]


def require_model(name: str | None, names: Iterable[str]) -> None:
    """End with exit status 1 and a sentence if a model was named, and none has its name."""
    if name is not None and name not in names:
        typer.echo(f"No model is named {name!r}; autonome models lists them.", err=True)
        raise typer.Exit(1)


def _brief(settings: Mapping[str, object] | None) -> str:
    """Return an agent's plain parameters as short words; JSON has the others, too."""
    words = [
        f"{key}={plain(value)}"
        for key, value in (settings or {}).items()
        if value is not None and not isinstance(value, dict)
    ]
    return shortened(", ".join(words) or None, width=60)


COLUMNS = (
    Column("model", "Model", plain),
    Column("kind", "Kind", plain),
    Column("competing_variant", "Variant", plain),
    Column("policy", "Policy", plain),
    Column("starting_capital", "Capital", cents, is_number=True),
    Column("invocations", "Invocations", plain, is_number=True),
    Column("failures", "Failures", plain, is_number=True),
    Column("halted_reason", "Halted because", shortened),
    Column("minutes", "Minutes", plain, is_number=True),
    Column("settings", "Settings", _brief),
    Column("replica", "Replica", plain, is_number=True),
    Column("enabled", "Enabled", lambda value: plain({True: "yes", False: "no"}.get(value))),
    Column("model_id", "Model id", plain),
)


def models(arena: ArenaOption = None, json: JsonOption = False) -> None:
    """Show every model: kind, policy, capital, counters, and why it was halted."""
    from autonome.bootstrap.reading import read_models
    from autonome.config import read_settings

    rows = read_models(read_settings(), arena)
    columns = COLUMNS if json else COLUMNS[:-1]
    print_rows(rows, columns, as_json=json, title="Models", empty="No models yet.")
