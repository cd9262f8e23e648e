"""What is traded: bars of several symbols, minute beside minute, and their funding rates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, NamedTuple

__all__ = ["MINUTE_MS", "Bar", "SlowMarket"]

MINUTE_MS: Final = 60_000


class Bar(NamedTuple):
    """One minute of one symbol: prices in quote, volume in base units."""

    open: Fraction
    high: Fraction
    low: Fraction
    close: Fraction
    volume: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowMarket:
    """Bars that open at the same instants for every symbol; minutes may be missing between."""

    open_ms: Sequence[int]
    """Milliseconds, ascending; a bar closes one minute later."""
    bars: Mapping[str, Sequence[Bar]]
    rates: Mapping[str, Sequence[tuple[int, Fraction]]]
    """By symbol: instants (ms) and funding rates; positive when longs pay."""

    def close_ms(self, bar: int) -> int:
        """Return when a bar closes."""
        return self.open_ms[bar] + MINUTE_MS

    def first_bar_from(self, at_ms: int) -> int | None:
        """Return the first bar that opens at an instant or later, ``None`` after the last."""
        opening = (bar for bar, open_ms in enumerate(self.open_ms) if open_ms >= at_ms)
        return next(opening, None)

    def settlements(self, bar: int) -> Iterator[tuple[str, Fraction]]:
        """Return the rates that settle on the close of a bar: before the next one trades."""
        last = bar + 1 == len(self.open_ms)
        end_ms = self.close_ms(bar) if last else self.open_ms[bar + 1]
        for symbol, rates in self.rates.items():
            for at_ms, rate in rates:
                if self.open_ms[bar] < at_ms <= end_ms:
                    yield symbol, rate
