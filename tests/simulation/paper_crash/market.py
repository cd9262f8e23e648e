"""A recorded market that is lively and short: it lies in files, so that every run sees the same."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from autonome.domain.instants import ms_of, utc, zulu
from autonome.market.market import Market
from autonome.market.synthetic import SyntheticMarket, synthesize
from autonome.venue.profile import load_profile

__all__ = ["SYMBOLS", "record_market"]

SYMBOLS: Final = ("BTC", "ETH")
_SEED: Final = 4
_BEGIN: Final = datetime(2025, 5, 5, 5, 30, tzinfo=UTC)
_MINUTES: Final = 240
"""The first third of them is history: the arena runs from 6:50 to 9:30, and funding is at 8."""


def record_market(folder: Path) -> Path:
    """Write candles and funding, and return the folder."""
    profile = load_profile("binance-perp")
    instruments = [profile.instrument(symbol) for symbol in SYMBOLS]
    settings = SyntheticMarket(start_ms=ms_of(_BEGIN), days=1, seed=_SEED)
    market = synthesize(settings, instruments)
    folder.mkdir()
    for symbol in SYMBOLS:
        bars, rates = _lines(market, symbol), market.funding[symbol]
        (folder / f"{symbol}-1m.csv").write_text("ts,open,high,low,close,volume\n" + bars)
        settled = [
            f"{zulu(utc(at_ms))},{rate}\n"
            for at_ms, rate in zip(rates.at_ms, rates.rate, strict=True)
        ]
        (folder / f"{symbol}-funding.csv").write_text("ts,rate\n" + "".join(settled))
    return folder


def _lines(market: Market, symbol: str) -> str:
    candles = market.candles[symbol]
    prices = (candles.open, candles.high, candles.low, candles.close)
    lines = []
    for bar in range(_MINUTES):
        at = zulu(utc(int(candles.open_ms[bar])))
        words = [str(candles.tick * int(column[bar])) for column in prices]
        lines.append(",".join([at, *words, repr(float(candles.volume[bar]))]) + "\n")
    return "".join(lines)
