"""A market that is played shows what has closed, and is made longer when more is asked for."""

from __future__ import annotations

import pytest

from autonome.market.feeds.playback import Playback
from autonome.market.market import Market, align
from unit.market.bars import START_MS, candles


def made(bars: int) -> Market:
    prices = [(100, 100, 100, 100)] * bars
    return align({"BTC": candles(prices, symbol="BTC")}, {}, origin="by hand")


@pytest.mark.parametrize("bars", [1, 4, 5, 16, 63])
def test_as_many_bars_as_are_asked_for_are_shown(bars: int) -> None:
    played = Playback(made(4), longer=lambda market: made(2 * len(market.open_ms)))
    shown = played.until(bars)
    assert shown is not None
    assert len(shown.open_ms) == bars
    assert int(shown.open_ms[0]) == START_MS


def test_a_recording_ends() -> None:
    played = Playback(made(4))
    assert len(played) == 4
    assert played.until(5) is None
