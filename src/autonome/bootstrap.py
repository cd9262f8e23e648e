"""The composition root: the only file that names concrete adapters."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from itertools import count
from pathlib import Path
from typing import Final, TypeVar

from autonome.agents.controls.hold import Hold
from autonome.agents.controls.momentum import Momentum
from autonome.agents.port import Agent
from autonome.arena.competitor import Entrant
from autonome.arena.events import Names
from autonome.arena.replay import Progress, Replay
from autonome.config import Settings
from autonome.domain.choices import ArmKind, PolicyName
from autonome.domain.errors import SettingError
from autonome.domain.money import ZERO, decimal_of, round_money
from autonome.domain.variants import VARIANT_IDS
from autonome.ledger import dump, shell
from autonome.ledger.adoption import Adoption, adopt
from autonome.ledger.arenas import check_arena, transaction
from autonome.ledger.journal.copying import fresh_arena
from autonome.ledger.migrate import latest_revision, upgrade
from autonome.ledger.queries.positions import OpenPosition, open_positions
from autonome.ledger.queries.query import Query
from autonome.ledger.queries.standings import ModelStanding, model_standings
from autonome.ledger.queries.trades import Trade, completed_trades
from autonome.ledger.reader import open_reader
from autonome.ledger.rows import Arm, Model
from autonome.ledger.rows.ids import new_id
from autonome.ledger.schema.differences import differences
from autonome.market.market import Market
from autonome.market.synthetic import SyntheticMarket, synthesize
from autonome.venue.profile import VenueProfile, load_profile
from autonome.venue.simulated.candle_venue import CandleVenue

__all__ = [
    "Checked",
    "ReplayOrder",
    "Upgraded",
    "check_database",
    "dump_arena",
    "open_database",
    "open_shell",
    "read_leaderboard",
    "read_positions",
    "read_trades",
    "replay_into",
    "restore_arena",
    "upgrade_database",
    "wait_for_interrupt",
]

_SYNTHETIC_START: Final = datetime(2026, 1, 5, tzinfo=UTC)
_SYNTHETIC_DAYS: Final = 7
_MILLISECONDS: Final = timedelta(milliseconds=1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LARGEST_CAPITAL: Final = Decimal(1_000_000_000)

T = TypeVar("T")


@contextmanager
def open_database(settings: Settings) -> Iterator[str]:
    """Yield the URL of the ledger's database: the user's own, or the embedded one, started.

    Raises:
        LedgerError: the embedded server cannot be started; the kind says why.
    """
    if settings.database_url is not None:
        yield settings.database_url.get_secret_value()
        return
    from autonome.ledger.embedded import attach

    with attach(
        settings.home,
        bin_folder=settings.postgres_bin,
        port=settings.postgres_port,
        min_free_mb=settings.postgres_min_free_mb,
    ) as server:
        yield server.url


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayOrder:
    """What a user asked to replay."""

    symbols: tuple[str, ...]
    data: Path | None
    """Folder of candles; ``None`` means the synthetic market."""
    arena: str
    profile: str
    cadence_minutes: int
    capital: str
    """Quote, as decimal text."""
    seed: int


def replay_into(settings: Settings, order: ReplayOrder, *, progress: Progress) -> None:
    """Replay a market into a fresh arena of the ledger.

    Raises:
        SettingError, MarketDataError, LedgerError: what each says; nothing was written.
    """
    capital = _capital(order.capital)
    profile = load_profile(order.profile)
    market = _market(order, profile)
    numbers = count(1)
    with open_database(settings) as url, fresh_arena(url, order.arena) as journal:
        replay = Replay(
            market=market,
            venue=CandleVenue(profile=profile, market=market),
            journal=journal,
            names=Names(new_id=new_id, next_order_index=lambda: next(numbers)),
            cadence_minutes=order.cadence_minutes,
        )
        replay.run(_entrants(market, capital), progress=progress)


def _capital(text: str) -> Decimal:
    try:
        capital = round_money(decimal_of(text))
    except (ValueError, InvalidOperation):
        capital = ZERO
    if not 0 < capital < _LARGEST_CAPITAL:
        raise SettingError(
            f"expected a capital above 0 and below {_LARGEST_CAPITAL}, found {text!r}.",
            remedy="Give an amount such as 10000.",
        )
    return capital


def _market(order: ReplayOrder, profile: VenueProfile) -> Market:
    instruments = [profile.instrument(symbol) for symbol in order.symbols]
    if order.data is not None:
        from autonome.market.files import read_market

        return read_market(order.data, instruments)
    start_ms = (_SYNTHETIC_START - _EPOCH) // _MILLISECONDS
    settings = SyntheticMarket(start_ms=start_ms, days=_SYNTHETIC_DAYS, seed=order.seed)
    return synthesize(settings, instruments)


def _entrants(market: Market, capital: Decimal) -> list[Entrant]:
    agents: Sequence[Agent] = (
        Hold(symbol="BTC" if "BTC" in market.symbols else market.symbols[0]),
        Momentum(symbols=market.symbols),
    )
    return [_entrant(agent, capital, market.start) for agent in agents]


def _entrant(agent: Agent, capital: Decimal, start: datetime) -> Entrant:
    # The column demands a variant of a control too; sums per variant leave controls out.
    model = Model(
        id=new_id(), name=agent.name, open_router_model_name="control", variant=VARIANT_IDS[0]
    )
    arm = Arm(
        model_id=model.id,
        kind=ArmKind.CONTROL,
        policy=PolicyName.CONTROL,
        starting_capital=capital,
        created_at=start,
        updated_at=start,
    )
    return Entrant(model=model, arm=arm, agent=agent)


def read_leaderboard(settings: Settings, arena: str | None) -> list[ModelStanding]:
    """Return every model of an arena, the highest NAV first."""
    return _read(settings, arena, model_standings())


def read_positions(settings: Settings, arena: str | None) -> list[OpenPosition]:
    """Return the open positions of an arena."""
    return _read(settings, arena, open_positions())


def read_trades(settings: Settings, arena: str | None, *, limit: int) -> list[Trade]:
    """Return the newest completed trades of an arena."""
    return _read(settings, arena, completed_trades(limit=limit))


def _read(settings: Settings, arena: str | None, query: Query[T]) -> list[T]:
    async def rows(url: str) -> list[T]:
        async with open_reader(url, arena=check_arena(arena or settings.arena)) as reader:
            return await reader.all(query)

    with open_database(settings) as url:
        return asyncio.run(rows(url))


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgraded:
    """What ``upgrade_database`` did."""

    arena: str
    revision: str
    adoption: Adoption


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What ``check_database`` found."""

    arena: str
    differences: list[str]


