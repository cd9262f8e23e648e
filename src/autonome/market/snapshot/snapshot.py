"""The observation of one cycle as values: what every model sees, and what is kept of it.

Prices are exact. Whatever is computed from them in binary numbers, and volumes, have six
significant digits. In JSON every number is plain text, every instant milliseconds since 1970 UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from autonome.domain.value import value
from autonome.market.snapshot.figures import digest_of, plain, plain_or_none, plains

__all__ = ["Candle", "FundingFacts", "Quoted", "Snapshot", "SymbolSnapshot", "Timeframe"]


class Candle(NamedTuple):
    """One closed bar."""

    close_ms: int
    """When it closed, milliseconds since 1970 UTC."""
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal
    """Base units, six significant digits."""


@value
class Quoted:
    """What a live feed knows of a symbol beyond closed bars; each part may be absent."""

    at_ms: int
    """When it was known, milliseconds since 1970 UTC."""
    mark: Decimal | None = None
    """The venue's own mark price (quote)."""
    bid: Decimal | None = None
    ask: Decimal | None = None
    open_interest: Decimal | None = None
    """Base units."""
    next_funding_ms: int | None = None
    """When funding is settled next, milliseconds since 1970 UTC."""


@value
class FundingFacts:
    """The last settlement of funding, and when the next one is due."""

    rate: Decimal
    """Fraction of the notional for the whole settlement interval; positive: longs pay."""
    settled_ms: int
    """Milliseconds since 1970 UTC."""
    next_ms: int | None
    """As the feed says, else one interval after the last; ``None`` where neither is known."""

    def to_json(self) -> dict[str, object]:
        """Return the object that JSON holds."""
        return {"rate": plain(self.rate), "settledMs": self.settled_ms, "nextMs": self.next_ms}


@value
class Timeframe:
    """The closed bars of one symbol and one length, and what is computed from them."""

    minutes: int
    """Length of a bar."""
    close_ms: int | None
    """When the last bar closed, milliseconds since 1970 UTC; ``None``: none has."""
    age_ms: int | None
    """How long ago that was."""
    lines: Mapping[str, tuple[Decimal | None, ...]]
    """By name, the last values, oldest first; ``None`` where bars do not suffice. A line whose
    newest value is missing is left out."""
    candles: tuple[Candle, ...] = ()
    """Oldest first."""

    def last(self, line: str) -> Decimal | None:
        """Return the newest value of a line, ``None`` where there is none."""
        values = self.lines.get(line)
        return values[-1] if values else None

    def to_json(self) -> dict[str, object]:
        """Return the object that JSON holds."""
        return {
            "minutes": self.minutes,
            "closeMs": self.close_ms,
            "ageMs": self.age_ms,
            "lines": {name: plains(values) for name, values in self.lines.items()},
            "candles": [[candle.close_ms, *plains(candle[1:])] for candle in self.candles],
        }


@value
class SymbolSnapshot:
    """One symbol at one instant."""

    symbol: str
    mark: Decimal
    """Quote: the feed's mark price, else the last close."""
    mark_age_ms: int
    """How old the mark is; minutes that were missing and filled do not make it younger."""
    is_stale: bool
    """Whether the mark is too old for new risk."""
    change_24h: Decimal | None
    """Of the last close against the one a day before, as a fraction; ``None``: too little data."""
    volume_24h: Decimal | None
    """Quote; ``None``: too little data."""
    mid: Decimal | None = None
    """Quote; ``None`` where the feed has no book."""
    spread_bps: Decimal | None = None
    """(ask - bid) / mid."""
    open_interest: Decimal | None = None
    """Base units; ``None`` where the feed has none."""
    funding: FundingFacts | None = None
    timeframes: tuple[Timeframe, ...]
    """Shortest bars first."""

    def timeframe(self, minutes: int) -> Timeframe:
        """Return the bars of one length.

        Raises:
            KeyError: the snapshot has none.
        """
        return {each.minutes: each for each in self.timeframes}[minutes]

    def to_json(self) -> dict[str, object]:
        """Return the object that JSON holds; what the feed does not have is null."""
        return {
            "symbol": self.symbol,
            "mark": plain(self.mark),
            "markAgeMs": self.mark_age_ms,
            "isStale": self.is_stale,
            "change24h": plain_or_none(self.change_24h),
            "volume24h": plain_or_none(self.volume_24h),
            "mid": plain_or_none(self.mid),
            "spreadBps": plain_or_none(self.spread_bps),
            "openInterest": plain_or_none(self.open_interest),
            "funding": None if self.funding is None else self.funding.to_json(),
            "timeframes": [each.to_json() for each in self.timeframes],
        }


@value
class Snapshot:
    """The market of one cycle, the same for every arm."""

    at_ms: int
    """The instant of the decision, milliseconds since 1970 UTC."""
    symbols: tuple[SymbolSnapshot, ...]
    """By name."""

    def to_json(self) -> dict[str, object]:
        """Return the object that JSON holds."""
        return {"atMs": self.at_ms, "symbols": [each.to_json() for each in self.symbols]}

    @property
    def digest(self) -> str:
        """Return the BLAKE2b digest of all of it; computed anew each time."""
        return digest_of(self.to_json())
