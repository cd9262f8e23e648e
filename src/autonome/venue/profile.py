"""Venue profiles: what a venue lists and what trading there costs, as data."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import Final, Literal

from autonome.domain.errors import SettingError
from autonome.domain.instrument import Instrument
from autonome.domain.money import exact
from autonome.venue.ranges import Range
from autonome.venue.tables import Table, number, range_of, whole_number

__all__ = ["FundingPrice", "Terms", "VenueProfile", "load_profile", "parse_profile", "profile_of"]

FundingPrice = Literal["mark", "index"]
"""The price at which funding is charged; on candles both are the mark, the close of a bar."""

_OWN_INTERVAL: Final = "settlement"
"""How a profile says that a rate is for the interval that it settles."""
_BPS_LIMIT: Final = 5_000
"""Half-spread and slippage together stay below the whole price."""
_LATENCY_LIMIT_MS: Final = 3_600_000
"""An hour: more is a typing error."""
_BPS_STEP: Final = Decimal("0.01")
_MS: Final = Decimal(1)
_HOURS_PER_DAY: Final = 24
_QUOTE: Final = re.compile(r"[A-Z][A-Z0-9]{1,9}")
_USUAL_QUOTE: Final = "USDC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """One contract of a venue, and what a market order in it pays beyond the fee."""

    instrument: Instrument
    half_spread_bps: Decimal
    slippage_bps: Range

    def settings(self) -> dict[str, object]:
        """Return every value under the key of the profile's file, as JSON can hold it."""
        each = self.instrument
        return {
            "tick": str(each.tick),
            "lot": str(each.lot),
            "min_quantity": str(each.min_quantity),
            "min_notional": str(each.min_notional),
            "max_leverage": str(each.max_leverage),
            "maintenance_rate": str(each.maintenance_rate),
            "liquidation_fee_rate": str(each.liquidation_fee_rate),
            "half_spread_bps": str(self.half_spread_bps),
            "slippage_bps": _range_text(self.slippage_bps),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueProfile:
    """How a simulated venue charges, how late it hears of an order, and what it lists."""

    name: str
    maker_fee_bps: Decimal
    """A rebate is negative."""
    taker_fee_bps: Decimal
    latency_ms: Range
    """Of a market order, from the decision to the arrival at the venue."""
    volume_share: Decimal
    """The most of one bar's volume that may be taken, in (0, 1]."""
    funding_interval_hours: int
    """Between settlements, where the data brings no settlement times of its own."""
    rate_interval_hours: int | None
    """What a published funding rate is for; ``None``: for the interval that it settles."""
    funding_price: FundingPrice
    starting_capital: Decimal | None
    """Quote; ``None`` leaves it to the run."""
    quote: str
    """The currency that accounts are kept in, such as ``USDC``."""
    terms: Mapping[str, Terms]
    """By symbol."""

    @property
    def instruments(self) -> dict[str, Instrument]:
        """Return everything that is listed, by symbol."""
        return {symbol: each.instrument for symbol, each in self.terms.items()}

    def instrument(self, symbol: str) -> Instrument:
        """Return the instrument of ``symbol``.

        Raises:
            SettingError: the venue does not list it; so do the methods below.
        """
        return self._terms_for(symbol).instrument

    def half_spread_bps(self, symbol: str) -> Decimal:
        """Return how far from the middle a market order in ``symbol`` trades at least."""
        return self._terms_for(symbol).half_spread_bps

    def slippage(self, symbol: str) -> Range:
        """Return how much worse than half the spread (bps) it trades."""
        return self._terms_for(symbol).slippage_bps

    @exact
    def fixed_cost_bps(self, symbol: str) -> Decimal | None:
        """Return half-spread plus slippage, ``None`` where the slippage is drawn."""
        terms = self._terms_for(symbol)
        slippage = terms.slippage_bps
        return terms.half_spread_bps + slippage.low if slippage.is_fixed else None

    def settings(self) -> dict[str, object]:
        """Return the whole profile as JSON can hold it; ``profile_of`` reads it back."""
        return {
            "maker_fee_bps": str(self.maker_fee_bps),
            "taker_fee_bps": str(self.taker_fee_bps),
            "latency_ms": _range_text(self.latency_ms),
            "volume_share": str(self.volume_share),
            "funding_interval_hours": self.funding_interval_hours,
            "rate_interval_hours": self.rate_interval_hours or _OWN_INTERVAL,
            "funding_price": self.funding_price,
            "starting_capital": None
            if self.starting_capital is None
            else str(self.starting_capital),
            "quote": self.quote,
            "instruments": {symbol: each.settings() for symbol, each in self.terms.items()},
        }

    def _terms_for(self, symbol: str) -> Terms:
        try:
            return self.terms[symbol]
        except KeyError:
            raise SettingError(
                f"expected a symbol of {self.name}, found {symbol!r}.",
                remedy=f"Choose among {', '.join(sorted(self.terms))}, or write a profile.",
            ) from None


def load_profile(name_or_path: str) -> VenueProfile:
    """Read a profile that ships with Autonome, or a file of one's own whose name ends in .toml.

    Raises:
        SettingError: there is no such profile, or it breaks a rule.
    """
    if name_or_path.endswith(".toml"):
        path = Path(name_or_path)
        try:
            return parse_profile(path.stem, path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise SettingError(
                f"expected a venue profile in {name_or_path!r}: {error}.",
                remedy="Name a TOML file that can be read.",
            ) from error
    folder = resources.files("autonome.venue") / "profiles"
    known = sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir())
    if name_or_path not in known:
        raise SettingError(
            f"expected a venue profile, found {name_or_path!r}.",
            remedy=f"Choose among {', '.join(known)}, or name a .toml file.",
        )
    return parse_profile(name_or_path, (folder / f"{name_or_path}.toml").read_text("utf-8"))


def parse_profile(name: str, text: str) -> VenueProfile:
    """Read a profile from TOML.

    Raises:
        SettingError: it is no TOML, leaves something out, or says something that is unknown.
    """
    try:
        values = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise SettingError(
            f"Venue profile {name!r} is no TOML: {error}.", remedy="Correct the file."
        ) from error
    return profile_of(name, values)


def profile_of(name: str, values: Mapping[str, object]) -> VenueProfile:
    """Read a profile from the tables of its file, or from its ``settings()``.

    Raises:
        SettingError: something is left out, unknown or out of its limits.
    """
    with Table(values, profile=name) as table:
        return VenueProfile(
            name=name,
            maker_fee_bps=table.take("maker_fee_bps", number(above=-_BPS_LIMIT, below=_BPS_LIMIT)),
            taker_fee_bps=table.take("taker_fee_bps", number(at_least=0, below=_BPS_LIMIT)),
            latency_ms=table.take("latency_ms", range_of(step=_MS, below=_LATENCY_LIMIT_MS)),
            volume_share=table.take("volume_share", number(above=0, at_most=1)),
            funding_interval_hours=table.take("funding_interval_hours", _hours_of_day),
            rate_interval_hours=table.take("rate_interval_hours", _rate_interval),
            funding_price=table.take("funding_price", _funding_price),
            starting_capital=table.take_optional("starting_capital", number(above=0)),
            quote=table.take_optional("quote", _currency) or _USUAL_QUOTE,
            terms={
                symbol: _terms_of(symbol, each)
                for symbol, each in table.take_tables("instruments").items()
            },
        )


def _terms_of(symbol: str, table: Table) -> Terms:
    with table:
        return Terms(
            instrument=Instrument(
                symbol=symbol,
                tick=table.take("tick", number(above=0)),
                lot=table.take("lot", number(above=0)),
                min_quantity=table.take("min_quantity", number(above=0)),
                min_notional=table.take("min_notional", number(at_least=0)),
                max_leverage=table.take("max_leverage", number(at_least=1)),
                maintenance_rate=table.take("maintenance_rate", number(above=0, below=1)),
                liquidation_fee_rate=table.take(
                    "liquidation_fee_rate", number(at_least=0, below=1)
                ),
            ),
            half_spread_bps=table.take("half_spread_bps", number(at_least=0, below=_BPS_LIMIT)),
            slippage_bps=table.take("slippage_bps", range_of(step=_BPS_STEP, below=_BPS_LIMIT)),
        )


def _hours_of_day(value: object) -> int:
    hours = whole_number(value)
    if _HOURS_PER_DAY % hours:
        # Settlements lie on a grid that begins anew with each day.
        raise ValueError(f"expected a number of hours that divides 24, found {hours}")
    return hours


def _rate_interval(value: object) -> int | None:
    return None if value == _OWN_INTERVAL else whole_number(value)


def _funding_price(value: object) -> FundingPrice:
    if value == "mark" or value == "index":
        return value
    raise ValueError(f"expected 'mark' or 'index', found {value!r}")


def _currency(value: object) -> str:
    if isinstance(value, str) and _QUOTE.fullmatch(value):
        return value
    raise ValueError(f"expected a currency such as 'USDC', found {value!r}")


def _range_text(value: Range) -> object:
    ends = {"low": str(value.low), "high": str(value.high)}
    return ends["low"] if value.is_fixed else ends
