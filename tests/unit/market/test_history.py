"""Digests of what had happened: the same past gives the same digest, whatever comes later."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from autonome.market.candles import Candles
from autonome.market.history import History
from autonome.market.market import Market, align
from unit.market.bars import candles

BARS = 300
"""Several blocks of digests."""


def walk(seed: int, *, symbol: str = "BTC", bars: int = BARS) -> Candles:
    random = np.random.default_rng(seed)
    closes = (1_000 + np.cumsum(random.integers(-3, 4, bars))).tolist()
    made = candles([(each, each + 2, each - 2, each) for each in closes], symbol=symbol)
    return replace(made, volume=random.random(bars))


def market(*symbols: Candles) -> Market:
    return align({each.symbol: each for each in symbols}, {}, origin="test")


def digests(known: Market) -> list[str]:
    history = History(known)
    return [history.digest(bars) for bars in range(len(known.open_ms) + 1)]


def test_every_instant_has_a_digest_of_its_own() -> None:
    found = digests(market(walk(1), walk(2, symbol="ETH")))
    assert len(set(found)) == BARS + 1
    assert {len(each) for each in found} == {32}


@pytest.mark.parametrize("cut", [1, 2, 20, 42, 43, 100, BARS - 1, BARS])
def test_a_prefix_of_a_market_has_the_digests_of_the_whole(cut: int) -> None:
    whole = market(walk(1), walk(2, symbol="ETH"))
    part = market(walk(1).until(cut), walk(2, symbol="ETH").until(cut))
    assert digests(part) == digests(whole)[: cut + 1]


def changed_at(column: str, bar: int, by: float) -> Callable[[Candles], Candles]:
    def change(bars: Candles) -> Candles:
        values = getattr(bars, column).copy()
        values[bar] += by
        return replace(bars, **{column: values})

    return change


@pytest.mark.parametrize("bar", [0, 41, 42, 43, 150, BARS - 1])
@pytest.mark.parametrize(
    ("column", "by"),
    [("open_ms", 1), ("open", 1), ("high", 1), ("low", 1), ("close", 1), ("volume", 1e-9)],
)
def test_any_figure_of_a_bar_changes_every_digest_from_its_close_on(
    column: str, by: float, bar: int
) -> None:
    before = digests(market(walk(1)))
    after = digests(market(changed_at(column, bar, by)(walk(1))))
    differs = [one != other for one, other in zip(before, after, strict=True)]
    assert differs == [False] * (bar + 1) + [True] * (BARS - bar)


def test_other_symbols_give_other_digests_from_the_beginning() -> None:
    assert digests(market(walk(1)))[0] != digests(market(walk(1, symbol="ETH")))[0]


def test_the_data_is_only_read() -> None:
    known = market(walk(1))
    History(known).digest(BARS)
    assert not known.candles["BTC"].close.flags.writeable
