"""The composition root: the only file that names concrete adapters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Final

from autonome.agents.controls.hold import Hold
from autonome.agents.controls.momentum import Momentum
from autonome.agents.port import Agent
from autonome.arena.competitor import Entrant
from autonome.arena.events import Names
from autonome.arena.replay import Progress, Replay
from autonome.config import Settings
from autonome.domain.choices import ArmKind, PolicyName
from autonome.domain.errors import SettingError
from autonome.domain.variants import VARIANT_IDS
from autonome.ledger.journal.copying import fresh_arena
from autonome.ledger.rows import Arm, Model
from autonome.ledger.rows.ids import new_id
from autonome.market.files import read_market
from autonome.market.market import Market
from autonome.market.synthetic import SyntheticMarket, synthesize
from autonome.venue.profile import VenueProfile, load_profile
from autonome.venue.simulated.candle_venue import CandleVenue

__all__ = ["ReplayOrder", "open_database", "run_replay"]

_SYNTHETIC_START: Final = datetime(2026, 1, 5, tzinfo=UTC)
_SYNTHETIC_DAYS: Final = 7
_MILLISECONDS: Final = timedelta(milliseconds=1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


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
    capital: Decimal
    seed: int


def run_replay(url: str, order: ReplayOrder, *, progress: Progress) -> Market:
    """Replay into a fresh arena and return the market that was traded.

    Raises:
        SettingError, MarketDataError, LedgerError: what each says; nothing was written.
    """
    if order.capital <= 0:
        raise SettingError(
            f"Expected a capital > 0, found {order.capital}.", remedy="Give one, such as 10000."
        )
    profile = load_profile(order.profile)
    market = _market(order, profile)
    start = _EPOCH + int(market.open_ms[0]) * _MILLISECONDS
    numbers = count(1)
    with fresh_arena(url, order.arena) as journal:
        replay = Replay(
            market=market,
            venue=CandleVenue(profile=profile, market=market),
            journal=journal,
            names=Names(new_id=new_id, next_order_index=lambda: next(numbers)),
            cadence_minutes=order.cadence_minutes,
        )
        replay.run(_entrants(order, market, start), progress=progress)
    return market


def _market(order: ReplayOrder, profile: VenueProfile) -> Market:
    instruments = [profile.instrument(symbol) for symbol in order.symbols]
    if order.data is not None:
        return read_market(order.data, instruments)
    start_ms = (_SYNTHETIC_START - _EPOCH) // _MILLISECONDS
    settings = SyntheticMarket(start_ms=start_ms, days=_SYNTHETIC_DAYS, seed=order.seed)
    return synthesize(settings, instruments)


def _entrants(order: ReplayOrder, market: Market, start: datetime) -> list[Entrant]:
    agents: Sequence[Agent] = (
        Hold(symbol="BTC" if "BTC" in market.symbols else market.symbols[0]),
        Momentum(symbols=market.symbols),
    )
    return [_entrant(agent, order.capital, start) for agent in agents]


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
