"""A market without data: a seeded random walk per symbol, the same for the same seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import numpy as np
from numpy.typing import NDArray

from autonome.domain.instrument import Instrument
from autonome.market.candles import MINUTE_MS, Candles, FundingRates
from autonome.market.market import Market, align

__all__ = ["SyntheticMarket", "synthesize"]

_STEPS_PER_MINUTE: Final = 12
_VOLATILITY_PER_MINUTE: Final = 0.0006
_FUNDING_EVERY_MS: Final = 8 * 60 * MINUTE_MS
_FUNDING_RATE: Final = Decimal("0.0001")
_FIRST_PRICES: Final = {"BTC": 95_000, "ETH": 1_800, "SOL": 145, "XRP": 2, "BNB": 600}
_OTHER_FIRST_PRICE: Final = 100
_MEDIAN_VOLUME_QUOTE: Final = 2_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SyntheticMarket:
    """What decides a synthetic market."""

    start_ms: int
    days: int
    seed: int


def synthesize(settings: SyntheticMarket, instruments: Sequence[Instrument]) -> Market:
    """Return a random walk of each instrument, with funding of 0.0001 each eight hours."""
    seeds = np.random.SeedSequence(settings.seed).spawn(len(instruments))
    pairs = zip(sorted(instruments, key=lambda each: each.symbol), seeds, strict=True)
    candles = {
        each.symbol: _walk(each, settings, np.random.Generator(np.random.PCG64(seed)))
        for each, seed in pairs
    }
    funding = {symbol: _funding(symbol, settings) for symbol in candles}
    return align(candles, funding, origin=f"synthetic:seed={settings.seed}")


def _walk(
    instrument: Instrument, settings: SyntheticMarket, random: np.random.Generator
) -> Candles:
    bars = settings.days * 24 * 60
    steps = random.standard_normal((bars, _STEPS_PER_MINUTE))
    steps *= _VOLATILITY_PER_MINUTE / np.sqrt(_STEPS_PER_MINUTE)
    first = _FIRST_PRICES.get(instrument.symbol, _OTHER_FIRST_PRICE)
    path = first * np.exp(np.cumsum(steps.ravel()))
    ticks = np.maximum(np.rint(path / np.float64(instrument.tick)), 1).astype(np.int64)
    ticks = ticks.reshape(bars, _STEPS_PER_MINUTE)
    closes = ticks[:, -1]
    opens = np.concatenate(([round(first / instrument.tick)], closes[:-1]))
    return Candles(
        symbol=instrument.symbol,
        tick=instrument.tick,
        open_ms=settings.start_ms + np.arange(bars, dtype=np.int64) * MINUTE_MS,
        open=opens,
        high=np.maximum(ticks.max(axis=1), opens),
        low=np.minimum(ticks.min(axis=1), opens),
        close=closes,
        volume=_volume(path, random, bars),
    )


def _volume(
    path: NDArray[np.float64], random: np.random.Generator, bars: int
) -> NDArray[np.float64]:
    prices = path.reshape(bars, _STEPS_PER_MINUTE)[:, -1]
    return np.asarray(_MEDIAN_VOLUME_QUOTE * random.lognormal(0, 0.8, bars) / prices)


def _funding(symbol: str, settings: SyntheticMarket) -> FundingRates:
    end_ms = settings.start_ms + settings.days * 24 * 60 * MINUTE_MS
    first = -(-settings.start_ms // _FUNDING_EVERY_MS) * _FUNDING_EVERY_MS
    at_ms = tuple(range(first, end_ms + 1, _FUNDING_EVERY_MS))
    return FundingRates(symbol=symbol, at_ms=at_ms, rate=(_FUNDING_RATE,) * len(at_ms))
