"""The market that a user wants replayed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from autonome.bootstrap.ordering import ReplayOrder, choice_of
from autonome.domain.errors import SettingError
from autonome.domain.instants import ms_of
from autonome.domain.instrument import Instrument
from autonome.market.gaps import Gaps
from autonome.market.market import Market
from autonome.market.synthetic import SyntheticMarket, synthesize
from autonome.venue.profile import VenueProfile

__all__ = ["market_of"]

_SYNTHETIC_START: Final = datetime(2026, 1, 5, tzinfo=UTC)
_SYNTHETIC_DAYS: Final = 7


def market_of(order: ReplayOrder, profile: VenueProfile) -> Market:
    """Return the market of an order: from files, or the synthetic one.

    Raises:
        SettingError: a symbol or a date cannot be used.
        MarketDataError: a file breaks a rule.
    """
    if order.start is not None and order.end is not None and order.end <= order.start:
        raise SettingError(
            f"expected --to after --from ({_words(order.start)}), found {_words(order.end)}.",
            remedy="Name a later end; it is not included.",
        )
    instruments = [profile.instrument(symbol) for symbol in order.symbols]
    gaps = choice_of(Gaps, order.gaps, "--gaps")
    if order.data is None:
        return _synthetic_market(order, profile, instruments)
    from autonome.market.files import read_market

    return read_market(
        order.data,
        instruments,
        gaps=gaps,
        start=order.start,
        end=order.end,
        rate_interval_hours=profile.rate_interval_hours,
    )


def _synthetic_market(
    order: ReplayOrder, profile: VenueProfile, instruments: Sequence[Instrument]
) -> Market:
    start = order.start or _SYNTHETIC_START
    end = order.end or start + timedelta(days=_SYNTHETIC_DAYS)
    if end <= start:
        raise SettingError(
            f"expected --to after {_words(start)}, where the synthetic market begins without"
            f" --from, found {_words(end)}.",
            remedy="Name both: --from and --to.",
        )
    settings = SyntheticMarket(
        start_ms=ms_of(start), days=-(-(end - start) // timedelta(days=1)), seed=order.seed
    )
    market = synthesize(
        settings, instruments, funding_interval_hours=profile.funding_interval_hours
    )
    market = market.until(ms_of(end))
    if not len(market.open_ms):
        raise SettingError(
            f"expected at least one minute between {_words(start)} and {_words(end)}.",
            remedy="Name a later end (--to).",
        )
    return market


def _words(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
