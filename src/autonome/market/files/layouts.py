"""What the columns of a file mean: our own layout, Binance's dumps, freqtrade's downloads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from autonome.domain.errors import MarketDataError
from autonome.market.files.names import Kind

__all__ = ["Layout", "layout_of"]

_BARS: Final = ("open", "high", "low", "close", "volume")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A set of columns that somebody writes."""

    name: str
    kind: Kind
    instant: str
    """The column of a bar's opening, or of a settlement."""
    values: tuple[str, ...]
    """The columns of open, high, low, close and volume, or of the rate."""
    is_epoch: bool = False
    """Whether instants are whole numbers: milliseconds or microseconds since 1970 UTC."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Return every column that is read."""
        return (self.instant, *self.values)


_LAYOUTS: Final = (
    Layout(name="autonome", kind=Kind.CANDLES, instant="ts", values=_BARS),
    Layout(name="freqtrade", kind=Kind.CANDLES, instant="date", values=_BARS),
    Layout(name="binance", kind=Kind.CANDLES, instant="open_time", values=_BARS, is_epoch=True),
    Layout(name="autonome", kind=Kind.FUNDING, instant="ts", values=("rate",)),
    Layout(
        name="binance",
        kind=Kind.FUNDING,
        instant="calc_time",
        values=("last_funding_rate",),
        is_epoch=True,
    ),
)


def layout_of(path: Path, columns: Sequence[str], kind: Kind | None) -> Layout:
    """Return the layout of a file with these columns, of ``kind`` where that is known.

    Raises:
        MarketDataError: no layout has them; the message names what the nearest one lacks.
    """
    possible = [layout for layout in _LAYOUTS if kind in (None, layout.kind)]
    nearest = min(possible, key=lambda layout: len(_missing(layout, columns)))
    missing = _missing(nearest, columns)
    if missing:
        raise MarketDataError(
            f"{path}: expected the columns {', '.join(nearest.columns)} of {nearest.kind.value};"
            f" {', '.join(missing)} missing.",
            remedy="Rename or add the columns; the first line of a CSV is its header.",
        )
    return nearest


def _missing(layout: Layout, columns: Sequence[str]) -> list[str]:
    return [name for name in layout.columns if name not in columns]
