"""A progress line with the simulated time; nothing where nobody watches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

__all__ = ["simulated_time"]


@contextmanager
def simulated_time() -> Iterator[Callable[[datetime, datetime, datetime], None]]:
    """Yield a function that is told begin, end, and the simulated instant that was reached."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("Replaying"),
        BarColumn(),
        TextColumn("{task.fields[simulated]}"),
        TimeElapsedColumn(),
    )
    console = Console(stderr=True)
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task("", total=1, simulated="loading")

        def reached(begin: datetime, end: datetime, at: datetime) -> None:
            bar.update(
                task, completed=(at - begin) / (end - begin), simulated=f"{at:%Y-%m-%d %H:%M}"
            )

        yield reached
