"""``autonome audit``: recompute an arena, and name the first row that does not add up."""

from __future__ import annotations

import json as json_text
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer

from autonome.cli.options import ArenaOption, JsonOption
from autonome.cli.output import Column, jsonable, plain, print_rows

if TYPE_CHECKING:
    from autonome.bootstrap.auditing import AuditReport

__all__ = ["audit", "show"]

_COLUMNS = (
    Column("id", "Check", plain),
    Column("examined", "Examined", lambda count: f"{count:,}", is_number=True),
    Column("failed", "Failed", lambda count: f"{count:,}", is_number=True),
    Column("sentence", "What must hold", plain),
)


def audit(arena: ArenaOption = None, json: JsonOption = False) -> None:
    """Recompute every figure of an arena from its fills, payments and marks.

    Exit status 1 names, for each check that failed, the first row that does not add up.
    """
    from autonome.bootstrap.auditing import audit_arena
    from autonome.config import read_settings

    with _progress() as progress:
        report = audit_arena(read_settings(), arena, progress=progress)
    show(report, as_json=json)
    if not report.is_clean:
        raise typer.Exit(1)


def show(report: AuditReport, *, as_json: bool) -> None:
    """Print a report: a table of checks and the first row of each that failed, or JSON."""
    if as_json:
        typer.echo(json_text.dumps(_object(report), indent=2, ensure_ascii=False))
        return
    title = f"Audit of arena {report.arena}"
    print_rows(report.checks, _COLUMNS, as_json=False, title=title, empty="No checks.")
    if report.unvalued_models:
        names = ", ".join(report.unvalued_models)
        typer.echo(f"NAV points that another client took were not compared: {names}.")
    if report.thinned_hours:
        typer.echo(
            f"Of {report.thinned_hours:,} hours, first, lowest, highest and last NAV were compared:"
            " their other points are no longer kept."
        )
    for check in report.checks:
        if (first := check.first) is not None:
            typer.echo(f"\n{check.id}: {check.failed:,} of {check.examined:,} failed, first")
            when = "" if first.at is None else f" at {first.at:%Y-%m-%d %H:%M:%S.%f} UTC"
            typer.echo(f'  row      "{first.table}" {first.row_id}{when}')
            if first.model_id is not None:
                typer.echo(f"  model    {first.model_id}")
            typer.echo(f"  expected {first.expected}")
            typer.echo(f"  found    {first.found}")
    typer.echo("\nEverything adds up." if report.is_clean else "\nThis arena does not add up.")


def _object(report: AuditReport) -> dict[str, Any]:
    return {
        "arena": report.arena,
        "isClean": report.is_clean,
        "unvaluedModels": list(report.unvalued_models),
        "thinnedHours": report.thinned_hours,
        "checks": [
            {
                "id": check.id,
                "sentence": check.sentence,
                "examined": check.examined,
                "failed": check.failed,
                "first": None
                if (first := check.first) is None
                else {
                    "table": first.table,
                    "rowId": first.row_id,
                    "modelId": first.model_id,
                    "at": jsonable(first.at),
                    "expected": first.expected,
                    "found": first.found,
                },
            }
            for check in report.checks
        ],
    }


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """Yield a function that is told how many NAV points were compared, and of how many."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    console = Console(stderr=True)
    columns = (TextColumn("Auditing"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task("", total=None)
        yield lambda compared, total: bar.update(task, completed=compared, total=total)
