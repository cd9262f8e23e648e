"""The trips that are compared: seeded ones and ones over gaps, on the excerpt and on the month."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from simulation.oracle.trips import TICK, Bar, Trip, gap_trips, read_bars, seeded_trips

__all__ = ["EXCERPT", "Group", "excerpt_gaps", "excerpt_seeds", "month"]

EXCERPT = Path(__file__).parents[2] / "golden" / "candles"
_SEEDS = range(12)
_KINDS_OF_GAP = range(4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Candles, and scripts that each run over all of them on an account of its own."""

    folder: Path
    bars: dict[str, list[Bar]]
    scripts: Sequence[list[Trip]]


@cache
def _bars(folder: Path) -> dict[str, list[Bar]]:
    return {symbol: read_bars(folder, symbol) for symbol in TICK}


def excerpt_seeds() -> Group:
    """Return seeded trips on the excerpt: even seeds reach farther, odd ones end sooner."""
    bars = _bars(EXCERPT)
    scripts = [
        seeded_trips(bars, seed=seed, longest=7, reach_bps=6 if seed % 2 else 20) for seed in _SEEDS
    ]
    return Group(folder=EXCERPT, bars=bars, scripts=scripts)


def excerpt_gaps() -> Group:
    """Return each kind of trip over the excerpt's one gap."""
    bars = _bars(EXCERPT)
    scripts = [gap_trips(bars, first=kind) for kind in _KINDS_OF_GAP]
    return Group(folder=EXCERPT, bars=bars, scripts=scripts)


def month() -> Group:
    """Return one script of seeded trips and one over all gaps of the real month."""
    named = os.environ.get("AUTONOME_TEST_DATA")
    if not named or not all((Path(named) / f"{symbol}-1m.parquet").is_file() for symbol in TICK):
        pytest.skip("AUTONOME_TEST_DATA names no folder with BTC-1m.parquet and ETH-1m.parquet")
    folder = Path(named)
    bars = _bars(folder)
    scripts = [seeded_trips(bars, seed=0, longest=60, reach_bps=15), gap_trips(bars, first=0)]
    return Group(folder=folder, bars=bars, scripts=scripts)
