"""Markets whose time jumps, gaps that are found and filled, and the hash of a market."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonome.market.candles import Candles, FundingRates
from autonome.market.gaps import Gap, fill_gaps, find_gaps
from autonome.market.market import Market, align
from unit.market.bars import START, START_MS, candles

MINUTE = 60_000


def at(minutes: Sequence[int], symbol: str = "BTC") -> Candles:
    """Return bars that close at ten ticks plus their minute."""
    rows = [(10, 10 + minute, 5, 10 + minute) for minute in minutes]
    opens = START_MS + np.array(minutes, dtype=np.int64) * MINUTE
    return replace(candles(rows, symbol=symbol), open_ms=opens)


def market(**minutes: Sequence[int]) -> Market:
    funding = FundingRates(symbol="BTC", at_ms=(START_MS,), rate=(Decimal("0.0001"),))
    bars = {symbol: at(each, symbol) for symbol, each in minutes.items()}
    return align(bars, {"BTC": funding}, origin="test")


def minutes_of(found: Market) -> list[int]:
    return ((found.open_ms - START_MS) // MINUTE).tolist()


JUMP = (2, 3, 7, 8)


@pytest.mark.parametrize(
    ("minute", "bar"),
    [(1, 0), (2, 0), (2.5, 1), (3, 1), (3.5, 2), (4, 2), (7, 2), (8, 3), (8.5, 4)],
)
def test_after_a_jump_the_next_bar_is_the_first_one_there(minute: float, bar: int) -> None:
    found = market(BTC=JUMP)
    assert found.bar_opening_at_or_after(START_MS + int(minute * MINUTE)) == bar


def test_a_market_with_a_jump_closes_where_its_last_bar_does() -> None:
    found = market(BTC=JUMP)
    assert found.end - START == timedelta(minutes=9)
    assert [found.close_ms_of(bar) for bar in range(4)] == [
        START_MS + each * MINUTE for each in (3, 4, 8, 9)
    ]


@given(st.lists(st.sets(st.integers(0, 40), min_size=1), min_size=1, max_size=4))
def test_a_market_has_exactly_the_minutes_that_every_symbol_has(minutes: list[set[int]]) -> None:
    common = sorted(set.intersection(*minutes))
    if not common:
        return
    found = market(**{f"S{number}": sorted(each) for number, each in enumerate(minutes)})
    assert minutes_of(found) == common
    for bars in found.candles.values():
        assert bars.open_ms.tolist() == found.open_ms.tolist()
        assert bars.close.tolist() == [10 + minute for minute in common]
        for column in (bars.open_ms, bars.open, bars.high, bars.low, bars.close, bars.volume):
            assert not column.flags.writeable


def test_gaps_are_found_with_their_first_minute_and_length() -> None:
    assert find_gaps(at((0, 1, 3, 9)).open_ms) == [
        Gap(before=2, first=START + timedelta(minutes=2), minutes=1),
        Gap(before=3, first=START + timedelta(minutes=4), minutes=5),
    ]
    assert find_gaps(at((4, 5, 6)).open_ms) == []


@given(st.sets(st.integers(0, 100), min_size=1))
def test_filling_changes_no_bar_that_is_there_and_leaves_no_gap(minutes: set[int]) -> None:
    source = at(sorted(minutes))
    filled = fill_gaps(source)
    assert not find_gaps(filled.open_ms)
    assert filled.filled is not None
    kept = filled.only(np.flatnonzero(~filled.filled))
    for name in ("open_ms", "open", "high", "low", "close", "volume"):
        assert getattr(kept, name).tolist() == getattr(source, name).tolist()
    for bar in np.flatnonzero(filled.filled).tolist():
        flat = {int(getattr(filled, name)[bar]) for name in ("open", "high", "low", "close")}
        assert flat == {int(filled.close[bar - 1])}
        assert filled.volume[bar] == 0


def test_the_fingerprint_forgets_the_origin_and_how_numbers_are_written() -> None:
    first = market(BTC=(0, 1), ETH=(0, 1, 2))
    same = replace(
        first,
        origin="elsewhere",
        candles={
            symbol: replace(bars, tick=Decimal("1.00"))
            for symbol, bars in reversed(first.candles.items())
        },
        funding={
            "BTC": replace(first.funding["BTC"], rate=(Decimal("0.00010"),)),
        },
    )
    assert first.fingerprint() == same.fingerprint()
    assert len(first.fingerprint()) == 64
    assert set(first.fingerprint()) <= set("0123456789abcdef")


def other(name: str, values: object) -> Callable[[Market], Market]:
    """Return what changes one field of the candles of BTC."""
    return lambda whole: replace(
        whole, candles={**whole.candles, "BTC": replace(whole.candles["BTC"], **{name: values})}
    )


def funded(at_ms: int, rate: str) -> Callable[[Market], Market]:
    """Return what changes the funding."""
    rates = FundingRates(symbol="BTC", at_ms=(at_ms,), rate=(Decimal(rate),))
    return lambda whole: replace(whole, funding={"BTC": rates})


CHANGES = {
    "a symbol more": lambda whole: market(BTC=(0, 1), ETH=(0, 1)),
    "a minute more": lambda whole: market(BTC=(0, 1, 2)),
    "tick": other("tick", Decimal("0.1")),
    "time": other("open_ms", np.array([START_MS, START_MS + 2 * MINUTE])),
    "open": other("open", np.array([10, 9])),
    "high": other("high", np.array([10, 99])),
    "low": other("low", np.array([5, 4])),
    "close": other("close", np.array([10, 9])),
    "volume": other("volume", np.array([1.0, 1.5])),
    "filled": other("filled", np.array([False, True])),
    "settlement": funded(START_MS + MINUTE, "0.0001"),
    "rate": funded(START_MS, "-0.0001"),
    "no funding": lambda whole: replace(whole, funding={}),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_every_figure_is_in_the_fingerprint(change: Callable[[Market], Market]) -> None:
    whole = market(BTC=(0, 1))
    assert change(whole).fingerprint() != whole.fingerprint()
