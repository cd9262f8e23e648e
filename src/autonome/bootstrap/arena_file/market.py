"""The market and the venue's profile that an arena's file names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from autonome.bootstrap.arena_file.choices import SourceKind
from autonome.bootstrap.arena_file.places import Place
from autonome.bootstrap.arena_file.plan import MarketPlan
from autonome.bootstrap.arena_file.tables import ArenaFile, MarketTable
from autonome.domain.errors import SettingError
from autonome.domain.shown import shown
from autonome.venue.overrides import with_overrides
from autonome.venue.profile import VenueProfile, load_profile

__all__ = [
    "DEFAULT_HISTORY",
    "DEFAULT_PROFILE",
    "DEFAULT_SPEED",
    "LIVE_HISTORY",
    "LIVE_PROFILE",
    "market_plan",
    "profile_plan",
]

DEFAULT_PROFILE: Final = "binance-perp"
LIVE_PROFILE: Final = "lighter-standard"
DEFAULT_SPEED: Final = 60
"""Arena seconds per second: a newcomer sees a cycle each five seconds."""
DEFAULT_HISTORY: Final = 30 * 1_440
"""Minutes."""
LIVE_HISTORY: Final = 16 * 1_440
"""Minutes: 90 bars of 4 hours are shown, and each day is 15 requests for five symbols."""
_EXCHANGE: Final = re.compile(r"[a-z][a-z0-9]{1,29}")
_LIVE: Final[tuple[SourceKind, ...]] = ("live", "ccxt")


def market_plan(table: MarketTable, folder: Path, place: Place) -> MarketPlan:
    """Return the market of the file; a path in it is relative to ``folder``.

    Raises:
        SettingError: there is no such market, or a live one should run faster than time does.
    """
    kind, data, exchange = _source(table.source, folder, place)
    if kind in _LIVE and table.speed not in (None, 1):
        raise place.refusal(
            "market.speed",
            f"expected 1 on a live market, found {table.speed}.",
            remedy="Leave it out.",
        )
    if kind != "live" and (table.rest or table.stream):
        raise place.refusal(
            "market.rest" if table.rest else "market.stream",
            f"expected an address for a market that is live alone, found one for {kind}.",
            remedy="Leave it out.",
        )
    if (table.rest is None) is not (table.stream is None):
        raise place.refusal(
            "market.stream" if table.rest else "market.rest",
            "expected both addresses of another network, rest and stream, found one.",
            remedy="Name both, or none.",
        )
    return MarketPlan(
        kind=kind,
        folder=data,
        exchange=exchange,
        speed=table.speed or (1 if kind in _LIVE else DEFAULT_SPEED),
        history_minutes=table.history or (LIVE_HISTORY if kind in _LIVE else DEFAULT_HISTORY),
        rest_url=table.rest,
        stream_url=table.stream,
    )


def _source(text: str, folder: Path, place: Place) -> tuple[SourceKind, Path | None, str | None]:
    kind, _, rest = text.partition(":")
    if text == "synthetic":
        return "synthetic", None, None
    if text == "live":
        return "live", None, None
    if kind == "ccxt" and _EXCHANGE.fullmatch(rest):
        return "ccxt", None, rest
    if kind == "replay" and rest:
        data = _path(rest, folder)
        if not data.is_dir():
            raise place.refusal(
                "market.source",
                f"expected a folder of candles at {str(data)!r}, found none.",
                remedy="Name a folder; it is sought from where the file lies.",
            )
        return "replay", data, None
    raise place.refusal(
        "market.source",
        f"expected synthetic, replay:DIR, live or ccxt:EXCHANGE, found {shown(text)}.",
        remedy="Take one of these, such as replay:data or ccxt:kraken.",
    )


def profile_plan(file: ArenaFile, folder: Path, place: Place) -> VenueProfile:
    """Return the venue's profile with the file's overrides; it lists each symbol.

    Raises:
        SettingError: there is no such profile, or an override or a symbol does not fit it.
    """
    arena, source = file.arena, file.market.source
    is_live = source == "live" or source.startswith("ccxt:")
    name = arena.profile or (LIVE_PROFILE if source == "live" else DEFAULT_PROFILE)
    if name.endswith(".toml"):
        name = str(_path(name, folder))
    key = "arena.profile"
    try:
        profile = load_profile(name)
        key = "arena.set"
        # All at once: two values may fit each other, and neither fit what was there before.
        profile = with_overrides(profile, list(_settings(arena.set)))
        key = "arena.symbols"
        # A live market lists its own contracts.
        for symbol in () if is_live else arena.symbols:
            profile.instrument(symbol)
    except SettingError as error:
        raise place.refusal(key, error.problem, remedy=error.remedy) from None
    return profile


def _settings(table: Mapping[str, object]) -> Iterator[str]:
    """Return each override as ``key=value``; ``BTC.tick`` in TOML is a table of its own."""
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from (f"{key}.{name}={_text(each)}" for name, each in value.items())
        else:
            yield f"{key}={_text(value)}"


def _text(value: object) -> str:
    return value if isinstance(value, str) else shown(value)


def _path(text: str, folder: Path) -> Path:
    try:
        return folder / Path(text).expanduser()
    except RuntimeError:
        # No such user: the name stays as it is, and what it names is missed in the usual words.
        return folder / text
