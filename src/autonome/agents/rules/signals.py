"""What a rule says about every bar: where it enters, and where it would get out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from autonome.domain.choices import OrderSide
from autonome.domain.errors import SettingError
from autonome.market.frame import Floats, Frame
from autonome.market.indicators import Bools

__all__ = ["Entries", "Signals"]

_CONDITIONS: Final = ("enter", "exit")
_PRICES: Final = ("stop", "target", "trail")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """One side of a rule: columns with one item for each row of the frame, (n,)."""

    enter: Bools
    """Where the side is entered: only a row that is true after one that is not counts."""
    exit: Bools | None = None
    """Where a position of this side is closed: at every row that is true."""
    stop: Floats | None = None
    """Price (quote) of the stop of an entry in this row; without one (NaN), no entry."""
    target: Floats | None = None
    """Price (quote) of the target of an entry in this row; NaN: none."""
    trail: Floats | None = None
    """Price (quote) to which the stop of an open position is drawn; it only ever tightens."""
    reason: str = ""
    """One sentence for the record; the rule's own description without."""

    def columns(self) -> Iterator[tuple[str, Floats | Bools]]:
        """Yield the columns that are there, with their names."""
        for name in (*_CONDITIONS, *_PRICES):
            column = getattr(self, name)
            if column is not None:
                yield name, column


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """Both sides of a rule over one frame; ``None`` is a side that it never takes."""

    long: Entries | None = None
    short: Entries | None = None

    def of(self, side: OrderSide) -> Entries | None:
        """Return the entries of one side."""
        return self.long if side is OrderSide.LONG else self.short

    def columns(self) -> dict[str, Floats | Bools]:
        """Return every column by its name, such as ``long.enter``."""
        return {
            f"{side.name.lower()}.{name}": column
            for side in OrderSide
            for name, column in _columns_of(self.of(side))
        }

    def checked(self, frame: Frame, *, agent: str) -> Signals:
        """Return the same signals if every column fits the frame.

        Raises:
            SettingError: a column has another length, or a condition is not made of booleans.
        """
        for name, column in self.columns().items():
            shape = getattr(column, "shape", type(column).__name__)
            if shape != (len(frame),):
                raise SettingError(
                    f"{agent}: expected {name} as an array with one item for each of the"
                    f" {len(frame)} bars of {frame.symbol}, found {shape}.",
                    remedy="Join another timeframe with frame.latest(other, values).",
                )
            kind = np.bool_ if name.split(".")[1] in _CONDITIONS else np.number
            if not np.issubdtype(column.dtype, kind):
                raise SettingError(
                    f"{agent}: expected {name} as {kind.__name__}, found {column.dtype}.",
                    remedy="Compare numbers for enter and exit; give prices for the others.",
                )
        return self


def _columns_of(entries: Entries | None) -> Iterator[tuple[str, Floats | Bools]]:
    return iter(()) if entries is None else entries.columns()
