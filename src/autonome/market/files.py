"""Candles and funding from Parquet files: ``SYM-1m.parquet`` and ``SYM-funding.parquet``.

Columns: ``ts`` (UTC, the bar's opening), ``open high low close volume``; and ``ts``, ``rate``.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from autonome.domain.errors import MarketDataError
from autonome.domain.instrument import Instrument
from autonome.market.candles import MINUTE_MS, Candles, FundingRates
from autonome.market.market import Market, align

__all__ = ["read_market"]

_PRICES: Final = ("open", "high", "low", "close")
_MOST_OFF_TICK: Final = 1e-6
"""How far, in ticks, a price may lie off its tick: the noise of its binary form."""


def read_market(folder: Path, instruments: Sequence[Instrument]) -> Market:
    """Read candles and funding of ``instruments`` from ``folder``.

    Raises:
        MarketDataError: a file is missing or breaks a rule; the message names file, row and rule.
    """
    candles = {each.symbol: _read_candles(folder, each) for each in instruments}
    funding = {each.symbol: _read_funding(folder, each.symbol) for each in instruments}
    return align(candles, funding, origin=f"parquet:{folder.resolve().name}")


def _read_candles(folder: Path, instrument: Instrument) -> Candles:
    path = folder / f"{instrument.symbol}-1m.parquet"
    frame = _read(path, ("ts", *_PRICES, "volume"))
    open_ms = _milliseconds(path, frame)
    _require(path, np.diff(open_ms) == MINUTE_MS, "opens one minute after the row before", first=1)
    _require(path, open_ms % MINUTE_MS == 0, "opens on a whole minute")
    prices = {name: _numbers(path, frame, name) for name in _PRICES}
    volume = _numbers(path, frame, "volume")
    for name, values in (*prices.items(), ("volume", volume)):
        _require(path, np.isfinite(values), f"has a finite {name}")
    _require(path, volume >= 0, "has a volume >= 0")
    ticks = {name: _ticks(path, name, prices[name], instrument.tick) for name in _PRICES}
    lowest = np.minimum(ticks["open"], ticks["close"])
    highest = np.maximum(ticks["open"], ticks["close"])
    _require(path, ticks["low"] > 0, "has prices > 0")
    _require(path, ticks["low"] <= lowest, "has no low above its open or close")
    _require(path, ticks["high"] >= highest, "has no high below its open or close")
    return Candles(
        symbol=instrument.symbol, tick=instrument.tick, open_ms=open_ms, volume=volume, **ticks
    )


def _read_funding(folder: Path, symbol: str) -> FundingRates:
    path = folder / f"{symbol}-funding.parquet"
    frame = _read(path, ("ts", "rate"))
    at_ms = _milliseconds(path, frame)
    _require(path, np.diff(at_ms) > 0, "is later than the row before", first=1)
    rates = _numbers(path, frame, "rate")
    _require(path, np.isfinite(rates), "has a finite rate")
    return FundingRates(
        symbol=symbol,
        at_ms=tuple(at_ms.tolist()),
        # The shortest text of the binary number is the rate that the venue published.
        rate=tuple(Decimal(repr(rate)) for rate in rates.tolist()),
    )


def _read(path: Path, columns: Sequence[str]) -> pl.DataFrame:
    if not path.is_file():
        raise MarketDataError(
            f"expected the file {path}, found none.",
            remedy="Name the folder that holds it (--data), or other symbols (--symbols).",
        )
    try:
        frame = pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise MarketDataError(
            f"{path}: expected a Parquet file: {error}", remedy="Fetch the file again."
        ) from error
    missing = [name for name in columns if name not in frame.columns]
    if missing:
        raise MarketDataError(
            f"{path}: expected the columns {', '.join(columns)}; {', '.join(missing)} missing.",
            remedy="Rename or add the columns.",
        )
    if frame.is_empty():
        raise MarketDataError(f"{path}: expected rows, found none.", remedy="Fetch the file again.")
    return frame


def _milliseconds(path: Path, frame: pl.DataFrame) -> NDArray[np.int64]:
    kind = frame.schema["ts"]
    if not isinstance(kind, pl.Datetime) or kind.time_zone not in (None, "UTC"):
        raise MarketDataError(
            f"{path}: expected ts as an instant in UTC, found {kind}.",
            remedy="Convert the column to UTC.",
        )
    _require(path, frame["ts"].is_not_null().to_numpy(), "has an instant in ts")
    return frame["ts"].dt.epoch("ms").to_numpy().astype(np.int64)


def _numbers(path: Path, frame: pl.DataFrame, name: str) -> NDArray[np.float64]:
    kind = frame.schema[name]
    if not kind.is_numeric():
        raise MarketDataError(
            f"{path}: expected numbers in {name}, found {kind}.",
            remedy="Convert the column to numbers.",
        )
    return frame[name].cast(pl.Float64).to_numpy()


def _ticks(path: Path, name: str, prices: NDArray[np.float64], tick: Decimal) -> NDArray[np.int64]:
    """Return prices as whole ticks.

    Dividing by the binary form of a tick such as 0.1 would put a correct price off its tick, so
    the price is multiplied by the ticks per unit where that is a whole number.
    """
    per_unit = 1 / tick
    scaled = prices * int(per_unit) if per_unit == int(per_unit) else prices / np.float64(tick)
    ticks = np.rint(scaled)
    _require(path, np.abs(scaled - ticks) <= _MOST_OFF_TICK, f"has its {name} on the tick {tick}")
    return ticks.astype(np.int64)


def _require(path: Path, holds: NDArray[np.bool_], rule: str, *, first: int = 0) -> None:
    """Raise for the first row where ``holds`` is false; ``first`` is the row of its first item."""
    if holds.all():
        return
    row = int(np.argmin(holds)) + first
    raise MarketDataError(
        f"{path}, row {row}: expected that each row {rule}; this one does not.",
        remedy="Correct the row, or take another file.",
    )
