"""Settings of a venue profile changed by hand: ``taker_fee_bps=5``, ``BTC.tick=0.1``."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any, Final

from autonome.domain.errors import SettingError
from autonome.venue.profile import VenueProfile, profile_of

__all__ = ["with_overrides"]

_SHORT: Final = {"spread_bps": "half_spread_bps"}
"""What is said on the command line: the spread that one market order pays is half of it."""


def with_overrides(profile: VenueProfile, overrides: Sequence[str]) -> VenueProfile:
    """Return ``profile`` with each ``key=value`` put in, one after the other.

    A key is one of the profile's file; ``spread_bps`` is short for ``half_spread_bps``. A key of
    a contract goes to every contract, or with ``SYM.`` before it to one. ``low..high`` is a range.

    Raises:
        SettingError: the key is unknown, or the value breaks a rule that holds for files as well.
    """
    settings: dict[str, Any] = copy.deepcopy(profile.settings())
    for text in overrides:
        key, equals, value = (part.strip() for part in text.partition("="))
        if not equals or not value:
            raise SettingError(
                f"expected a setting of the venue as key=value, found {text!r}.",
                remedy="Write it like taker_fee_bps=5, slippage_bps=0..10 or BTC.tick=0.1.",
            )
        for table, name in _places(profile, settings, key):
            table[name] = _value(value)
    return profile_of(profile.name, settings)


def _places(
    profile: VenueProfile, settings: dict[str, Any], key: str
) -> list[tuple[dict[str, Any], str]]:
    """Return the tables that ``key`` speaks of, with the key's name in them."""
    contracts: dict[str, dict[str, Any]] = settings["instruments"]
    symbol, dot, name = key.rpartition(".")
    name = _SHORT.get(name, name)
    of_venue = [known for known in settings if known != "instruments"]
    if not dot and name in of_venue:
        return [(settings, name)]
    of_contract = next(iter(contracts.values()))
    if name not in of_contract:
        raise SettingError(
            f"expected a setting of {profile.name}, found {key!r}.",
            remedy=f"Choose among {', '.join(of_venue)}; and, with or without a symbol before it "
            f"as in BTC.tick, {', '.join([*of_contract, *_SHORT])}.",
        )
    if not dot:
        return [(each, name) for each in contracts.values()]
    profile.instrument(symbol)  # Refuses a symbol that is not listed.
    return [(contracts[symbol], name)]


def _value(text: str) -> object:
    low, dots, high = text.partition("..")
    return {"low": low, "high": high} if dots else text
