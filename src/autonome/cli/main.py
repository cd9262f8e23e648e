"""The command ``autonome``: its verbs, and how errors reach the user."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from autonome.cli import (
    audit,
    data,
    db,
    halt,
    invocations,
    leaderboard,
    models,
    nav,
    positions,
    prompt,
    replay,
    runs,
    serve,
    token,
    trades,
    up,
    worker,
)

__all__ = ["app", "run"]


class _Verbs(TyperGroup):
    """Says what came where an option cannot be used; Typer says only what the validator says."""

    def invoke(self, ctx: Any) -> Any:
        """Run the verb."""
        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:
            errors = getattr(error.__cause__, "errors", None)
            if errors is not None:
                from autonome.config import wrong_value

                error.message = wrong_value(errors()[0])
            raise


app = typer.Typer(
    cls=_Verbs,
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # Its traceback shows local variables: passwords, say.
    rich_markup_mode=None,
)


def _print_version(is_wanted: bool) -> None:
    if is_wanted:
        from importlib.metadata import version

        typer.echo(f"autonome {version('autonome')}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    """AI models trade crypto perpetual futures; every figure can be proved."""


app.command()(up.up)
app.command()(worker.worker)
app.command()(serve.serve)
app.command()(prompt.prompt)
app.command()(halt.halt)
app.command()(halt.resume)
app.command()(halt.flatten)
app.command()(replay.replay)
app.command()(leaderboard.leaderboard)
app.command()(positions.positions)
app.command()(trades.trades)
app.command()(nav.nav)
app.command()(models.models)
app.command()(invocations.invocations)
app.command()(audit.audit)
app.add_typer(runs.app, name="runs")
app.add_typer(data.app, name="data")
app.add_typer(db.app, name="db")
app.add_typer(token.app, name="token")


def run() -> None:
    """Run the command line; an expected failure is two sentences and exit status 1."""
    from autonome.domain.errors import AutonomeError

    try:
        app()
    except AutonomeError as error:
        typer.echo(f"Error: {error.problem}", err=True)
        typer.echo(f"What to do: {error.remedy}", err=True)
        sys.exit(1)
