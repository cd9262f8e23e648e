"""``autonome runs``: look at the bundle of a run, without a database."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from autonome.cli import leaderboard, models, nav, positions, trades
from autonome.cli.models import ModelOption, require_model
from autonome.cli.nav import EveryOption
from autonome.cli.options import JsonOption, LimitOption
from autonome.cli.output import Column, instant, plain, print_rows, shortened

if TYPE_CHECKING:
    from autonome.bootstrap.runs import Bundle

__all__ = ["RunTable", "app", "runs", "show"]

app = typer.Typer(help="Bundles of runs: what a replay kept in a folder.", no_args_is_help=True)


class RunTable(Enum):
    """A table that a bundle can show."""

    LEADERBOARD = "leaderboard"
    TRADES = "trades"
    POSITIONS = "positions"
    NAV = "nav"
    MODELS = "models"


_COLUMNS: Final[dict[RunTable, tuple[Column, ...]]] = {
    RunTable.LEADERBOARD: leaderboard.COLUMNS,
    RunTable.TRADES: trades.COLUMNS,
    RunTable.POSITIONS: positions.COLUMNS,
    RunTable.NAV: nav.COLUMNS,
    RunTable.MODELS: models.COLUMNS,
}


@app.callback()
def runs() -> None:
    """Keep ``show`` a command of its own."""


@app.command()
def show(
    folder: Annotated[Path, typer.Argument(help="The folder of the bundle.")],
    table: Annotated[RunTable, typer.Option(help="Which table.")] = RunTable.LEADERBOARD,
    model: ModelOption = None,
    every: EveryOption = "1h",  # type: ignore[assignment]  # The parser reads the default too.
    limit: LimitOption = 50,
    json: JsonOption = False,
) -> None:
    """Check a bundle and show what made it, and one of its tables."""
    from autonome.bootstrap.runs import bundled_rows, read_bundle

    run = read_bundle(folder)
    rows = bundled_rows(run, table.value, width=every, limit=limit, model=model)
    if model is not None and not rows:
        named = bundled_rows(run, RunTable.MODELS.value, width=every, limit=limit)
        require_model(model, (each.model for each in named))
    if not json:
        _summarize(run)
    columns = _COLUMNS[table] if json else _without_ids(_COLUMNS[table])
    title = f"{folder.name}: {table.value}"
    print_rows(rows, columns, as_json=json, title=title, empty="No such rows.")


def _without_ids(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    return tuple(column for column in columns if not column.key.endswith("_id"))


def _summarize(run: Bundle) -> None:
    """Print what made a bundle, and how to recognise its content."""
    manifest = run.manifest
    partial = "; partial: it ended before its market did" if manifest.partial else ""
    inputs = ", ".join(f"{key}={shortened(value)}" for key, value in manifest.inputs.items())
    rows = ", ".join(
        f"{name.removesuffix('.parquet')} {file.rows:,}"
        for name, file in manifest.files.items()
        if name.endswith(".parquet")
    )
    versions = ", ".join(f"{name} {number}" for name, number in manifest.versions.items())
    typer.echo(f"Arena {manifest.arena}, kept {instant(manifest.created_at)} UTC{partial}")
    typer.echo(f"Content: {manifest.content_hash}")
    typer.echo(f"Inputs:  {manifest.input_fingerprint} ({inputs or plain(None)})")
    typer.echo(f"Made by: {versions}")
    typer.echo(f"Rows:    {rows}\n")
