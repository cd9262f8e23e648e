"""The market without data: seeded, valid, on the grid."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from autonome.market.market import Market
from autonome.market.synthetic import SyntheticMarket, synthesize
from autonome.venue.profile import load_profile
from unit.market.bars import START_MS

COLUMNS = ("open_ms", "open", "high", "low", "close", "volume")


def synthetic(seed: int = 1, *symbols: str) -> Market:
    profile = load_profile("binance-perp")
    instruments = [profile.instrument(symbol) for symbol in symbols or ("BTC", "XRP")]
    return synthesize(SyntheticMarket(start_ms=START_MS, days=1, seed=seed), instruments)


def test_the_same_seed_gives_the_same_bars() -> None:
    first, second = synthetic(7), synthetic(7)
    for symbol in first.symbols:
        for name in COLUMNS:
            left, right = (
                getattr(first.candles[symbol], name),
                getattr(second.candles[symbol], name),
            )
            assert np.array_equal(left, right)
    assert first.funding == second.funding


def test_another_seed_gives_other_bars() -> None:
    first, second = synthetic(7), synthetic(8)
    for symbol in first.symbols:
        assert not np.array_equal(first.candles[symbol].close, second.candles[symbol].close)


def test_two_symbols_of_one_seed_walk_apart() -> None:
    market = synthetic(7)
    btc, xrp = (np.sign(np.diff(market.candles[each].close)) for each in ("BTC", "XRP"))
    assert not np.array_equal(btc, xrp)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_bar_is_valid_and_opens_where_the_one_before_closed(seed: int) -> None:
    market = synthetic(seed)
    for bars in market.candles.values():
        assert len(bars) == 1_440
        assert np.array_equal(np.diff(bars.open_ms), np.full(1_439, 60_000))
        assert (bars.low > 0).all()
        assert (bars.low <= np.minimum(bars.open, bars.close)).all()
        assert (bars.high >= np.maximum(bars.open, bars.close)).all()
        assert np.array_equal(bars.open[1:], bars.close[:-1])
        assert (bars.volume > 0).all()


def test_funding_is_settled_every_eight_hours() -> None:
    funding = synthetic().funding["BTC"]
    assert funding.at_ms == tuple(START_MS + hours * 3_600_000 for hours in (0, 8, 16, 24))
    assert funding.rate == (Decimal("0.0001"),) * 4
