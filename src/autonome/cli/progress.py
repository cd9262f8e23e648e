"""A progress line with the simulated time; nothing where nobody watches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autonome.bootstrap.replaying import Progress

__all__ = ["simulated_time"]


@contextmanager
def simulated_time() -> Iterator[Callable[[Progress], None]]:
    """Yield a function that is told how far a replay has come."""
    from time import monotonic

    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("Replaying"),
        BarColumn(),
        TextColumn("{task.fields[state]}"),
        TimeElapsedColumn(),
    )
    console = Console(stderr=True)
    with Bar(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=1, state="loading")
        begun: tuple[float, int] | None = None

        def reached(progress: Progress) -> None:
            nonlocal begun
            now = monotonic()
            # The time until the first report is that of loading: it says nothing of the speed.
            begun = begun or (now, progress.events)
            seconds = max(now - begun[0], 1e-9)
            speed = (progress.events - begun[1]) / seconds
            bar.update(
                task,
                completed=(progress.reached - progress.begin) / (progress.end - progress.begin),
                state=f"{progress.reached:%Y-%m-%d %H:%M} · {progress.arms} arms"
                f" · {speed:,.0f} events/s",
            )

        yield reached
