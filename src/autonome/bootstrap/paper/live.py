"""The live market of a paper arena: its feed, its past, and the arena that goes on in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from decimal import Decimal
from typing import Final

from autonome.arena.live.minutes import LiveMinutes
from autonome.arena.live.present import Present
from autonome.arena.paper.arena import PaperArena
from autonome.bootstrap.arena_file.plan import ArenaPlan
from autonome.bootstrap.paper.arms import entrants_of
from autonome.bootstrap.paper.past import Past
from autonome.domain.errors import MarketDataError
from autonome.domain.instants import ms_of, zulu
from autonome.domain.instrument import Instrument
from autonome.domain.money import exact
from autonome.ledger.journal.port import Journal
from autonome.ledger.queries.restoring import RestoredArena
from autonome.market.candles import MINUTE_MS
from autonome.market.feeds.clock import Clock, WallClock
from autonome.market.feeds.port import LiveFeed
from autonome.market.market import Market
from autonome.venue.profile import Terms, VenueProfile
from autonome.venue.simulated.candle_venue import CandleVenue

__all__ = ["arena_on_feed", "feed_of", "listed_by"]

_PRICES: Final = ("open", "high", "low", "close")


def feed_of(plan: ArenaPlan, *, clock: Clock) -> LiveFeed:
    """Return the feed that a plan names, not started.

    Raises:
        SettingError: it cannot be used.
    """
    if plan.market.exchange is not None:
        from autonome.market.feeds.ccxt_exchange import open_exchange
        from autonome.market.feeds.ccxt_feed import CcxtFeed

        name = plan.market.exchange
        return CcxtFeed(open_exchange(name), plan.symbols, name=name, clock=clock)
    from autonome.market.feeds.lighter.feed import LighterFeed
    from autonome.market.feeds.lighter.settings import LighterSettings

    settings = LighterSettings()
    return LighterFeed(
        plan.symbols,
        clock=clock,
        settings=LighterSettings(
            rest_url=plan.market.rest_url or settings.rest_url,
            stream_url=plan.market.stream_url or settings.stream_url,
        ),
    )


async def arena_on_feed(
    plan: ArenaPlan,
    found: RestoredArena,
    journal: Journal,
    feed: LiveFeed,
    *,
    stack: AsyncExitStack,
    past: Past,
    recorded: Mapping[str, Decimal],
    warned: Callable[[str], None],
    clock: Clock | None = None,
    look_every_s: float = 1.0,
) -> tuple[PaperArena, LiveMinutes, Present]:
    """Start a feed, read its past, and return the arena where it was, or at its beginning.

    What was read before is kept in ``past``, and so is what is read until ``stack`` closes.
    ``recorded`` has the marks of the last minute on record. ``stack`` stops what was started.
    ``look_every_s`` is between two looks at the market.

    Raises:
        FeedError, MarketDataError, SettingError: what each says.
    """
    clock = clock or WallClock()
    stack.push_async_callback(feed.stop)
    await feed.start()
    begin = min((each.arm.created_at for each in found.arms), default=None)
    reached = found.marked_at or begin
    minutes = plan.market.history_minutes
    if reached is not None:
        minutes += max(clock.now_ms() - ms_of(reached), 0) // MINUTE_MS + 1
    wanted_ms = None if reached is None else ms_of(reached)
    traded = await past.read(feed, clock, minutes=minutes, wanted_ms=wanted_ms)
    end_ms = int(traded.close_ms[-1]) if wanted_ms is None else wanted_ms
    if end_ms <= int(traded.open_ms[0]):
        raise MarketDataError(
            f"expected candles from before {zulu(reached or traded.end)}, where the arena stands,"
            f" found none before {zulu(traded.start)}.",
            remedy="Begin another arena: the venue has nothing of what happened meanwhile.",
        )
    marked = _as_recorded(traded, end_ms, recorded)
    present = Present(feed, clock=clock)
    profile = listed_by(plan.profile, feed.instruments())
    arena = PaperArena(
        CandleVenue(profile=profile, market=marked.until(end_ms), seed=plan.seed),
        journal,
        cadence_minutes=plan.cadence_minutes,
        seed=plan.seed,
        present=present,
        traded=traded.until(end_ms),
    )
    at = arena.stage.clock.at(arena.stage.clock.end)
    known = {each.model.id: each for each in found.arms}
    arena.join(entrants_of(plan, arena.stage.seen, found.arms, at=at, told=warned), known)
    going_on = LiveMinutes(
        feed, present, traded, marked=marked, warned=warned, sample_s=look_every_s
    )
    stack.callback(lambda: past.keep(going_on.traded))
    going_on.begin()
    stack.push_async_callback(going_on.stop)
    return arena, going_on, present


@exact
def _as_recorded(market: Market, end_ms: int, recorded: Mapping[str, Decimal]) -> Market:
    """Return the market as positions are valued in it: the last minute on record at its marks."""
    bar = market.bar_opening_at_or_after(end_ms) - 1
    candles = {}
    for symbol, each in market.candles.items():
        columns = {name: getattr(each, name).copy() for name in _PRICES}
        for column in columns.values():
            if symbol in recorded:
                column[bar] = int(recorded[symbol] / each.tick)
        candles[symbol] = replace(each, **columns).frozen()
    return replace(market, candles=candles)


def listed_by(profile: VenueProfile, instruments: Mapping[str, Instrument]) -> VenueProfile:
    """Return the profile with the venue's own contracts.

    Where the profile has a contract, its spread and slippage stand in for a book that is not
    there; for another one the widest of the profile do.
    """
    widest = max(
        profile.terms.values(), key=lambda each: each.half_spread_bps + each.slippage_bps.high
    )
    return replace(
        profile,
        terms={
            symbol: _terms(profile.terms.get(symbol, widest), instrument)
            for symbol, instrument in instruments.items()
        },
    )


def _terms(terms: Terms, instrument: Instrument) -> Terms:
    return replace(terms, instrument=instrument)
