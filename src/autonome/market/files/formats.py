"""The bytes of a file as columns: Parquet, Feather (an Arrow file) and CSV."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Final, NamedTuple

import polars as pl

from autonome.domain.errors import MarketDataError

__all__ = ["Columns", "Format", "read_columns"]

_BINANCE_HEADERS: Final = {
    12: [
        *("open_time", "open", "high", "low", "close", "volume", "close_time", "quote_volume"),
        *("count", "taker_buy_volume", "taker_buy_quote_volume", "ignore"),
    ],
    3: ["calc_time", "funding_interval_hours", "last_funding_rate"],
}
"""By number of columns: the header that Binance's older dumps leave out."""


class Format(Enum):
    """How a file is written."""

    PARQUET = "Parquet"
    FEATHER = "Feather"
    CSV = "CSV"


_FORMATS: Final = {
    ".parquet": Format.PARQUET,
    ".feather": Format.FEATHER,
    ".arrow": Format.FEATHER,
    ".csv": Format.CSV,
}
_UNREADABLE: Final = (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError)
"""What polars raises over broken bytes: its Rust code panics over some."""

_LONGEST_HEADER: Final = 1_000
"""Bytes of a CSV that are looked at to see whether it has a header."""


class Columns(NamedTuple):
    """A file's columns as they are; those of a CSV are text."""

    format: Format
    frame: pl.DataFrame


def read_columns(path: Path) -> Columns:
    """Read a file.

    Raises:
        MarketDataError: it cannot be read, has no rows, or is not what its name says.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise MarketDataError(
            f"{path}: expected a file that can be read: {error}", remedy="Name another file."
        ) from error
    named = _FORMATS[path.suffix]
    try:
        frame = _parse(content, named)
    except pl.exceptions.NoDataError:
        frame = pl.DataFrame()
    except _UNREADABLE as error:
        raise MarketDataError(
            f"{path}: expected {named.value}, as the name says: {error}",
            remedy="Fetch the file again, or give it the extension of what it holds.",
        ) from error
    if frame.is_empty():
        raise MarketDataError(f"{path}: expected rows, found none.", remedy="Fetch the file again.")
    return Columns(named, frame)


def _parse(content: bytes, form: Format) -> pl.DataFrame:
    if form is Format.PARQUET:
        return pl.read_parquet(content)
    if form is Format.FEATHER:
        return pl.read_ipc(content)
    first = content[:_LONGEST_HEADER].split(b"\n", 1)[0].split(b",")
    header = None
    if first[0].strip(b'" ').isdigit():
        header = _BINANCE_HEADERS.get(len(first))
    # Text keeps every digit; numbers are made of it where it is known what they mean.
    return pl.read_csv(content, infer_schema=False, has_header=header is None, new_columns=header)
