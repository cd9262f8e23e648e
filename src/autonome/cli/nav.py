"""``autonome nav``: what models were worth, interval by interval."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from autonome.cli.models import ModelOption, require_model
from autonome.cli.options import ArenaOption, JsonOption, LimitOption, length
from autonome.cli.output import Column, cents, instant, plain, print_rows

__all__ = ["COLUMNS", "EveryOption", "NetOption", "nav"]

EveryOption = Annotated[
    timedelta,
    typer.Option("--every", parser=length, metavar="LENGTH", help="Interval: 15m, 1h, 1d."),
]

NetOption = Annotated[
    bool, typer.Option("--net", help="Take off what inference had cost until then.")
]

COLUMNS = (
    Column("model", "Model", plain),
    Column("start", "From (UTC)", instant),
    Column("last", "NAV", cents, is_number=True),
    Column("lowest", "Lowest", cents, is_number=True),
    Column("highest", "Highest", cents, is_number=True),
    Column("first", "First", cents, is_number=True),
    Column("points", "Points", plain, is_number=True),
)


def nav(
    arena: ArenaOption = None,
    model: ModelOption = None,
    every: EveryOption = "1h",  # type: ignore[assignment]  # The parser reads the default too.
    limit: LimitOption = 24,
    net: NetOption = False,
    json: JsonOption = False,
) -> None:
    """Show net portfolio value (NAV) per interval, newest first: last, lowest, highest, first."""
    from autonome.bootstrap.reading import read_models, read_nav
    from autonome.config import read_settings

    settings = read_settings()
    rows = read_nav(settings, arena, width=every, limit=limit, model=model, net=net)
    if model is not None and not rows:
        require_model(model, (each.model for each in read_models(settings, arena)))
    title = "NAV, net of inference" if net else "NAV"
    print_rows(rows, COLUMNS, as_json=json, title=title, empty="No NAV points of such models.")
