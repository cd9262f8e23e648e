"""No look-ahead: what happened up to an instant does not change when the future does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from autonome.agents.controls.momentum import Momentum
from autonome.ledger.journal.memory import MemoryJournal
from autonome.ledger.rows import Fill, Invocation, Order, Payment, PortfolioSnapshot, ToolCall
from autonome.market.candles import Candles, Ints
from autonome.market.market import Market
from simulation.runs import Dice, run, synthetic
from simulation.statements import rows_without_chance


def scrambled(market: Market, *, after: int) -> Market:
    """Return the market with every bar from ``after`` on turned around and a twentieth higher."""
    return replace(
        market, candles={symbol: _other(bars, after) for symbol, bars in market.candles.items()}
    )


def _other(bars: Candles, after: int) -> Candles:
    def turned(column: Ints) -> Ints:
        return np.concatenate((column[:after], column[after:][::-1] * 21 // 20))

    return replace(
        bars,
        open=turned(bars.open),
        high=turned(bars.high),
        low=turned(bars.low),
        close=turned(bars.close),
    )


def past(journal: MemoryJournal, market: Market, bars: int) -> dict[str, list[object]]:
    """Return what the first ``bars`` bars decide: fills before their end, all else up to it."""
    end = market.start + timedelta(minutes=bars)

    def rows(kind: type[Any]) -> list[Any]:
        return rows_without_chance(journal, kind)

    asked = [
        (row.id, row.tool_call_type, row.metadata["asked"])
        for row in rows(ToolCall)
        if row.created_at <= end
    ]
    closed = [row for row in rows(Order) if row.closed_at is not None and row.closed_at < end]
    return {
        "fills": [row for row in rows(Fill) if row.filled_at < end],
        "closed": list(closed),
        "decisions": [row for row in rows(Invocation) if row.created_at <= end],
        "asked": list(asked),
        "payments": [row for row in rows(Payment) if row.occurred_at <= end],
        "navs": [row for row in rows(PortfolioSnapshot) if row.created_at <= end],
    }


def replayed(market: Market) -> MemoryJournal:
    symbols = market.symbols
    return run(
        market,
        Momentum(symbols=symbols, lookback_bars=60),
        Dice(seed=5, symbols=symbols),
        cadence=5,
    )


@pytest.mark.parametrize("bars", [1, 5, 481, 960, 1_023, 1_337, 1_439])
def test_the_past_does_not_know_the_future(bars: int) -> None:
    market = synthetic(seed=5, days=1)
    other = scrambled(market, after=bars)
    expected = past(replayed(market), market, bars)
    found = past(replayed(other), other, bars)
    assert len(expected["navs"]) == 2 * bars
    for name, rows in expected.items():
        assert found[name] == rows, name


def test_the_scrambled_future_does_change_what_comes_later() -> None:
    market = synthetic(seed=5, days=1)
    other = scrambled(market, after=700)
    assert past(replayed(market), market, 1_440) != past(replayed(other), other, 1_440)
