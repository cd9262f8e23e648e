"""Bars that were packed, in one part or in several, are the bars that they were."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import numpy as np
import pytest

from autonome.market.market import Market
from autonome.market.packing import joined, packed, unpacked
from autonome.market.synthetic import SyntheticMarket, synthesize
from autonome.venue.profile import load_profile

SYMBOLS = ("ETH", "BTC")
BARS = 1_440


@pytest.fixture(scope="module")
def market() -> Market:
    """Return a day of two symbols; of the second one, bars are missing and filled."""
    profile = load_profile("binance-perp")
    instruments = [profile.instrument(symbol) for symbol in SYMBOLS]
    made = synthesize(SyntheticMarket(start_ms=1_746_403_200_000, days=1, seed=3), instruments)
    filled = np.zeros(BARS, np.bool_)
    filled[900:910] = True
    candles = {**made.candles, "ETH": replace(made.candles["ETH"], filled=filled)}
    return Market(origin=made.origin, candles=candles, funding={})


@pytest.mark.parametrize("cuts", [(), (1,), (700, 905), (5, 6, 7, 1_439)])
def test_bars_come_back_as_they_were(market: Market, cuts: tuple[int, ...]) -> None:
    edges = [0, *cuts, BARS]
    parts = [
        Market(
            origin=market.origin,
            candles={name: each.between(first, end) for name, each in market.candles.items()},
            funding={},
        )
        for first, end in pairwise(edges)
    ]
    found = joined([unpacked(packed(part)) for part in parts])
    assert found.origin == market.origin
    assert found.fingerprint() == market.fingerprint()
    assert found.candles["BTC"].filled is None
    assert found.candles["BTC"].close_price(BARS - 1) == market.candles["BTC"].close_price(-1)
    assert isinstance(found.candles["BTC"].tick, Decimal)


def test_a_part_without_gaps_joins_one_with(market: Market) -> None:
    whole = market.candles["ETH"]
    early, late = replace(whole.between(0, 800), filled=None), whole.between(800, BARS)
    parts = [Market(origin="test", candles={"ETH": each}, funding={}) for each in (early, late)]
    filled = joined([unpacked(packed(part)) for part in parts]).candles["ETH"].filled
    assert filled is not None
    assert whole.filled is not None
    assert filled.tolist() == whole.filled.tolist()
