"""A replay from a user's order to its arena, leaderboard and bundle."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Final

from autonome.analytics.bundle import check_place, write_bundle
from autonome.arena.replay import Progress, Replay, Replayed
from autonome.bootstrap.arms import LLM_FILE, ArmsOrder, agents_of, entrants_of
from autonome.bootstrap.database import open_database
from autonome.bootstrap.inputs import inputs_of
from autonome.bootstrap.interrupts import interruptible
from autonome.bootstrap.markets import market_of
from autonome.bootstrap.ordering import ReplayOrder, choice_of
from autonome.bootstrap.reading import read_leaderboard
from autonome.config import Settings
from autonome.domain.choices import PolicyName
from autonome.domain.errors import SettingError
from autonome.domain.money import CENT, ZERO
from autonome.ledger.connection import connect
from autonome.ledger.facts import note_fact
from autonome.ledger.journal.copying import fresh_arena
from autonome.ledger.journal.port import Journal
from autonome.ledger.listed import said_of_listed
from autonome.ledger.queries.standings import ModelStanding
from autonome.ledger.rows import Fact, FactName
from autonome.market.market import Market
from autonome.venue.overrides import with_overrides
from autonome.venue.profile import VenueProfile, load_profile
from autonome.venue.simulated.candle_venue import CandleVenue

if TYPE_CHECKING:
    from autonome.bootstrap.asked_replay import AskedReplay

__all__ = ["Outcome", "Progress", "ReplayOrder", "replay_into"]

_DEFAULT_CAPITAL: Final = Decimal(10_000)
_LARGEST_CAPITAL: Final = Decimal(1_000_000_000)
_AMOUNT: Final = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2}0*)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a replay did."""

    replayed: Replayed
    content_hash: str
    standings: list[ModelStanding]
    """The leaderboard, the highest NAV first."""


def replay_into(
    settings: Settings,
    order: ReplayOrder,
    *,
    progress: Callable[[Progress], None] = lambda _: None,
) -> Outcome:
    """Replay a market into a fresh arena of the ledger; Ctrl-C ends it with what was reached.

    Raises:
        SettingError, MarketDataError, LedgerError: what each says; nothing was written, unless it
            is about the bundle: that is made of the arena, which is complete by then.
    """
    if order.bundle is not None:
        check_place(order.bundle)
    profile = with_overrides(load_profile(order.profile), order.overrides)
    market = market_of(order, profile)
    arms = ArmsOrder(
        arms=order.arms,
        agents=order.agents,
        policy=None if order.policy is None else choice_of(PolicyName, order.policy, "--policy"),
        capital=_capital(order.capital, profile),
        replicas=order.replicas,
    )
    agents = agents_of(
        arms, market, cadence_minutes=order.cadence_minutes, seed=order.seed, settings=settings
    )
    venue = CandleVenue(profile=profile, market=market, seed=order.seed)
    with open_database(settings) as url:
        with interruptible() as interrupted, fresh_arena(url, order.arena) as journal:
            replay = _replay(settings, order, venue, journal)
            entrants = entrants_of(agents, arms, start=market.start)
            replayed = replay.run(entrants, progress=progress, interrupted=interrupted)
        _note(url, order, market, profile)
        if order.bundle is not None:
            write_bundle(
                url,
                order.arena,
                order.bundle,
                inputs=inputs_of(order, profile, market, entrants),
                created_at=datetime.now(UTC),
                partial=replayed.is_partial,
            )
        standings = read_leaderboard(settings, order.arena)
    return Outcome(replayed=replayed, content_hash=journal.content_hash, standings=standings)


def _note(url: str, order: ReplayOrder, market: Market, profile: VenueProfile) -> None:
    """Note how the arena was run, for its pages to show."""
    said = {
        "market": market.origin,
        "profile": profile.name,
        "quote": profile.quote,
        "cadenceMinutes": order.cadence_minutes,
        "instruments": said_of_listed(map(profile.instrument, market.candles)),
    }
    with connect(url, arena=order.arena, autocommit=True) as connection:
        note_fact(connection, Fact(name=FactName.RUN, at=datetime.now(UTC), said=said))


def _replay(
    settings: Settings, order: ReplayOrder, venue: CandleVenue, journal: Journal
) -> Replay | AskedReplay:
    files = [Path(text.removeprefix(LLM_FILE)) for text in order.arms if text.startswith(LLM_FILE)]
    if not files:
        return Replay(
            venue=venue, journal=journal, cadence_minutes=order.cadence_minutes, seed=order.seed
        )
    if len(files) > 1:
        raise SettingError(
            f"expected one file of models, found {len(files)}.", remedy="Put them into one."
        )
    from autonome.bootstrap.asked_replay import AskedReplay, kept_or_asked

    return AskedReplay(
        venue=venue,
        journal=journal,
        asking=lambda: kept_or_asked(settings, files[0], offline=order.offline),
        cadence_minutes=order.cadence_minutes,
        seed=order.seed,
    )


def _capital(text: str | None, profile: VenueProfile) -> Decimal:
    if text is None:
        text = f"{profile.starting_capital or _DEFAULT_CAPITAL:f}"
    capital = Decimal(text) if _AMOUNT.fullmatch(text) else ZERO
    if not CENT <= capital < _LARGEST_CAPITAL:
        raise SettingError(
            f"expected a capital from {CENT} to {_LARGEST_CAPITAL:,} in whole cents,"
            f" found {text!r}.",
            remedy="Give an amount such as 10000.",
        )
    return capital
