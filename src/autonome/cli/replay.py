"""``autonome replay``: run the arms over recorded or synthetic candles."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from autonome.cli.leaderboard import COLUMNS
from autonome.cli.output import print_rows

__all__ = ["replay"]


def replay(
    data: Annotated[
        Path | None,
        typer.Option(help="Folder of SYM-1m.parquet and SYM-funding.parquet; synthetic without."),
    ] = None,
    symbols: Annotated[str, typer.Option(help="Symbols, separated by commas.")] = "BTC,ETH",
    arena: Annotated[
        str, typer.Option(help="Arena to write; one that a replay made before is replaced.")
    ] = "replay",
    profile: Annotated[str, typer.Option(help="Venue profile.")] = "binance-perp",
    cadence: Annotated[int, typer.Option(min=1, help="Minutes between decisions.")] = 5,
    capital: Annotated[str, typer.Option(help="Starting capital of each arm (quote).")] = "10000",
    seed: Annotated[int, typer.Option(min=0, help="Seed of the synthetic market.")] = 1,
    json: Annotated[bool, typer.Option("--json", help="Print the leaderboard as JSON.")] = False,
) -> None:
    """Replay a market for every arm and keep all of it in the ledger."""
    from autonome.bootstrap import ReplayOrder, open_database, read_leaderboard, replay_into
    from autonome.cli.progress import simulated_time
    from autonome.config import read_settings

    settings = read_settings()
    order = ReplayOrder(
        symbols=tuple(
            dict.fromkeys(part.strip().upper() for part in symbols.split(",") if part.strip())
        ),
        data=data,
        arena=arena,
        profile=profile,
        cadence_minutes=cadence,
        capital=capital,
        seed=seed,
    )
    with open_database(settings):  # Held throughout: the embedded server starts once.
        with simulated_time() as progress:
            replay_into(settings, order, progress=progress)
        rows = read_leaderboard(settings, arena)
    columns = COLUMNS if json else COLUMNS[:-1]
    print_rows(rows, columns, as_json=json, title=f"Leaderboard of arena {arena}", empty="No arms.")
    if not json:
        typer.echo(f"\nSee what happened: autonome trades --arena {arena}")
