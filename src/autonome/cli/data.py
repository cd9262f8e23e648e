"""``autonome data``: look at market data before it is replayed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from autonome.cli.options import JsonOption
from autonome.cli.output import Column, instant, plain, print_rows

__all__ = ["app", "inspect"]

app = typer.Typer(help="Market data: what files hold, what is wrong.", no_args_is_help=True)

_COLUMNS = (
    Column("symbol", "Symbol", plain),
    Column("kind", "Kind", plain),
    Column("rows", "Rows", plain, is_number=True),
    Column("first", "First (UTC)", instant),
    Column("last", "Last (UTC)", instant),
    Column("gaps", "Gaps", plain, is_number=True),
    Column("format", "Format", plain),
    Column("layout", "Layout", plain),
    Column("step_seconds", "Step s", plain, is_number=True),
    Column("price_decimals", "Decimals", plain, is_number=True),
    Column("first_gap", "First gap (UTC)", instant),
    Column("file", "File", lambda file: Path(file).name),
)
_PROBLEMS = Column("problems", "Problems", plain)


@app.callback()
def _verbs() -> None:
    """Keep ``inspect`` a verb of its own, though it is the only one."""


@app.command()
def inspect(
    path: Annotated[Path, typer.Argument(help="A file, or a folder of files.")],
    symbol: Annotated[str | None, typer.Option("--symbol", help="Only this symbol.")] = None,
    json: JsonOption = False,
) -> None:
    """Show what each file holds and every rule it breaks; exit status 1 if it breaks any."""
    from autonome.bootstrap.inspecting import inspect_data

    found = inspect_data(path)
    if symbol is not None:
        there = sorted({each.symbol for each in found if each.symbol is not None})
        found = [each for each in found if each.symbol in (symbol, symbol.upper())]
        if not found:
            held = ", ".join(there) or "no symbol"
            typer.echo(f"No file holds the symbol {symbol!r}; {path} has {held}.", err=True)
            raise typer.Exit(1)
    columns = (*_COLUMNS, _PROBLEMS) if json else _COLUMNS
    print_rows(found, columns, as_json=json, title="Market data", empty="No such file.")
    problems = [problem for each in found for problem in each.problems]
    for problem in problems if not json else ():
        typer.echo(problem)
    if problems:
        raise typer.Exit(1)
