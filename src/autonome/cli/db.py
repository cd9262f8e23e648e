"""``autonome db``: the database itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from autonome.cli.options import ArenaOption

__all__ = ["app", "check", "dump", "restore", "shell", "upgrade", "url"]

app = typer.Typer(help="The database: upgrade, check, reach, save.", no_args_is_help=True)

FileArgument = Annotated[Path, typer.Argument(help="A file in pg_dump's custom format.")]


@app.command()
def upgrade(arena: ArenaOption = None) -> None:
    """Make the arena's tables, or bring them up to date; adopt what another client wrote."""
    from autonome.bootstrap import database
    from autonome.config import read_settings

    result = database.upgrade_database(read_settings(), arena)
    typer.echo(f"Arena {result.arena}: at revision {result.revision}.")
    adopted = result.adoption
    if adopted.arms or adopted.entries or adopted.exits:
        typer.echo(
            f"Adopted: {adopted.arms} models (their arms are not enabled), {adopted.entries} entry"
            f" and {adopted.exits} exit fills, {adopted.payments} payments for other P&L."
        )
    for order_id in adopted.refused:
        typer.echo(f"Not adopted, because its figures contradict themselves: order {order_id}.")


@app.command()
def check(arena: ArenaOption = None) -> None:
    """Compare the live catalogue with the contract; exit status 1 names every difference."""
    from autonome.bootstrap import database
    from autonome.config import read_settings

    found = database.check_database(read_settings(), arena)
    for difference in found.differences:
        typer.echo(difference)
    if found.differences:
        typer.echo(f"Arena {found.arena}: {len(found.differences)} differences.", err=True)
        raise typer.Exit(1)
    typer.echo(f"Arena {found.arena}: as the contract says.")


@app.command()
def url(
    hold: Annotated[
        bool, typer.Option("--hold", help="Keep the embedded server running until Ctrl-C.")
    ] = False,
) -> None:
    """Print the URL of the database, its password included."""
    from autonome.bootstrap import database
    from autonome.config import read_settings

    settings = read_settings()
    with database.open_database(settings) as address:
        typer.echo(address)
        if settings.database_url is None and not hold:
            typer.echo(
                "The server runs while a command uses it; --hold keeps it running.", err=True
            )
        if hold:
            typer.echo("Running until Ctrl-C.", err=True)
            database.wait_for_interrupt()


@app.command()
def shell(arena: ArenaOption = None) -> None:
    """Open psql on the database, the arena on its search path."""
    from autonome.bootstrap import database
    from autonome.config import read_settings

    raise typer.Exit(database.open_shell(read_settings(), arena))


@app.command()
def dump(file: FileArgument, arena: ArenaOption = None) -> None:
    """Write one arena to a file."""
    from autonome.bootstrap import database
    from autonome.config import read_settings

    name = database.dump_arena(read_settings(), arena, file)
    typer.echo(f"Wrote arena {name} to {file}.")


@app.command()
def restore(file: FileArgument, arena: ArenaOption = None) -> None:
    """Bring an arena back from a file; it must not have tables yet."""
    from autonome.bootstrap import database
    from autonome.config import read_settings

    name = database.restore_arena(read_settings(), arena, file)
    typer.echo(f"Restored arena {name} from {file}.")
