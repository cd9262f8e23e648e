"""Venue profiles: fees, spreads, latency and instruments of a venue, as data."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from importlib import resources
from typing import Any, Final

from autonome.domain.errors import SettingError
from autonome.domain.instrument import Instrument
from autonome.domain.money import decimal_of

__all__ = ["Costs", "VenueProfile", "load_profile", "parse_profile"]

_OTHER: Final = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """What a market order pays beyond the fee."""

    half_spread_bps: Decimal
    slippage_bps: Decimal

    @property
    def total_bps(self) -> Decimal:
        """Return how much worse than the bar's open a market order trades."""
        return self.half_spread_bps + self.slippage_bps


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueProfile:
    """How a simulated venue charges and what it lists."""

    name: str
    maker_fee_bps: Decimal
    taker_fee_bps: Decimal
    latency_ms: int
    """From the decision to the arrival at the venue."""
    costs: Mapping[str, Costs]
    """By symbol; ``other`` is for those not named."""
    instruments: Mapping[str, Instrument]

    def costs_of(self, symbol: str) -> Costs:
        """Return spread and slippage of ``symbol``."""
        return self.costs[symbol if symbol in self.costs else _OTHER]

    def instrument(self, symbol: str) -> Instrument:
        """Return the instrument of ``symbol``.

        Raises:
            SettingError: the venue does not list it.
        """
        try:
            return self.instruments[symbol]
        except KeyError:
            raise SettingError(
                f"expected a symbol of {self.name}, found {symbol!r}.",
                remedy=f"Choose among {', '.join(sorted(self.instruments))}.",
            ) from None


def load_profile(name: str) -> VenueProfile:
    """Read a profile that ships with Autonome.

    Raises:
        SettingError: there is none of that name, or it leaves out a cost.
    """
    folder = resources.files("autonome.venue") / "profiles"
    known = sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir())
    if name not in known:
        raise SettingError(
            f"expected a venue profile, found {name!r}.", remedy=f"Choose among {', '.join(known)}."
        )
    return parse_profile(name, (folder / f"{name}.toml").read_text(encoding="utf-8"))


def parse_profile(name: str, text: str) -> VenueProfile:
    """Read a profile from TOML.

    Raises:
        SettingError: it is no TOML, or leaves something out: nothing is zero by omission.
    """
    try:
        table = tomllib.loads(text, parse_float=Decimal)
        profile = _profile(name, table)
        for symbol in profile.instruments:
            profile.costs_of(symbol)
    except KeyError as missing:
        raise SettingError(
            f"Venue profile {name!r}: expected a value for {missing}, found none.",
            remedy="State every fee, spread, slippage and filter; nothing is zero by omission.",
        ) from None
    except (ValueError, TypeError) as error:
        raise SettingError(
            f"Venue profile {name!r} cannot be read: {error}", remedy="Correct the profile."
        ) from error
    return profile


def _profile(name: str, table: Mapping[str, Any]) -> VenueProfile:
    return VenueProfile(
        name=name,
        maker_fee_bps=decimal_of(table["maker_fee_bps"]),
        taker_fee_bps=decimal_of(table["taker_fee_bps"]),
        latency_ms=int(table["latency_ms"]),
        costs={symbol: _costs(values) for symbol, values in table["costs"].items()},
        instruments={
            symbol: _instrument(symbol, values) for symbol, values in table["instruments"].items()
        },
    )


def _costs(values: Mapping[str, Any]) -> Costs:
    return Costs(
        half_spread_bps=decimal_of(values["half_spread_bps"]),
        slippage_bps=decimal_of(values["slippage_bps"]),
    )


def _instrument(symbol: str, values: Mapping[str, Any]) -> Instrument:
    return Instrument(
        symbol=symbol,
        tick=decimal_of(values["tick"]),
        lot=decimal_of(values["lot"]),
        min_quantity=decimal_of(values["min_quantity"]),
        min_notional=decimal_of(values["min_notional"]),
        max_leverage=decimal_of(values["max_leverage"]),
    )
