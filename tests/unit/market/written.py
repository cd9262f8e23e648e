"""Market data as files for tests: any format, any layout, from the same rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import polars as pl

from autonome.domain.instrument import Instrument
from unit.market.bars import START

__all__ = [
    "GOOD",
    "STYLES",
    "Row",
    "Style",
    "bars",
    "instrument",
    "write_bars",
    "write_data",
    "write_rates",
]

Row = dict[str, object]

BINANCE_HEADER = (
    "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,"
    "taker_buy_quote_volume,ignore"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How somebody writes candles and funding."""

    extension: str
    layout: str
    header: bool = True
    microseconds: bool = False


STYLES: Mapping[str, Style] = {
    "our Parquet": Style(extension="parquet", layout="autonome"),
    "our Feather": Style(extension="feather", layout="autonome"),
    "our CSV": Style(extension="csv", layout="autonome"),
    "freqtrade's Feather": Style(extension="feather", layout="freqtrade"),
    "Binance's CSV": Style(extension="csv", layout="binance"),
    "Binance's older CSV": Style(extension="csv", layout="binance", header=False),
    "Binance's CSV in microseconds": Style(extension="csv", layout="binance", microseconds=True),
    "Binance's columns in Parquet": Style(extension="parquet", layout="binance"),
}

PRICES = (
    ("10.0", "11.0", "9.0", "10.5"),
    ("10.5", "12.0", "10.0", "11.0"),
    ("11.0", "11.5", "10.5", "10.5"),
    ("10.5", "10.5", "10.5", "10.5"),
)


def bars(prices: Sequence[Sequence[str]] = PRICES, *, start: datetime = START) -> list[Row]:
    """Return rows that open one minute after the other, their numbers as text."""
    return [
        {
            "at": start + timedelta(minutes=minute),
            **dict(zip(("open", "high", "low", "close"), row, strict=True)),
            "volume": "1.5",
        }
        for minute, row in enumerate(prices)
    ]


GOOD = bars()


def instrument(tick: str = "0.5", symbol: str = "BTC") -> Instrument:
    """Return a contract with this tick."""
    return Instrument(
        symbol=symbol,
        tick=Decimal(tick),
        lot=Decimal("0.01"),
        min_quantity=Decimal("0.01"),
        min_notional=Decimal(0),
        max_leverage=Decimal(10),
        maintenance_rate=Decimal("0.005"),
        liquidation_fee_rate=Decimal("0.01"),
    )


def write_data(folder: Path, style: Style) -> tuple[Path, Path]:
    """Write the good bars and one settlement of BTC."""
    return write_bars(folder, GOOD, style), write_rates(folder, [(START, "0.0001")], style)


def write_bars(
    folder: Path, rows: Sequence[Row], style: Style, *, name: str = "BTC-1m", drop: str = ""
) -> Path:
    """Write a candle file, perhaps without one column, and return its path."""
    columns = ("open", "high", "low", "close", "volume")
    instant = {"autonome": "ts", "freqtrade": "date", "binance": "open_time"}[style.layout]
    table: dict[str, list[object]] = {instant: [row["at"] for row in rows]}
    table |= {column: [row[column] for row in rows] for column in columns}
    if style.layout == "binance" and style.extension == "csv":
        table |= {column: ["0"] * len(rows) for column in BINANCE_HEADER.split(",")[6:]}
    table.pop(instant if drop == "at" else drop, None)
    return _write(folder / f"{name}.{style.extension}", table, instant, style)


def write_rates(
    folder: Path,
    rates: Sequence[tuple[object, str | None]],
    style: Style,
    *,
    name: str = "BTC-funding",
) -> Path:
    """Write a funding file and return its path."""
    is_binance = style.layout == "binance"
    instant, rate = ("calc_time", "last_funding_rate") if is_binance else ("ts", "rate")
    table: dict[str, list[object]] = {instant: [at for at, _ in rates]}
    if is_binance and style.extension == "csv":
        table["funding_interval_hours"] = ["8"] * len(rates)
    table[rate] = [rate for _, rate in rates]
    return _write(folder / f"{name}.{style.extension}", table, instant, style)


def _write(path: Path, table: dict[str, list[object]], instant: str, style: Style) -> Path:
    if style.extension == "csv":
        columns = ([_text(item, style) for item in column] for column in table.values())
        rows = zip(*columns, strict=True)
        lines = [",".join(table)] * style.header + [",".join(row) for row in rows]
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return path
    frame = pl.DataFrame(
        {
            name: pl.Series(
                [item if name == instant or item is None else float(str(item)) for item in column],
                dtype=pl.Datetime("ms", "UTC") if name == instant else pl.Float64,
            )
            for name, column in table.items()
        }
    )
    if style.layout == "binance" and instant in table:
        frame = frame.with_columns(pl.col(instant).dt.epoch("ms"))
    if style.extension == "parquet":
        frame.write_parquet(path)
    else:
        frame.write_ipc(path, compression="lz4")
    return path


def _text(item: object, style: Style) -> str:
    if item is None:
        return ""
    if not isinstance(item, datetime):
        return str(item)
    if style.layout != "binance":
        return item.isoformat().replace("+00:00", "Z")
    milliseconds = (item - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    return str(milliseconds * (1000 if style.microseconds else 1))
