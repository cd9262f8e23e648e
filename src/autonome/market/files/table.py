"""Files of one symbol as one table: instants, numbers as they were written, and who said so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from autonome.domain.errors import MarketDataError
from autonome.market.files.formats import Format, read_columns
from autonome.market.files.layouts import Layout, layout_of
from autonome.market.files.names import Kind

__all__ = ["INSTANT", "Table", "place_of", "read_table"]

INSTANT: Final = "at_us"
"""The column of instants: microseconds since 1970 UTC, null where there is none."""
_FIRST_MICROSECONDS: Final = 100_000_000_000_000
"""A number from here on (1973, or the year 5138) counts microseconds, one below milliseconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The rows of one file, or of several one after the other."""

    format: Format
    layout: Layout
    frame: pl.DataFrame
    """``at_us`` and the values' columns; prices of a CSV are still text."""
    paths: tuple[Path, ...]
    rows: tuple[int, ...]
    """How many rows each file has."""

    def place_of(self, row: int) -> str:
        """Return the file and the row in it, for a row of the table counted from zero."""
        for path, rows in zip(self.paths, self.rows, strict=True):
            if row < rows:
                return place_of(path, row)
            row -= rows
        raise IndexError(f"expected a row of {', '.join(map(str, self.paths))}")


def place_of(path: Path, row: int) -> str:
    """Return words for a row, counted from zero here and from one there."""
    return f"{path}, data row {row + 1} (from 1, without the header)"


def read_table(paths: Sequence[Path], kind: Kind | None) -> Table:
    """Read files of one kind and format, in this order; ``None`` lets the columns say which.

    Raises:
        MarketDataError: one cannot be read, or its columns are of no known layout.
    """
    frames, layouts = [], []
    for path in paths:
        form, frame = read_columns(path)
        layouts.append(layout_of(path, frame.columns, kind))
        frames.append(_table_columns(path, frame, layouts[-1]))
        if layouts[-1] != layouts[0]:
            raise MarketDataError(
                f"expected the same columns in {paths[0]} and {path}, found the layouts"
                f" {layouts[0].name} and {layouts[-1].name}.",
                remedy="Keep the files of one of them.",
            )
    return Table(
        format=form,
        layout=layouts[0],
        frame=pl.concat(frames, how="vertical_relaxed"),
        paths=tuple(paths),
        rows=tuple(frame.height for frame in frames),
    )


def _table_columns(path: Path, frame: pl.DataFrame, layout: Layout) -> pl.DataFrame:
    for name in layout.values:
        kind = frame.schema[name]
        if not kind.is_numeric() and kind != pl.String:
            raise MarketDataError(
                f"{path}: expected numbers in {name}, found {kind}.",
                remedy="Convert the column to numbers.",
            )
    instants = _instants(path, frame[layout.instant], layout)
    return frame.select(instants.alias(INSTANT), *layout.values)


def _instants(path: Path, column: pl.Series, layout: Layout) -> pl.Series:
    """Return instants in microseconds, null where the file states none."""
    kind = column.dtype
    if isinstance(kind, pl.Datetime) and kind.time_zone in (None, "UTC"):
        return column.dt.epoch("us")
    if layout.is_epoch and (kind.is_integer() or kind == pl.String):
        number = column.cast(pl.Int64, strict=False)
        return number.zip_with(number >= _FIRST_MICROSECONDS, number * 1000)
    if kind == pl.String and not layout.is_epoch:
        return _written_instants(path, column)
    raise MarketDataError(
        f"{path}: expected {layout.instant} as an instant in UTC, found {kind}.",
        remedy="Convert the column to UTC.",
    )


def _written_instants(path: Path, column: pl.Series) -> pl.Series:
    """Return instants written as ISO 8601; without a zone nobody knows which instant is meant."""
    instants = column.str.to_datetime("%+", time_unit="us", strict=False)
    unread = (instants.is_null() & column.is_not_null()).arg_true()
    if len(unread):
        row = int(unread[0])
        raise MarketDataError(
            f"{place_of(path, row)}: expected {column.name} as an instant with its zone, such as"
            f" 2025-05-05T00:00:00Z, found {column[row]!r}.",
            remedy="Write UTC and end each instant with Z.",
        )
    return instants.dt.epoch("us")
