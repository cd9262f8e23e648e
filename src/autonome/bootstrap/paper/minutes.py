"""The market of a paper arena: where its minutes come from, and where it begins."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from autonome.bootstrap.arena_file.plan import ArenaPlan
from autonome.domain.errors import SettingError
from autonome.domain.instants import ms_of
from autonome.market.candles import MINUTE_MS
from autonome.market.feeds.playback import Playback
from autonome.market.gaps import Gaps
from autonome.market.market import Market
from autonome.market.synthetic import SyntheticMarket, synthesize

__all__ = ["begin_of", "playback_of"]

_DAY_MINUTES: Final = 24 * 60
_HISTORY_PART: Final = 3
"""At most this part of a short recording is history: the rest is there to trade in."""
_FIRST_DAYS: Final = 30
"""Of a synthetic market, beyond its history; more is made when they are over."""


def playback_of(plan: ArenaPlan, begin: datetime | None, *, now: datetime) -> Playback:
    """Return the market of a plan; ``begin`` is when the arena began, ``None`` for a new one.

    Raises:
        SettingError, MarketDataError: what each says.
    """
    if plan.market.kind == "synthetic":
        return _synthetic(plan, begin or now)
    if plan.market.kind == "replay":
        return _recorded(plan)
    raise SettingError(
        f"expected a market that is synthetic or a replay, found {plan.market.kind!r}.",
        remedy="A live arena shows its prompts as it asks them: autonome invocations.",
    )


def begin_of(plan: ArenaPlan, playback: Playback) -> int:
    """Return how many bars of the market are history when a new arena begins."""
    history = plan.market.history_minutes
    return (
        history if plan.market.kind == "synthetic" else min(history, len(playback) // _HISTORY_PART)
    )


def _synthetic(plan: ArenaPlan, begin: datetime) -> Playback:
    history = plan.market.history_minutes
    start_ms = ms_of(begin) // MINUTE_MS * MINUTE_MS - history * MINUTE_MS
    instruments = [plan.profile.instrument(symbol) for symbol in plan.symbols]

    def made(days: int) -> Market:
        settings = SyntheticMarket(start_ms=start_ms, days=days, seed=plan.seed)
        return synthesize(
            settings, instruments, funding_interval_hours=plan.profile.funding_interval_hours
        )

    def longer(market: Market) -> Market:
        return made(2 * (len(market.open_ms) // _DAY_MINUTES))

    return Playback(made(-(-history // _DAY_MINUTES) + _FIRST_DAYS), longer=longer)


def _recorded(plan: ArenaPlan) -> Playback:
    from autonome.market.files import read_market

    assert plan.market.folder is not None
    instruments = [plan.profile.instrument(symbol) for symbol in plan.symbols]
    return Playback(
        read_market(
            plan.market.folder,
            instruments,
            gaps=Gaps.FILL,
            rate_interval_hours=plan.profile.rate_interval_hours,
        )
    )
