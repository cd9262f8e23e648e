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

__all__ = ["Costs", "VenueProfile", "load_profile"]

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
    funding_interval_h: int
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
                f"Expected a symbol of {self.name}, found {symbol!r}.",
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
            f"Expected a venue profile, found {name!r}.", remedy=f"Choose among {', '.join(known)}."
        )
    text = (folder / f"{name}.toml").read_text(encoding="utf-8")
    return _profile(name, tomllib.loads(text, parse_float=Decimal))


def _profile(name: str, table: Mapping[str, Any]) -> VenueProfile:
    try:
        return VenueProfile(
            name=name,
            maker_fee_bps=decimal_of(table["maker_fee_bps"]),
            taker_fee_bps=decimal_of(table["taker_fee_bps"]),
            latency_ms=int(table["latency_ms"]),
            funding_interval_h=int(table["funding_interval_h"]),
            costs={
                symbol: Costs(
                    half_spread_bps=decimal_of(costs["half_spread_bps"]),
                    slippage_bps=decimal_of(costs["slippage_bps"]),
                )
                for symbol, costs in table["costs"].items()
            },
            instruments={
                symbol: Instrument(
                    symbol=symbol, **{key: decimal_of(value) for key, value in values.items()}
                )
                for symbol, values in table["instruments"].items()
            },
        )
    except KeyError as missing:
        raise SettingError(
            f"Venue profile {name!r}: expected a value for {missing}, found none.",
            remedy="State every fee, spread and slippage; nothing is zero by omission.",
        ) from None
