"""The command ``autonome``: its verbs, and how errors reach the user."""

from __future__ import annotations

import sys

import typer

from autonome.cli import db, leaderboard, positions, replay, trades

__all__ = ["app", "run"]

app = typer.Typer(
    help="AI models trade crypto perpetual futures; every figure can be proved.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # Its traceback shows local variables: passwords, say.
    rich_markup_mode=None,
)
app.command()(replay.replay)
app.command()(leaderboard.leaderboard)
app.command()(positions.positions)
app.command()(trades.trades)
app.add_typer(db.app, name="db")


def run() -> None:
    """Run the command line; an expected failure is two sentences and exit status 1."""
    from autonome.domain.errors import AutonomeError

    try:
        app()
    except AutonomeError as error:
        typer.echo(f"Error: {error.problem}", err=True)
        typer.echo(f"What to do: {error.remedy}", err=True)
        sys.exit(1)
