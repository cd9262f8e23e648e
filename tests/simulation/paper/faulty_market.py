"""Markets that misbehave: jumps past every stop, minutes without trade, bars that are missing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from autonome.market.candles import Candles
from autonome.market.market import Market, align
from autonome.market.synthetic import SyntheticMarket, synthesize
from autonome.venue.profile import load_profile
from unit.market.bars import START_MS

__all__ = ["PROFILE", "SYMBOLS", "faulty_market"]

PROFILE = load_profile("binance-perp")
SYMBOLS = ("BTC", "SOL")
_JUMPS = 6
"""In each symbol."""
_MOST_JUMP = 0.45
"""Of the price."""
_PAUSES = 8
_MOST_PAUSE = 20
"""Minutes."""


def faulty_market(seed: int, *, days: int, first_bar: int) -> Market:
    """Return a synthetic market whose bars from ``first_bar`` on have every fault."""
    settings = SyntheticMarket(start_ms=START_MS, days=days, seed=seed)
    market = synthesize(settings, [PROFILE.instrument(symbol) for symbol in SYMBOLS])
    chance = np.random.default_rng(seed)
    spoilt = {
        symbol: _paused(_jumped(candles, first_bar, chance), first_bar, chance)
        for symbol, candles in market.candles.items()
    }
    return align(spoilt, market.funding, origin="faulty")


def _jumped(candles: Candles, first_bar: int, chance: np.random.Generator) -> Candles:
    """Return candles whose price jumps, between two bars or within one."""
    level = np.ones(len(candles))
    within = []
    for bar in chance.integers(first_bar, len(candles), size=_JUMPS).tolist():
        factor = 1 + chance.uniform(-_MOST_JUMP, _MOST_JUMP)
        level[bar:] *= factor
        if chance.random() < 0.5:
            within.append((bar, factor))
    prices = {
        name: np.maximum(np.rint(getattr(candles, name) * level), 1).astype(np.int64)
        for name in ("open", "high", "low", "close")
    }
    for bar, factor in within:
        opened = max(int(prices["open"][bar] / factor), 1)
        prices["open"][bar] = opened
        prices["high"][bar] = max(prices["high"][bar], opened)
        prices["low"][bar] = min(prices["low"][bar], opened)
    return replace(candles, **prices)


def _paused(candles: Candles, first_bar: int, chance: np.random.Generator) -> Candles:
    """Return candles with flat minutes: some without volume, some of them filled in."""
    prices = {name: getattr(candles, name).copy() for name in ("open", "high", "low", "close")}
    volume, filled = candles.volume.copy(), np.zeros(len(candles), dtype=np.bool_)
    for begin in chance.integers(first_bar, len(candles), size=_PAUSES).tolist():
        bars = slice(begin, begin + int(chance.integers(1, _MOST_PAUSE)))
        for column in prices.values():
            column[bars] = prices["close"][begin - 1]
        volume[bars] = 0.0
        filled[bars] = chance.random() < 0.5
    scarce = chance.random(len(candles)) < 0.05
    scarce[:first_bar] = False
    volume[scarce] *= chance.choice([0.0, 1e-4], size=int(scarce.sum()))
    return replace(candles, **prices, volume=volume, filled=filled)
