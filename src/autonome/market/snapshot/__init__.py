"""The market as a model sees it: one snapshot for all arms of a cycle, and more on demand."""

from __future__ import annotations

from autonome.market.snapshot.series import read_series
from autonome.market.snapshot.snapshot import (
    Candle,
    FundingFacts,
    Quoted,
    Snapshot,
    SymbolSnapshot,
    Timeframe,
)
from autonome.market.snapshot.taking import MOST_MARK_AGE_MS, funding_facts, take_snapshot

__all__ = [
    "MOST_MARK_AGE_MS",
    "Candle",
    "FundingFacts",
    "Quoted",
    "Snapshot",
    "SymbolSnapshot",
    "Timeframe",
    "funding_facts",
    "read_series",
    "take_snapshot",
]
