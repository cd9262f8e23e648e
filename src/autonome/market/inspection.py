"""What data files hold and which rules they break, before anybody replays them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Final

import numpy as np

from autonome.domain.errors import MarketDataError
from autonome.domain.instants import utc
from autonome.market.candles import Ints
from autonome.market.files.bars import read_candles, step_of
from autonome.market.files.funding import read_funding
from autonome.market.files.names import Kind, data_files, files_of, is_data_file, parse_name
from autonome.market.files.numbers import decimal_places, floats_of
from autonome.market.files.rules import Report
from autonome.market.files.table import Table, read_table
from autonome.market.gaps import find_gaps

__all__ = ["FileInspection", "inspect_data"]

_PRICES: Final = ("open", "high", "low", "close")
_FINEST_PLACES: Final = 8
"""Decimals of the tick against which prices are shown to lie on none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileInspection:
    """What one file holds; what could not be found out is ``None``."""

    file: str
    kind: str | None = None
    """``candles`` or ``funding``."""
    symbol: str | None = None
    format: str | None = None
    layout: str | None = None
    """Whose columns they are: ``autonome``, ``binance`` or ``freqtrade``."""
    rows: int | None = None
    first: datetime | None = None
    """The first bar's opening, or the first settlement."""
    last: datetime | None = None
    step_seconds: int | None = None
    """What divides the distance between any two rows."""
    gaps: int | None = None
    """How often minutes are missing between two bars."""
    first_gap: datetime | None = None
    """The first minute that is missing."""
    price_decimals: int | None = None
    """How many decimals write every price: the smallest tick that fits."""
    problems: tuple[str, ...] = ()
    """Each rule that is broken, with the first row that breaks it; a gap is none of them."""


def inspect_data(path: Path) -> list[FileInspection]:
    """Return what each data file holds, of a folder or of the one file that ``path`` names.

    Raises:
        MarketDataError: nothing is there, or no data file.
    """
    found = data_files(path) if path.is_dir() else [path]
    paths = [each for each in found if each.is_file() and is_data_file(each)]
    if not paths:
        raise MarketDataError(
            f"{path}: expected Parquet, Feather or CSV files, found none.",
            remedy="Name a file, or a folder of files, that ends in .parquet, .feather or .csv.",
        )
    inspected = [_inspect(each) for each in paths]
    return _with_missing(inspected, paths, path) if path.is_dir() else inspected


def _with_missing(
    inspected: list[FileInspection], paths: list[Path], folder: Path
) -> list[FileInspection]:
    """Return the same files; the first of a symbol also has what keeps it from being replayed."""
    names = {name.symbol for each in paths if (name := parse_name(each)) is not None}
    missing = {symbol: _missing(paths, folder, symbol) for symbol in names}
    return [
        replace(each, problems=(*each.problems, *missing.pop(each.symbol or "", ())))
        for each in inspected
    ]


def _missing(paths: list[Path], folder: Path, symbol: str) -> list[str]:
    problems = []
    for kind in Kind:
        try:
            files_of(paths, folder, symbol, kind)
        except MarketDataError as error:
            problems.append(error.problem)
    return problems


def _inspect(path: Path) -> FileInspection:
    name = parse_name(path)
    found = FileInspection(file=str(path))
    problems = []
    if name is not None:
        found = replace(found, kind=name.kind.value, symbol=name.symbol)
    else:
        problems.append(
            f"{path}: expected a name such as BTC-1m{path.suffix}, BTC-funding{path.suffix} or"
            f" BTCUSDT-1m-2025-05{path.suffix}."
        )
    try:
        table = read_table([path], None if name is None else name.kind)
    except MarketDataError as error:
        return replace(found, problems=(*problems, error.problem))
    found = replace(
        found,
        kind=table.layout.kind.value,
        format=table.format.value,
        layout=table.layout.name,
        rows=table.frame.height,
    )
    look = _with_candles if table.layout.kind is Kind.CANDLES else _with_funding
    broken: list[MarketDataError] = []
    found = look(found, table, broken.append)
    return replace(found, problems=(*problems, *(error.problem for error in broken)))


def _with_candles(found: FileInspection, table: Table, report: Report) -> FileInspection:
    prices = np.concatenate([floats_of(table.frame[name]) for name in _PRICES])
    places = decimal_places(prices[np.isfinite(prices)])
    tick = Decimal(1).scaleb(-(_FINEST_PLACES if places is None else places))
    bars = read_candles(table, symbol=found.symbol or "", tick=tick, report=report)
    gaps = find_gaps(np.unique(bars.open_ms))
    return replace(
        _with_instants(found, bars.open_ms),
        gaps=len(gaps),
        first_gap=gaps[0].first if gaps else None,
        price_decimals=places,
    )


def _with_funding(found: FileInspection, table: Table, report: Report) -> FileInspection:
    rates = read_funding(table, symbol=found.symbol or "", rate_interval_hours=None, report=report)
    return _with_instants(found, np.array(rates.at_ms, dtype=np.int64))


def _with_instants(found: FileInspection, at_ms: Ints) -> FileInspection:
    if not len(at_ms):
        return found
    step_ms = step_of(at_ms)
    return replace(
        found,
        first=utc(int(at_ms.min())),
        last=utc(int(at_ms.max())),
        step_seconds=None if step_ms is None else step_ms // 1000,
    )
