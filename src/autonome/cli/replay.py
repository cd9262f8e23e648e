"""``autonome replay``: run the arms over recorded or synthetic candles."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autonome.cli.leaderboard import COLUMNS
from autonome.cli.options import JsonOption, instant, length
from autonome.cli.output import jsonable, print_rows

if TYPE_CHECKING:
    from autonome.bootstrap.replaying import Outcome

__all__ = ["replay"]


def _listed(texts: list[str], *, upper: bool = False) -> tuple[str, ...]:
    """Return what was named, separated by commas or repeated, each once."""
    words = [word.strip() for text in texts for word in text.split(",")]
    return tuple(dict.fromkeys(word.upper() if upper else word for word in words if word))


DataOption = Annotated[
    Path | None,
    typer.Option(help="Folder of candles and funding; the synthetic market without."),
]
SymbolsOption = Annotated[str, typer.Option(help="Symbols, separated by commas.")]
StartOption = Annotated[
    datetime | None,
    typer.Option("--from", parser=instant, metavar="DATE", help="First instant (UTC)."),
]
EndOption = Annotated[
    datetime | None,
    typer.Option("--to", parser=instant, metavar="DATE", help="End, not included (UTC)."),
]
GapsOption = Annotated[
    str, typer.Option(help="What to do about missing minutes: error, fill or split.")
]
CadenceOption = Annotated[
    timedelta, typer.Option(parser=length, metavar="TIME", help="Between decisions, such as 5m.")
]
ProfileOption = Annotated[
    str, typer.Option(help="Venue profile: a name, or a path of your own (.toml).")
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Override a value of the profile; repeatable."),
]
ArmsOption = Annotated[
    list[str] | None,
    typer.Option(
        help="all, rules, controls, scripted:FILE.csv, recorded:ARENA, llm:FILE.toml; by commas or"
        " repeated. Default: all, or none beside --agent."
    ),
]
AgentOption = Annotated[
    list[str] | None,
    typer.Option(metavar="MODULE:CLASS", help="A rule agent of your own; repeatable."),
]
PolicyOption = Annotated[
    str | None,
    typer.Option(help="For every arm: standard, control or as-written. Default: by kind."),
]
ReplicasOption = Annotated[int, typer.Option(min=1, help="Random-entry controls.")]
SeedOption = Annotated[
    int, typer.Option(min=0, help="Of the synthetic market, and of everything drawn.")
]
CapitalOption = Annotated[
    str | None,
    typer.Option(help="Starting capital of each arm (quote). Default: the profile's, or 10000."),
]
ArenaOption = Annotated[
    str, typer.Option(help="Arena to write; one that a replay made before is replaced.")
]
OfflineOption = Annotated[
    bool, typer.Option("--offline", help="Ask no model (llm:FILE): kept answers only.")
]
BundleOption = Annotated[
    Path | None, typer.Option(help="Folder to keep the whole run in, as Parquet files.")
]


def replay(
    data: DataOption = None,
    symbols: SymbolsOption = "BTC,ETH,SOL",
    start: StartOption = None,
    end: EndOption = None,
    gaps: GapsOption = "error",
    cadence: CadenceOption = "5m",  # type: ignore[assignment]  # The parser reads the default too.
    profile: ProfileOption = "binance-perp",
    overrides: SetOption = None,
    arms: ArmsOption = None,
    agent: AgentOption = None,
    policy: PolicyOption = None,
    replicas: ReplicasOption = 1,
    seed: SeedOption = 1,
    capital: CapitalOption = None,
    arena: ArenaOption = "replay",
    bundle: BundleOption = None,
    offline: OfflineOption = False,
    json: JsonOption = False,
) -> None:
    """Replay a market for every arm and keep all of it in the ledger."""
    from autonome.bootstrap.replaying import ReplayOrder, replay_into
    from autonome.cli.progress import simulated_time
    from autonome.config import read_settings

    settings = read_settings()
    order = ReplayOrder(
        symbols=_listed([symbols], upper=True),
        data=data,
        start=start,
        end=end,
        gaps=gaps,
        arena=arena,
        profile=profile,
        overrides=tuple(overrides or ()),
        cadence_minutes=cadence // timedelta(minutes=1),
        arms=_listed(arms or ([] if agent else ["all"])),
        agents=tuple(agent or ()),
        policy=policy,
        replicas=replicas,
        capital=capital,
        seed=seed,
        bundle=bundle,
        offline=offline,
    )
    with simulated_time() as progress:
        outcome = replay_into(settings, order, progress=progress)
    if json:
        _print_json(outcome)
    else:
        _print(outcome, arena, bundle)


def _print_json(outcome: Outcome) -> None:
    import json as json_text

    from autonome.cli.output import as_objects

    result = {
        "contentHash": outcome.content_hash,
        "partial": outcome.replayed.is_partial,
        "reached": jsonable(outcome.replayed.reached),
        "cycles": outcome.replayed.cycles,
        "events": outcome.replayed.events,
        "leaderboard": as_objects(outcome.standings, COLUMNS),
    }
    typer.echo(json_text.dumps(result, indent=2, ensure_ascii=False))


def _print(outcome: Outcome, arena: str, bundle: Path | None) -> None:
    title = f"Leaderboard of arena {arena}"
    print_rows(outcome.standings, COLUMNS[:-1], as_json=False, title=title, empty="No arms.")
    replayed = outcome.replayed
    if replayed.is_partial:
        typer.echo(f"\nPartial: interrupted at {replayed.reached:%Y-%m-%d %H:%M} UTC.")
    typer.echo(f"\nContent hash: {outcome.content_hash}")
    if bundle is not None:
        typer.echo(f"Bundle: {bundle}  (look at it: autonome runs show {bundle})")
    typer.echo(
        f"See what happened: autonome trades --arena {arena}; check it: autonome audit"
        f" --arena {arena}"
    )
