"""Which files of a folder hold a symbol: what their names say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import Final, NamedTuple

from autonome.domain.errors import MarketDataError

__all__ = ["FileName", "Kind", "data_files", "files_of", "is_data_file", "parse_name"]

_EXTENSIONS: Final = ("parquet", "feather", "arrow", "csv")

_NAME: Final = re.compile(
    r"(?P<symbol>[A-Za-z0-9]+?)(?:USDT|_USDT_USDT)?"
    r"-(?P<kind>1m|funding|fundingRate)(?:-futures)?"
    r"(?P<period>-\d{4}-\d{2}(?:-\d{2})?)?"
    rf"\.(?P<extension>{'|'.join(_EXTENSIONS)})"
)
"""Ours, Binance's with a month or a day, and those that freqtrade writes for futures."""


class Kind(Enum):
    """What a file holds."""

    CANDLES = "candles"
    FUNDING = "funding"


class FileName(NamedTuple):
    """What a file's name says about it."""

    symbol: str
    """The base of the pair: ``BTC`` of ``BTCUSDT``."""
    kind: Kind
    is_part: bool
    """Whether it holds one month or day of several."""


def parse_name(path: Path) -> FileName | None:
    """Return what the name of a file says, ``None`` if it is not one of the known forms."""
    found = _NAME.fullmatch(path.name)
    if found is None:
        return None
    kind = Kind.CANDLES if found["kind"] == "1m" else Kind.FUNDING
    return FileName(found["symbol"], kind, found["period"] is not None)


def is_data_file(path: Path) -> bool:
    """Return whether a file's extension is one that can be read."""
    return path.suffix[1:] in _EXTENSIONS


def data_files(folder: Path) -> list[Path]:
    """Return the files of a folder that can be read, by name: a month comes before its days.

    Raises:
        MarketDataError: there is no such folder.
    """
    if not folder.is_dir():
        raise MarketDataError(
            f"expected the folder {folder}, found none.", remedy="Name the folder of the data."
        )
    found = (path for path in folder.iterdir() if is_data_file(path))
    return sorted(found, key=lambda path: (path.stem, path.suffix))


def files_of(paths: Sequence[Path], folder: Path, symbol: str, kind: Kind) -> list[Path]:
    """Return the one file of a symbol, or all of its months and days in order.

    Raises:
        MarketDataError: there is no such file, or there are two that could be meant.
    """
    base = symbol.removesuffix("USDT")
    named = [(path, name) for path in paths if (name := parse_name(path)) is not None]
    found = [(path, name) for path, name in named if (name.symbol, name.kind) == (base, kind)]
    if not found:
        stem = f"{symbol}-{'1m' if kind is Kind.CANDLES else 'funding'}"
        raise MarketDataError(
            f"expected {kind.value} of {symbol} in {folder}, such as {stem}.parquet or {stem}.csv,"
            " found none.",
            remedy="Name the folder that holds it (--data), or other symbols (--symbols).",
        )
    first, is_part = found[0][0], found[0][1].is_part
    for path, name in found[1:]:
        if not is_part or not name.is_part or path.suffix != first.suffix:
            raise MarketDataError(
                f"expected {kind.value} of {symbol} once, found {first} and {path}.",
                remedy="Keep one of them in the folder.",
            )
    return [path for path, _ in found]