def upgrade_database(settings: Settings, arena: str | None) -> Upgraded:
    """Bring an arena to the latest revision and adopt what other clients wrote, in one go."""
    name = arena or settings.arena
    with open_database(settings) as url, transaction(url, name) as connection:
        upgrade(connection, name)
        adoption = adopt(connection, name)
    return Upgraded(arena=name, revision=latest_revision(), adoption=adoption)


def check_database(settings: Settings, arena: str | None) -> Checked:
    """Compare the live catalogue of an arena with the contract."""
    name = arena or settings.arena
    with open_database(settings) as url, transaction(url, name) as connection:
        return Checked(arena=name, differences=differences(connection, name))


def open_shell(settings: Settings, arena: str | None) -> int:
    """Run psql on an arena and return its exit status."""
    with open_database(settings) as url:
        return shell.open_shell(
            url, arena=arena or settings.arena, binaries_folder=settings.postgres_bin
        )


def dump_arena(settings: Settings, arena: str | None, file: Path) -> str:
    """Write an arena to ``file`` and return its name."""
    name = arena or settings.arena
    with open_database(settings) as url:
        dump.dump(url, arena=name, file=file, binaries_folder=settings.postgres_bin)
    return name


def restore_arena(settings: Settings, arena: str | None, file: Path) -> str:
    """Bring an arena back from ``file`` and return its name."""
    name = arena or settings.arena
    with open_database(settings) as url:
        dump.restore(url, arena=name, file=file, binaries_folder=settings.postgres_bin)
    return name


def wait_for_interrupt() -> None:
    """Sleep until the user interrupts."""
    with contextlib.suppress(KeyboardInterrupt):
        signal.pause()
